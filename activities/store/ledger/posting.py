"""Posting: journals go in by one call of the database, whether one or thousands.

Everything here works inside the caller's transaction. A refusal loses that transaction. The driver is called
directly: what SQLAlchemy does around a statement costs a quarter of what the database does for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlmodel import Session, col

from activities.store.database import psycopg_cursor
from activities.store.ledger.arrays import bytes_array, date_array, number_array, text_array
from activities.store.ledger.lines import lines_of
from activities.store.ledger.refusals import named_refusals
from activities.store.tables.ledger import JournalRow
from models.ledger.errors import IdempotencyConflictError, ReversalRefusedError
from models.ledger.journals import MAIN_BOOK, JournalOrder, Posted, voucher_name

_POST: Final = """
SELECT journal_id, voucher_month, voucher_number, request_hash, created FROM ledger_post(
    %s::text, %s::text, %s::bytea, %s::text, %s::date, %s::date, %s::text, %s::text, %s::text, %s::text,
    %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[])
"""
_POST_MANY: Final = """
SELECT ordinal, journal_id, voucher_month, voucher_number, request_hash, created FROM ledger_post_many(
    %s::text, %s::text[], %s::bytea[], %s::text[], %s::date[], %s::date[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::int[], %s::int[], %s::bigint[],
    %s::text[])
"""


def post(session: Session, order: JournalOrder) -> Posted:
    """Post one journal. Its key posts once, however often and by however many at a time.

    Raises:
        IdempotencyConflictError: the key was used for another request.
        LedgerRefusalError: an account is not known or not open, the month is closed, a floor would be
            crossed, or what it reverses cannot be reversed.
    """
    asked = order.request_hash
    arguments = (
        *(order.book, order.key, asked, order.kind, order.business_date, order.value_date),
        *(order.narrative, order.source, order.posted_by, order.reverses),
        text_array([line.account for line in order.lines]),
        text_array([line.branch for line in order.lines]),
        text_array([line.amount.currency for line in order.lines]),
        number_array([line.amount.minor for line in order.lines]),
        text_array([line.reference for line in order.lines]),
    )
    with named_refusals():
        row = psycopg_cursor(session).execute(_POST, arguments).fetchone()
    return _answer(order, asked, row or ())


def post_many(session: Session, orders: Sequence[JournalOrder]) -> list[Posted]:
    """Post journals, all or none; answers come in the order of the orders.

    Raises:
        IdempotencyConflictError: as for `post`; also when two of the orders share a key.
        LedgerRefusalError: as for `post`; names the first journal that is refused.
    """
    hashes = [order.request_hash for order in orders]
    places = _first_places(orders, hashes)
    by_book: defaultdict[str, list[int]] = defaultdict(list)
    for place in places.values():
        by_book[orders[place].book].append(place)
    answers: dict[int, Posted] = {}
    for book, chosen in sorted(by_book.items()):
        rows = _call(session, book, [orders[n] for n in chosen], [hashes[n] for n in chosen])
        if len(rows) < len(chosen):
            # keys known and unknown together, or something to refuse: each by itself, which says what
            answers.update({n: post(session, orders[n]) for n in chosen})
        for ordinal, *row in rows if len(rows) == len(chosen) else ():
            place = chosen[ordinal - 1]
            answers[place] = _answer(orders[place], hashes[place], row)
    return [answers[places[order.book, order.key]] for order in orders]


def reverse(
    session: Session,
    *,
    key: str,
    original_key: str,
    business_date: date,
    posted_by: str,
    reason: str,
    source: str = "",
    book: str = MAIN_BOOK,
) -> Posted:
    """Take a journal back by a mirror of its lines, once and for good.

    Raises:
        ReversalRefusedError: no such journal, it is a reversal itself, or it was reversed already.
        LedgerRefusalError: as for `post`.
    """
    original = find_order(session, original_key, book=book)
    if original is None:
        raise ReversalRefusedError(
            f"{key}: journal {original_key!r} cannot be reversed: it is not known",
            remedy="See leaseflow ledger statement for keys",
        )
    mirror = original.mirrored(
        key=key, business_date=business_date, posted_by=posted_by, reason=reason, source=source
    )
    return post(session, mirror)


def find_order(session: Session, key: str, *, book: str = MAIN_BOOK) -> JournalOrder | None:
    """The order that a posted journal stands for; None when the key has posted nothing."""
    journal = session.execute(
        select(JournalRow).where(col(JournalRow.book) == book, col(JournalRow.idempotency_key) == key)
    ).scalar_one_or_none()
    if journal is None:
        return None
    reversed_key = session.execute(
        select(col(JournalRow.idempotency_key)).where(col(JournalRow.journal_id) == journal.reverses)
    ).scalar_one_or_none()
    return JournalOrder(
        key=journal.idempotency_key,
        kind=journal.kind,
        business_date=journal.business_date,
        value_date=journal.value_date,
        lines=tuple(lines_of(session, [journal.journal_id])[journal.journal_id]),
        narrative=journal.narrative,
        posted_by=journal.posted_by,
        source=journal.source,
        book=journal.book,
        reverses=reversed_key,
    )


def _first_places(orders: Sequence[JournalOrder], hashes: Sequence[bytes]) -> dict[tuple[str, str], int]:
    """Where each key first stands: the same order twice in a batch is posted once."""
    places: dict[tuple[str, str], int] = {}
    for n, order in enumerate(orders):
        first = places.setdefault((order.book, order.key), n)
        if hashes[first] != hashes[n]:
            raise IdempotencyConflictError(
                order.key, first=hashes[first].hex(), now=hashes[n].hex(), posted=" of the same batch"
            )
    return places


def _answer(order: JournalOrder, asked: bytes, row: Sequence[Any]) -> Posted:
    journal_id, month, number, first_hash, created = row
    voucher = voucher_name(month, number)
    if not created and bytes(first_hash) != asked:
        raise IdempotencyConflictError(
            order.key, first=bytes(first_hash).hex(), now=asked.hex(), posted=f", voucher {voucher}"
        )
    return Posted(journal_id, voucher, order.key, created)


def _call(
    session: Session, book: str, orders: Sequence[JournalOrder], hashes: Sequence[bytes]
) -> Sequence[Any]:
    """One call for all; no rows when they must be gone through one by one."""
    if any(order.reverses for order in orders):
        return ()
    lines = [line for order in orders for line in order.lines]
    touched = [(line.account, line.branch, line.amount.currency) for line in lines]
    accounts = {account: n for n, account in enumerate(dict.fromkeys(touched), start=1)}
    arguments = (
        book,
        text_array([order.key for order in orders]),
        bytes_array(hashes),
        text_array([order.kind for order in orders]),
        date_array([order.business_date for order in orders]),
        date_array([order.value_date for order in orders]),
        text_array([order.narrative for order in orders]),
        text_array([order.source for order in orders]),
        text_array([order.posted_by for order in orders]),
        *(text_array([account[part] for account in accounts]) for part in range(3)),
        number_array([n for n, order in enumerate(orders, start=1) for _ in order.lines]),
        number_array([n for order in orders for n in range(1, len(order.lines) + 1)]),
        number_array([accounts[account] for account in touched]),
        number_array([line.amount.minor for line in lines]),
        text_array([line.reference for line in lines]),
    )
    with named_refusals():
        return psycopg_cursor(session).execute(_POST_MANY, arguments).fetchall()
