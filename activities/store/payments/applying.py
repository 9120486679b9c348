"""Applying what a bank's file says: facts are staged, then moved into items and discrepancies set by set.

Every statement moves only items that are in a state from which the fact leads on, so that a file that
comes twice, late or out of order changes nothing that it changed before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlmodel import Session, col

from activities.store.database import psycopg_cursor
from activities.store.payments.statements import run
from activities.store.tables.debits import DebitBatchRow, DebitItemRow
from models.payments.file_facts import FileFact
from models.payments.messages import ItemState

_COLUMNS = (
    "seq, reference, said, credit, amount, amount_minor, currency, bank_reference, value_date, code, reason,"
    " returns, whole_file"
)


@dataclass(frozen=True, slots=True)
class Unposted:
    """An item whose vouchers are still to be posted, and the batch that says against which accounts."""

    item: DebitItemRow
    batch: DebitBatchRow
    settlement: bool
    """Its settlement is not posted."""
    giving_back: bool
    """Its return is not posted."""


def stage(session: Session, bank: str, facts: Iterable[FileFact]) -> None:
    """Put a file's facts beside the books for this transaction."""
    run(session, "stage_facts")
    with psycopg_cursor(session).copy(f"COPY file_fact ({_COLUMNS}) FROM STDIN") as copy:
        for seq, fact in enumerate(facts, start=1):
            copy.write_row(_row(seq, fact))
    run(session, "spread_file_rejections", bank=bank)
    session.execute(text("CREATE INDEX ON file_fact (reference)"))
    session.execute(text("ANALYZE file_fact"))


def move_items(session: Session, bank: str, kind: str, *, at: datetime) -> tuple[int, int]:
    """Move the items that the staged facts speak of; gives how many moved, and how many facts do not fit.

    A settlement before a return and a return before a rejection: one file may hold all of them.
    """
    wrong = run(session, "find_discrepancies", bank=bank, kind=kind, at=at).rowcount
    names = ("move_taken", "move_settled", "move_returned", "move_rejected")
    moved = sum(run(session, name, bank=bank, kind=kind, at=at).rowcount for name in names)
    for name in ("collect_dues", "reopen_dues"):
        run(session, name, bank=bank, at=at)
    return moved, wrong


def touched_batches(session: Session, bank: str) -> dict[str, int]:
    """How many items of each batch the staged facts speak of."""
    return {row.batch_id: row.items for row in run(session, "count_touched", bank=bank)}


def unmatched(session: Session, bank: str) -> frozenset[str]:
    """References of staged facts that are about no order of ours."""
    return frozenset(run(session, "find_unmatched", bank=bank).scalars())


def payment_references(session: Session, bank: str) -> frozenset[str]:
    """Single payments that the staged facts speak of."""
    rows = session.execute(
        text(
            "SELECT DISTINCT p.payment_id FROM payment AS p JOIN file_fact AS f ON f.reference = p.payment_id"
            " WHERE p.bank = :bank"
        ),
        {"bank": bank},
    )
    return frozenset(rows.scalars())


def unposted(session: Session, bank: str, *, limit: int) -> list[Unposted]:
    """Items that settled or came back and whose vouchers are still to be posted."""
    state, voucher, back = (
        col(c) for c in (DebitItemRow.state, DebitItemRow.voucher, DebitItemRow.return_voucher)
    )
    rows = session.execute(
        select(DebitItemRow, DebitBatchRow)
        .join(DebitBatchRow, col(DebitBatchRow.batch_id) == col(DebitItemRow.batch_id))
        .where(
            col(DebitItemRow.bank) == bank,
            (state.in_((ItemState.SETTLED, ItemState.RETURNED)) & voucher.is_(None))
            | ((state == ItemState.RETURNED) & back.is_(None)),
        )
        .order_by(col(DebitItemRow.batch_id), col(DebitItemRow.item_no))
        .limit(limit)
    )
    return [
        Unposted(
            item,
            batch,
            settlement=item.voucher is None,
            giving_back=item.state == ItemState.RETURNED and item.return_voucher is None,
        )
        for item, batch in rows
    ]


def note_vouchers(session: Session, vouchers: Sequence[tuple[str, int, str, str]]) -> None:
    """Write vouchers to their items: batch, item number, voucher, voucher of the return (or empty)."""
    run(
        session,
        "note_vouchers",
        batches=[each[0] for each in vouchers],
        numbers=[each[1] for each in vouchers],
        vouchers=[each[2] for each in vouchers],
        backs=[each[3] for each in vouchers],
    )


def _row(seq: int, fact: FileFact) -> tuple[object, ...]:
    money = fact.money
    return (
        *(seq, fact.reference, fact.said.value, fact.credit, fact.booked, money.minor if money else None),
        *(fact.currency, fact.bank_reference, fact.value_date, fact.code, fact.reason),
        *(fact.returns, fact.whole_file),
    )
