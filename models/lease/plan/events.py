"""Drawdowns and changes of rate, by the days on which they happen."""

from __future__ import annotations

from datetime import date

from models.errors import InvalidInputError
from models.lease.plan.due_dates import nominal_dates
from models.lease.plan.parts import Event
from models.lease.plan.terms import PlanTerms


def events_of(terms: PlanTerms, rows: int) -> tuple[Event, ...]:
    """All that happens between the start and the last rent, in order.

    Raises:
        InvalidInputError: something lies outside the plan.
    """
    if not terms.drawdowns and not terms.rate_changes:
        return ()
    dates = [terms.start, *nominal_dates(terms, rows, with_end=False)]
    events = [Event(_day(each.on, each.after, dates), draw=each.amount) for each in terms.drawdowns]
    events += [Event(_day(each.on, each.after, dates), rate=each.rate) for each in terms.rate_changes]
    for event in events:
        if not terms.start <= event.on < dates[-1]:
            raise InvalidInputError(
                f"a drawdown or rate change on {event.on} lies outside the plan",
                remedy=f"It runs from {terms.start} to before {dates[-1]}",
            )
    return tuple(sorted(events, key=lambda event: event.on))


def _day(on: date | None, after: int | None, dates: list[date]) -> date:
    if on is not None:
        return on
    if after is None or after >= len(dates):
        raise InvalidInputError(
            f"after {after} lies beyond the last row",
            remedy=f"There are {len(dates) - 1} rows; name one before the last",
        )
    return dates[after]
