"""What is known when a pool is formed: people, absences, workload."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from activities.store import people
from activities.store.approval import absences, tasks
from models.approval.pools import House
from models.calendar import business_date


def load(session: Session, at: datetime) -> House:
    """The house as it is, for an instant."""
    return House(
        staff=people.staff(session),
        absences=[absences.as_absence(row) for row in absences.from_day(session, business_date(at))],
        open_tasks=tasks.open_counts(session),
    )
