"""Proposed decision tables: whether they run, and what they would have made of past screenings.

Proposals are checked by commands as much as by workers, so the engine is not handed in: it computes in this
process and reaches nothing outside.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from activities.adapters.decision_tables import ZenTables
from activities.ports.decision_tables import UncompilableTablesError
from activities.store.lease import screening
from models.lease.screening.replay import PastScreening, Tables, screening_effects
from models.parameters.changes.previews import Effect
from models.parameters.screening import ScreeningParameters


def refuse_uncompilable(value: ScreeningParameters) -> None:
    """Refuse tables that the engine would not run as they read.

    Raises:
        UncompilableTablesError: names set, table and row.
    """
    engine = ZenTables()
    for name, tables in value.sets.items():
        if faults := engine.faults(tables):
            raise UncompilableTablesError(name, faults)


def replayed(
    session: Session, old: ScreeningParameters, new: ScreeningParameters, *, since: datetime
) -> tuple[int, tuple[Effect, ...]]:
    """How many screenings since an instant were gone through, and what would have ended otherwise."""
    past = (
        PastScreening(kept.application_id, kept.round, kept.facts, kept.tables)
        for kept in screening.past(session, since=since)
    )
    return screening_effects(past, _compiled(old), _compiled(new))


def _compiled(value: ScreeningParameters) -> Tables:
    engine = ZenTables()
    return {name: engine.compiled(tables) for name, tables in value.sets.items()}
