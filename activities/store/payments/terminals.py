"""Card terminals: registered once, moved from state to state, with the differences of their days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NoReturn

from sqlalchemy import delete, select
from sqlmodel import Session, col

from activities.store.tables.receipts import TerminalDifferenceRow, TerminalEventRow, TerminalRow
from models.errors import RefusedByRuleError
from models.payments.receipts.errors import (
    TerminalExistsError,
    TerminalStateError,
    UnknownTerminalError,
)
from models.payments.receipts.terminals import (
    LEADS_TO,
    Decision,
    Difference,
    DifferenceKind,
    TerminalState,
)


def register(
    session: Session, terminal: str, *, merchant_no: str, branch: str, by: str, at: datetime
) -> TerminalRow:
    """Enter a terminal; the same one again changes nothing.

    Raises:
        TerminalExistsError: it is registered for another merchant number or branch.
    """
    known = session.get(TerminalRow, terminal, with_for_update=True)
    if known is not None:
        if (known.merchant_no, known.branch) != (merchant_no, branch):
            raise TerminalExistsError(terminal)
        return known
    row = TerminalRow(
        terminal=terminal,
        merchant_no=merchant_no,
        branch=branch,
        state=TerminalState.REGISTERED,
        sentence=f"merchant {merchant_no}, branch {branch}",
        registered_by=by,
        registered_at=at,
        changed_at=at,
    )
    session.add(row)
    session.flush()
    _note(session, row, by=by, at=at)
    return row


def find(session: Session, terminal: str, *, lock: bool = False) -> TerminalRow:
    """A terminal.

    Raises:
        UnknownTerminalError: there is none of this id.
    """
    row = session.get(TerminalRow, terminal, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise UnknownTerminalError(terminal)
    return row


def known(session: Session, terminal: str) -> TerminalRow | None:
    """A terminal, held in its state until the transaction ends; None when there is none."""
    return session.get(TerminalRow, terminal, with_for_update={"read": True}, populate_existing=True)


def move(
    session: Session, row: TerminalRow, state: TerminalState, sentence: str, *, by: str, at: datetime
) -> None:
    """Bring a terminal into a state.

    Raises:
        TerminalStateError: its state does not lead there.
    """
    if state not in LEADS_TO[TerminalState(row.state)]:
        refuse(row, state)
    row.state, row.sentence, row.changed_at = state, sentence, at
    session.add(row)
    _note(session, row, by=by, at=at)


def refuse(row: TerminalRow, state: TerminalState) -> NoReturn:
    """Say that a terminal's state does not lead to another."""
    raise TerminalStateError(row.terminal, row.state, state)


def open_for(session: Session, terminal: str, day: date, *, by: str, at: datetime) -> TerminalRow:
    """Open a terminal for a day; opening it again for the same day changes nothing.

    Raises:
        UnknownTerminalError: there is none of this id.
        TerminalStateError: it is blocked, or open for another day.
        RefusedByRuleError: that day, or a later one, was closed already.
    """
    row = find(session, terminal, lock=True)
    if row.state == TerminalState.OPEN and row.day == day:
        return row
    if row.day is not None and day <= row.day and row.state != TerminalState.OPEN:
        raise RefusedByRuleError(
            f"terminal {terminal} had its day {row.day}, so it cannot be opened for {day}",
            remedy="Open it for a later day",
        )
    move(session, row, TerminalState.OPEN, f"open for {day}", by=by, at=at)
    row.day = day
    return row


def listed(session: Session, *, branch: str | None = None, state: str | None = None) -> list[TerminalRow]:
    """Terminals by id."""
    query = select(TerminalRow).order_by(col(TerminalRow.terminal))
    if branch:
        query = query.where(col(TerminalRow.branch) == branch)
    if state:
        query = query.where(col(TerminalRow.state) == state)
    return list(session.execute(query).scalars())


def events(session: Session, terminal: str) -> list[TerminalEventRow]:
    """A terminal's history, oldest first."""
    rows = session.execute(
        select(TerminalEventRow)
        .where(col(TerminalEventRow.terminal) == terminal)
        .order_by(col(TerminalEventRow.terminal_event_id))
    )
    return list(rows.scalars())


# ---------------------------------------------------------------- differences of a day


def put_differences(
    session: Session, terminal: str, day: date, found: Sequence[Difference], *, at: datetime
) -> None:
    """Enter a day's differences in place of those on which nobody has decided."""
    session.execute(
        delete(TerminalDifferenceRow).where(
            col(TerminalDifferenceRow.terminal) == terminal,
            col(TerminalDifferenceRow.day) == day,
            col(TerminalDifferenceRow.decision).is_(None),
        )
    )
    decided = {(row.kind, row.trace_no): row.number for row in _rows(session, terminal, day)}
    number = max(decided.values(), default=0)
    for each in found:
        if (each.kind, each.trace_no) in decided:
            continue
        number += 1
        session.add(
            TerminalDifferenceRow(
                terminal=terminal,
                day=day,
                number=number,
                kind=each.kind,
                sentence=each.sentence,
                trace_no=each.trace_no,
                receipt_id=each.receipt_id,
                found_at=at,
            )
        )
    session.flush()


def decide(
    session: Session,
    terminal: str,
    day: date,
    number: int,
    decision: Decision,
    *,
    by: str,
    note: str,
    at: datetime,
) -> Difference:
    """Enter a person's word on a difference; the same word again changes nothing.

    Raises:
        RefusedByRuleError: there is no such difference, or somebody decided otherwise before.
    """
    row = session.get(TerminalDifferenceRow, (terminal, day, number), with_for_update=True)
    if row is None:
        raise RefusedByRuleError(
            f"terminal {terminal} has no difference {number} on {day}",
            remedy=f"See leaseflow receipts terminals show {terminal}",
        )
    if row.decision is not None and row.decision != decision:
        raise RefusedByRuleError(f"difference {number} was decided by {row.decided_by}: {row.decision}")
    if row.decision is None:
        row.decision, row.decided_by, row.note, row.decided_at = decision, by, note, at
        session.add(row)
    return _told(row)


def differences(session: Session, terminal: str, day: date) -> tuple[Difference, ...]:
    """A day's differences by number, decided ones too."""
    return tuple(_told(row) for row in _rows(session, terminal, day))


def _rows(session: Session, terminal: str, day: date) -> list[TerminalDifferenceRow]:
    rows = session.execute(
        select(TerminalDifferenceRow)
        .where(col(TerminalDifferenceRow.terminal) == terminal, col(TerminalDifferenceRow.day) == day)
        .order_by(col(TerminalDifferenceRow.number))
    )
    return list(rows.scalars())


def _told(row: TerminalDifferenceRow) -> Difference:
    return Difference(
        number=row.number,
        kind=DifferenceKind(row.kind),
        sentence=row.sentence,
        trace_no=row.trace_no,
        receipt_id=row.receipt_id,
        decision=Decision(row.decision) if row.decision else None,
    )


def _note(session: Session, row: TerminalRow, *, by: str, at: datetime) -> None:
    session.add(TerminalEventRow(terminal=row.terminal, state=row.state, sentence=row.sentence, by=by, at=at))
