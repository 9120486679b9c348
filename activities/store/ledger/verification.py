"""The audit of the ledger: every sealed block anew, every journal's balance, numbers, balances, holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import text
from sqlmodel import Session

from activities.store.ledger.seals import journal_facts
from models.ledger.audit import Audit, Fault
from models.ledger.seals import GENESIS, JournalFacts, changed_parts, seal
from models.money import Money

_MOST_FAULTS: Final = 20
"""Of each check: the first ones say what to look at."""

_UNBALANCED: Final = """
    SELECT j.journal_id, to_char(j.voucher_month, 'YYYY-MM') || '/' || lpad(j.voucher_number::text, 6, '0'),
           coalesce(t.currency, '') AS currency, coalesce(t.total, 0) AS total, coalesce(t.lines, 0) AS lines
    FROM ledger_journal j LEFT JOIN (
        SELECT journal_id, currency, sum(amount_minor) AS total, count(*) AS lines
        FROM ledger_line GROUP BY journal_id, currency
    ) t USING (journal_id)
    WHERE t.total IS DISTINCT FROM 0 ORDER BY j.journal_id LIMIT :most
"""

_NUMBERS: Final = """
    SELECT coalesce(c.book, j.book), coalesce(c.month, j.month), coalesce(c.last, 0) AS last,
           coalesce(j.many, 0) AS many, coalesce(j.highest, 0) AS highest
    FROM ledger_voucher_counter c FULL JOIN (
        SELECT book, voucher_month AS month, count(*) AS many, max(voucher_number) AS highest
        FROM ledger_journal GROUP BY book, voucher_month
    ) j ON j.book = c.book AND j.month = c.month
    WHERE coalesce(c.last, 0) <> coalesce(j.many, 0) OR coalesce(c.last, 0) <> coalesce(j.highest, 0)
    ORDER BY 1, 2 LIMIT :most
"""

_STORED: Final = """
    SELECT a.code, a.branch, a.currency, b.balance_minor AS stored, coalesce(l.total, 0) AS posted
    FROM ledger_balance b JOIN ledger_account a USING (account_id)
    LEFT JOIN (SELECT account_id, sum(amount_minor) AS total FROM ledger_line GROUP BY account_id) l
        USING (account_id)
    WHERE a.floor_minor IS NOT NULL AND b.balance_minor <> coalesce(l.total, 0)
    ORDER BY a.account_id LIMIT :most
"""

_HELD: Final = """
    SELECT a.code, a.branch, a.currency, b.held_minor AS stored, coalesce(h.total, 0) AS reserved
    FROM ledger_balance b JOIN ledger_account a USING (account_id)
    LEFT JOIN (SELECT account_id, sum(amount_minor) AS total FROM ledger_hold
               WHERE state = 'reserved' GROUP BY account_id) h USING (account_id)
    WHERE b.held_minor <> coalesce(h.total, 0) ORDER BY a.account_id LIMIT :most
"""

_SNAPSHOTS: Final = """
    SELECT a.code, a.branch, a.currency, s.up_to_journal_id, s.balance_minor AS stored,
           (SELECT coalesce(sum(amount_minor), 0) FROM ledger_line l
            WHERE l.account_id = s.account_id AND l.journal_id <= s.up_to_journal_id) AS posted
    FROM ledger_snapshot s JOIN ledger_account a USING (account_id)
    WHERE s.balance_minor <> (SELECT coalesce(sum(amount_minor), 0) FROM ledger_line l
                              WHERE l.account_id = s.account_id AND l.journal_id <= s.up_to_journal_id)
    ORDER BY s.up_to_journal_id, a.account_id LIMIT :most
"""

_UNGUARDED: Final = """
    SELECT t.tgrelid::regclass::text AS guarded, t.tgname FROM pg_trigger t
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'A' AND t.tgrelid::regclass::text LIKE 'ledger\\_%'
    UNION ALL
    SELECT 'ledger_post', 'a role of its own' FROM pg_proc WHERE oid = 'ledger_post'::regproc
        AND 'role=leaseflow_bookkeeper' <> ALL(coalesce(proconfig, '{}'))
"""


def verify(session: Session, *, expect: str | None = None) -> Audit:
    """Audit everything; faults come with the first bad block at the top.

    Args:
        session: a transaction in which nothing was done yet; what is posted meanwhile does not count.
        expect: hash of a block that was written down earlier; it must still be in the chain.
    """
    session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    faults: list[Fault] = []
    blocks, sealed, head, known = 0, 0, GENESIS, set()
    for row in session.execute(text("SELECT * FROM ledger_seal ORDER BY block_no")):
        blocks += 1
        faults.extend(_block_faults(session, row, expected_no=blocks, previous=head))
        sealed, head = sealed + row.journal_count, bytes(row.hash)
        known.add(head.hex())
    if expect is not None and expect.lower() not in known:
        faults.append(
            Fault("chain", f"no block has the hash {expect}: blocks were cut off or sealed anew", blocks + 1)
        )
    faults.extend(_book_faults(session))
    journals = session.execute(text("SELECT count(*) FROM ledger_journal")).scalar_one()
    return Audit(journals, sealed, blocks, head.hex() if blocks else "", tuple(faults))


def _block_faults(session: Session, row: Any, *, expected_no: int, previous: bytes) -> Iterator[Fault]:  # noqa: ANN401 - a row
    if row.block_no != expected_no or bytes(row.previous_hash) != previous:
        yield Fault("chain", "the block is not chained to the one before", row.block_no)
    ids = list(
        session.execute(
            text("""
                SELECT id FROM ledger_seal s, unnest(s.journals) r, generate_series(lower(r), upper(r) - 1) id
                WHERE s.block_no = :block_no ORDER BY id
            """),
            {"block_no": row.block_no},
        ).scalars()
    )
    facts = {each.journal_id: each for each in journal_facts(session, ids)}
    present = [facts[journal_id] for journal_id in ids if journal_id in facts]
    if len(present) == len(ids) and seal(row.block_no, bytes(row.previous_hash), present).hash == bytes(
        row.hash
    ):
        return
    named = list(_journal_faults(row, ids, facts))
    yield from named[:_MOST_FAULTS]
    if not named:
        yield Fault("seal", "the block's own hash or count was changed", row.block_no)


def _journal_faults(row: Any, ids: list[int], facts: dict[int, JournalFacts]) -> Iterator[Fault]:  # noqa: ANN401 - a row
    for place, journal_id in enumerate(ids):
        journal = facts.get(journal_id)
        if journal is None:
            yield Fault("seal", "the journal is gone", row.block_no, journal_id)
            continue
        parts = changed_parts(bytes(row.digests), place, journal)
        if parts:
            what = f"its {' and '.join(parts)} differ from what was sealed{_totals(journal)}"
            yield Fault("seal", what, row.block_no, journal_id, journal.voucher)


def _totals(journal: JournalFacts) -> str:
    """What a change of lines left behind, where they no longer balance."""
    totals: dict[str, int] = {}
    for _, _, _, currency, minor, _ in journal.lines:
        totals[str(currency)] = totals.get(str(currency), 0) + int(minor)
    over = [f"{Money(total, currency)} {currency}" for currency, total in totals.items() if total]
    return f" (out of balance by {', '.join(over)})" if over else ""


def _book_faults(session: Session) -> Iterator[Fault]:
    most = {"most": _MOST_FAULTS}
    for journal_id, voucher, currency, total, lines in session.execute(text(_UNBALANCED), most):
        what = f"{Money(total, currency)} {currency} over" if lines else "it has no lines"
        yield Fault("balance", what, None, journal_id, voucher)
    for book, month, last, many, highest in session.execute(text(_NUMBERS), most):
        what = f"book {book}, {month:%Y-%m}: {many} vouchers, highest number {highest}, counter {last}"
        yield Fault("numbers", what)
    for code, branch, currency, stored, posted in session.execute(text(_STORED), most):
        what = (
            f"account {code} of {branch}: stored {Money(stored, currency)}, posted {Money(posted, currency)}"
        )
        yield Fault("stored-balance", what)
    for code, branch, currency, stored, held in session.execute(text(_HELD), most):
        what = f"account {code} of {branch}: held {Money(stored, currency)}, holds {Money(held, currency)}"
        yield Fault("holds", what)
    for code, branch, currency, up_to, stored, posted in session.execute(text(_SNAPSHOTS), most):
        what = (
            f"account {code} of {branch} up to journal {up_to}: kept {Money(stored, currency)},"
            f" posted {Money(posted, currency)}"
        )
        yield Fault("snapshot", what)
    for guarded, guard in session.execute(text(_UNGUARDED)):
        yield Fault("guard", f"{guarded} goes without {guard}")
