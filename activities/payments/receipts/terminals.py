"""The days of card terminals in PostgreSQL."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session
from temporalio import activity

from activities.store.database import Database
from activities.store.payments import receipts, terminals
from activities.store.tables.receipts import ReceiptRow
from models.payments.messages import (
    DecideStep,
    Reconciled,
    ReconcileStep,
    TerminalDayOrder,
    TerminalReceipt,
)
from models.payments.receipts.terminals import (
    DayComparison,
    Decision,
    DifferenceKind,
    Slip,
    TerminalState,
    compare_items,
    compare_totals,
)
from workflows.payments.receipt_steps import TerminalBooks


class PostgresTerminals(TerminalBooks):
    """Terminals and the differences of their days."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="terminals.open_day")
    def open_day(self, order: TerminalDayOrder) -> None:
        at = activity.info().scheduled_time
        with self._database.transaction() as session:
            terminals.open_for(session, order.terminal, order.day, by=order.opened_by.username, at=at)

    @activity.defn(name="terminals.reconcile")
    def reconcile(self, step: ReconcileStep) -> Reconciled:
        with self._database.transaction() as session:
            _close(session, step)
            compared = _compare(session, step)
            terminals.put_differences(session, step.terminal, step.day, compared.differences, at=step.at)
            return Reconciled(
                matched=tuple(
                    TerminalReceipt(slip.receipt_id, item.fee if item else None)
                    for slip, item in compared.matched
                ),
                differences=terminals.differences(session, step.terminal, step.day),
            )

    @activity.defn(name="terminals.decide")
    def decide(self, step: DecideStep) -> Reconciled:
        command = step.command
        with self._database.transaction() as session:
            decided = terminals.decide(
                session,
                step.terminal,
                step.day,
                command.number,
                command.decision,
                by=command.actor.username,
                note=command.note,
                at=step.at,
            )
            confirmed: list[str] = []
            if command.decision is Decision.CONFIRM and decided.kind is DifferenceKind.TOTAL:
                slips = _slips(session, step.terminal, step.day)
                confirmed = [s.receipt_id for s in slips if decided.trace_no in {"", s.card_type}]
            elif command.decision is Decision.CONFIRM:
                confirmed = [decided.receipt_id]
            return Reconciled(
                matched=tuple(TerminalReceipt(receipt_id) for receipt_id in confirmed),
                differences=terminals.differences(session, step.terminal, step.day),
            )


def block(
    session: Session, terminal: str, *, blocked: bool, reason: str, by: str, at: datetime
) -> TerminalState:
    """Block a terminal, or unblock it; unblocked it is closed until somebody opens it again.

    Raises:
        UnknownTerminalError: there is none of this id.
        TerminalStateError: it is blocked, or not blocked, already.
    """
    row = terminals.find(session, terminal, lock=True)
    wanted = TerminalState.BLOCKED if blocked else TerminalState.CLOSED
    if not blocked and row.state != TerminalState.BLOCKED:
        terminals.refuse(row, wanted)
    terminals.move(session, row, wanted, reason, by=by, at=at)
    return wanted


def _close(session: Session, step: ReconcileStep) -> None:
    row = terminals.find(session, step.terminal, lock=True)
    if row.state == TerminalState.OPEN and row.day == step.day:
        sentence = f"day {step.day} closed"
        by = step.command.actor.username
        terminals.move(session, row, TerminalState.CLOSED, sentence, by=by, at=step.at)


def _compare(session: Session, step: ReconcileStep) -> DayComparison:
    slips = _slips(session, step.terminal, step.day)
    items = step.command.items
    return compare_totals(slips, step.command.totals) if items is None else compare_items(slips, items)


def _slips(session: Session, terminal: str, day: date) -> list[Slip]:
    return [_slip(row) for row in receipts.of_terminal_day(session, terminal, day)]


def _slip(row: ReceiptRow) -> Slip:
    return Slip(row.receipt_id, row.external_reference, receipts.amount(row), row.card_type)
