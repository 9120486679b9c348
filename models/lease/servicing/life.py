"""A lease's life: its plan, the terms it is serviced by, and all that happened, in value-date order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import InvalidInputError
from models.lease.plan.plan import Plan
from models.lease.servicing.accrual import RateStep
from models.lease.servicing.events import Correction, Event, Happening, Reversal
from models.lease.servicing.terms import ServicingTerms


@dataclass(frozen=True, slots=True)
class LeaseLife:
    """What is agreed."""

    plan: Plan
    terms: ServicingTerms
    later_rates: tuple[RateStep, ...] = ()
    """Rates that follow that of the terms, in order of their days: changes that the plan knew of."""


def in_force(events: Sequence[Event]) -> list[Happening]:
    """What counts once reversals and corrections are worked in, by value date, then by entry.

    A reversal may itself be reversed, which brings the event back.

    Raises:
        InvalidInputError: an id stands twice, or a reversal or correction names none before it.
    """
    _check_references(events)
    reversed_ids: set[str] = set()
    for event in reversed(events):
        if isinstance(event, Reversal) and event.id not in reversed_ids:
            reversed_ids.add(event.of)
    happened: dict[str, Happening] = {}
    for event in events:
        if event.id in reversed_ids or isinstance(event, Reversal):
            continue
        if isinstance(event, Correction):
            if event.of in happened:
                happened[event.of] = _corrected(happened[event.of], event)
        else:
            happened[event.id] = event
    return sorted(happened.values(), key=lambda each: each.on)


def _check_references(events: Sequence[Event]) -> None:
    seen: dict[str, Event] = {}
    for event in events:
        if event.id in seen:
            raise InvalidInputError(f"events: the id {event.id!r} stands twice", remedy="Give each its own")
        if isinstance(event, Reversal | Correction) and event.of not in seen:
            raise InvalidInputError(
                f"events: {event.id}.of {event.of!r} is no event before it",
                remedy=f"Name one of {', '.join(seen) or 'none yet'}",
            )
        seen[event.id] = event


def _corrected(event: Happening, correction: Correction) -> Happening:
    changed: dict[str, object] = {}
    if correction.value_date is not None:
        changed["on"] = correction.value_date
    if correction.amount is not None:
        if not hasattr(event, "amount"):
            raise InvalidInputError(
                f"events: {correction.id}.amount cannot correct {event.id}, a {event.kind} without amount",
                remedy="Reverse it and enter it anew",
            )
        changed["amount"] = correction.amount
    return event.model_copy(update=changed)
