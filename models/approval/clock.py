"""When an approval has to do something by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from models.approval.books import Standing


@dataclass(frozen=True)
class Clock:
    """What of a step's deadlines is behind it."""

    reminded: bool = False
    top: bool = False
    """Another escalation would open it to nobody new."""

    def next(self, standing: Standing, lock_until: datetime | None) -> datetime | None:
        """The next instant at which something is due; None while only people can move it."""
        instants = [
            lock_until,
            None if self.reminded else standing.remind_at,
            None if self.top else standing.due_at,
            standing.changes_at,
        ]
        return min((each for each in instants if each is not None), default=None)

    def escalation_due(self, standing: Standing, now: datetime) -> bool:
        return not self.top and standing.due_at is not None and standing.due_at <= now

    def change_due(self, standing: Standing, now: datetime) -> bool:
        return standing.changes_at is not None and standing.changes_at <= now

    def reminder_due(self, standing: Standing, now: datetime) -> bool:
        return not self.reminded and standing.remind_at is not None and standing.remind_at <= now

    def after(self, before: Standing, after: Standing, *, escalated: bool) -> Clock:
        """The clock once the books were asked anew.

        Where nobody may decide, it is asked again at each service level, for people may have come.
        """
        if not escalated:
            return replace(self, top=self.top and set(after.everyone) == set(before.everyone))
        at_top = bool(after.everyone) and set(after.everyone) == set(before.everyone)
        return Clock(reminded=at_top, top=at_top)
