"""Debit batches, changed set by set: tens of thousands of items in one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, any_, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlmodel import Session, col

from activities.store.database import enter_rows
from activities.store.payments.statements import run
from activities.store.tables.debits import DebitBatchRow, DebitDueRow, DebitItemRow
from models.money import Money
from models.payments.debits import DebitDue
from models.payments.errors import DueConflictError, UnknownBatchError
from models.payments.messages import BatchState, ItemState, Tally


def enter_dues(session: Session, dues: Sequence[DebitDue], *, at: datetime) -> int:
    """Enter what is to be collected; gives how many are new. A known due stays as it is.

    Raises:
        DueConflictError: a due is known with another amount, date, contract, product or bank; nothing is
            entered once the transaction ends in it.
    """
    known = _known_dues(session, [due.due_id for due in dues])
    for due in dues:
        if due.due_id in known:
            _must_be_the_same(due, known[due.due_id])
    rows = [
        DebitDueRow(
            due_id=due.due_id,
            bank=due.bank,
            branch=due.branch,
            product=due.product,
            business_reference=due.business_reference,
            debtor_name=due.debtor.name,
            debtor_account=due.debtor.number,
            debtor_bank=due.debtor.bank,
            mandate=due.mandate,
            mandate_signed=due.mandate_signed,
            amount_minor=due.amount.minor,
            currency=due.amount.currency,
            due_date=due.due_date,
            state="open",
            next_try=due.due_date,
            entered_at=at,
            changed_at=at,
        )
        for due in dues
        if due.due_id not in known
    ]
    enter_rows(session, insert(DebitDueRow), rows)
    return len(rows)


def _known_dues(session: Session, due_ids: Sequence[str]) -> dict[str, DebitDueRow]:
    # two files at once must not enter one due: the second waits, and finds it known
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('debit-dues'))"))
    # one array: a file has more dues than a statement may have parameters
    wanted = any_(bindparam(None, list(due_ids), ARRAY(String)))
    found = session.execute(select(DebitDueRow).where(col(DebitDueRow.due_id) == wanted)).scalars()
    return {row.due_id: row for row in found}


def _must_be_the_same(due: DebitDue, row: DebitDueRow) -> None:
    """The debtor's account may differ: an approved change of the payment method writes another into it."""
    stated = {
        "bank": (row.bank, due.bank),
        "product": (row.product, due.product),
        "business_reference": (row.business_reference, due.business_reference),
        "amount": (Money(row.amount_minor, row.currency), due.amount),
        "due_date": (row.due_date, due.due_date),
    }
    for name, (known, wanted) in stated.items():
        if known != wanted:
            raise DueConflictError(due.due_id, name, str(known), str(wanted))


def find_batch(session: Session, batch_id: str, *, lock: bool = False) -> DebitBatchRow:
    """A batch.

    Raises:
        UnknownBatchError: there is none of this id.
    """
    row = session.get(DebitBatchRow, batch_id, with_for_update=lock)
    if row is None:
        raise UnknownBatchError(batch_id)
    return row


def known_batch(session: Session, batch_id: str) -> DebitBatchRow | None:
    return session.get(DebitBatchRow, batch_id)


def enter_batch(session: Session, row: DebitBatchRow, *, minimum: int, maximum: int) -> None:
    """Enter a batch and move everything into it that is due and within the bank's limits.

    Args:
        session: the transaction.
        row: the batch; its counts are filled in.
        minimum: in minor units; dues below or above stay where they are and are counted as left out.
        maximum: in minor units.
    """
    row.items, row.total_minor, row.left_out = 0, 0, 0
    session.add(row)
    session.flush()
    wanted = {
        "batch": row.batch_id,
        "bank": row.bank,
        "product": row.product,
        "day": row.collection_date,
        "currency": row.currency,
        "minimum": minimum,
        "maximum": maximum,
        "at": row.built_at,
    }
    run(session, "gather_dues", **wanted)
    counted = session.execute(
        select(func.count(), func.coalesce(func.sum(col(DebitItemRow.amount_minor)), 0)).where(
            col(DebitItemRow.batch_id) == row.batch_id
        )
    ).one()
    row.items, row.total_minor = int(counted[0]), int(counted[1])
    row.left_out = int(run(session, "count_left_out", **wanted).scalar_one())
    session.add(row)


def move(
    session: Session, row: DebitBatchRow, state: BatchState, sentence: str, *, at: datetime, by: str
) -> None:
    """Bring a batch into a state."""
    row.state, row.sentence, row.changed_at = state, sentence, at
    if by != "leaseflow":
        row.decided_by = by
    if state.is_final:
        row.closed_at = at
    session.add(row)


def set_dues_free(session: Session, batch_id: str, *, at: datetime) -> None:
    """A batch was turned down: its dues are open again, as if they had never been in it."""
    run(session, "free_dues", batch=batch_id, at=at)


def items_in_file(session: Session, batch_id: str, *, first: int, last: int) -> list[DebitItemRow]:
    """Items of a batch by number."""
    rows = session.execute(
        select(DebitItemRow)
        .where(
            col(DebitItemRow.batch_id) == batch_id,
            col(DebitItemRow.item_no).between(first, last),
        )
        .order_by(col(DebitItemRow.item_no))
    )
    return list(rows.scalars())


def mark_sent(session: Session, file_id: str, *, at: datetime) -> None:
    """The items of a file are with the bank; an answer that came sooner stands."""
    session.execute(
        update(DebitItemRow)
        .where(col(DebitItemRow.file_id) == file_id, col(DebitItemRow.state) == ItemState.BUILT)
        .values(state=ItemState.SENT, changed_at=at)
    )


def assign_file(session: Session, batch_id: str, file_id: str, *, first: int, last: int) -> None:
    session.execute(
        update(DebitItemRow)
        .where(col(DebitItemRow.batch_id) == batch_id, col(DebitItemRow.item_no).between(first, last))
        .values(file_id=file_id)
    )


def tallies(session: Session, batch_id: str, currency: str) -> tuple[Tally, ...]:
    """A batch counted by state."""
    rows = session.execute(
        select(
            col(DebitItemRow.state), func.count(), func.coalesce(func.sum(col(DebitItemRow.amount_minor)), 0)
        )
        .where(col(DebitItemRow.batch_id) == batch_id)
        .group_by(col(DebitItemRow.state))
    )
    found = {state: (items, total) for state, items, total in rows}
    return tuple(
        Tally(state, found[state][0], Money(int(found[state][1]), currency))
        for state in ItemState
        if state in found
    )


@dataclass(frozen=True, slots=True)
class RetryTerms:
    """When, and for which reasons of the bank, a due is collected again."""

    codes: tuple[str, ...]
    next_try: date
    tries: int
    """How often in all."""


def close_items(session: Session, batch_id: str, terms: RetryTerms, *, at: datetime) -> tuple[int, int]:
    """Give up waiting for answers, and decide about every due that was not collected."""
    session.execute(
        update(DebitItemRow)
        .where(
            col(DebitItemRow.batch_id) == batch_id,
            col(DebitItemRow.state).in_((ItemState.BUILT, ItemState.SENT, ItemState.TAKEN)),
        )
        .values(state=ItemState.UNANSWERED, changed_at=at)
    )
    return decide_dues(session, batch_id, terms, at=at)


def decide_dues(session: Session, batch_id: str, terms: RetryTerms, *, at: datetime) -> tuple[int, int]:
    """Decide about the dues of a closed batch that are still in it: tried again, or put before a person.

    Gives how many of each.
    """
    retried = run(
        session,
        "retry_dues",
        batch=batch_id,
        codes=list(terms.codes),
        next_try=terms.next_try,
        tries=terms.tries,
        at=at,
    )
    routed = run(session, "route_dues", batch=batch_id, at=at)
    return retried.rowcount, routed.rowcount


def dues(
    session: Session, *, state: str | None = None, bank: str | None = None, limit: int = 200
) -> list[DebitDueRow]:
    """Dues, the earliest first."""
    query = select(DebitDueRow).order_by(col(DebitDueRow.due_date), col(DebitDueRow.due_id)).limit(limit)
    if state:
        query = query.where(col(DebitDueRow.state) == state)
    if bank:
        query = query.where(col(DebitDueRow.bank) == bank)
    return list(session.execute(query).scalars())


def batches(session: Session, *, limit: int = 100) -> list[DebitBatchRow]:
    """Batches, newest first."""
    rows = session.execute(select(DebitBatchRow).order_by(col(DebitBatchRow.built_at).desc()).limit(limit))
    return list(rows.scalars())


def items(
    session: Session, batch_id: str, *, state: str | None = None, limit: int = 200
) -> list[DebitItemRow]:
    """Items of a batch by number."""
    query = select(DebitItemRow).where(col(DebitItemRow.batch_id) == batch_id)
    if state:
        query = query.where(col(DebitItemRow.state) == state)
    return list(session.execute(query.order_by(col(DebitItemRow.item_no)).limit(limit)).scalars())
