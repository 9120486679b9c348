"""Dead letters of both boxes: driven again, or left behind so that others pass."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from activities.store.forwarding.bell import Box, ring
from activities.store.forwarding.outbox import DEAD, WAITING
from activities.store.tables.forwarding import ForwardingEventRow, InboxRow, OutboxRow
from models.forwarding.messages import RedriveNote


def redrive(session: Session, box: Box, note: RedriveNote) -> tuple[str, ...]:
    """Put dead letters back into the line, or let those behind them pass; gives their keys."""
    rows: Any = OutboxRow if box is Box.OUTBOX else InboxRow
    name = OutboxRow.key if box is Box.OUTBOX else InboxRow.message_id
    command = note.command
    wanted = update(rows).where(rows.partner == note.partner, rows.state == DEAD)
    if command.keys:
        wanted = wanted.where(col(name).in_(command.keys))
    if command.skip:
        wanted = wanted.where(rows.blocks).values(blocks=False)
    else:
        fresh: dict[str, Any] = (
            {"refusals": 0, "drives": OutboxRow.drives + 1} if box is Box.OUTBOX else {"attempts": 0}
        )
        wanted = wanted.values(state=WAITING, blocks=False, next_try=None, **fresh)
    keys = tuple(sorted(session.execute(wanted.returning(col(name))).scalars()))
    what = f"{box} {'skipped' if command.skip else 'driven again'}"
    session.add_all(
        ForwardingEventRow(
            partner=note.partner,
            key=key,
            what=what,
            by=command.actor.username,
            reason=command.reason,
            happened_at=note.at,
        )
        for key in keys
    )
    ring(session, box, note.partner, command=True)
    return keys
