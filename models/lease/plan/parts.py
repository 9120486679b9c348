"""What a period is made of: stretches without change, at one rate, after each of which money may be drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from typing import Final, NamedTuple

from models.lease.plan.day_counts import Coupon, count_days

_ZERO: Final = Decimal(0)


class Style(Enum):
    """How interest grows within a part of a period."""

    PLAIN = auto()
    """As the terms' compounding says."""
    SPLIT = auto()
    """Simple for the part, compound for the whole periods beside it."""
    POWER = auto()
    """One broken power of the regular period."""


class Part(NamedTuple):
    """A stretch without change: a share of a year, at one rate, after which money may be drawn."""

    numerator: Decimal
    denominator: Decimal
    rate: Decimal | None = None
    """None: the plan's own."""
    draw: Decimal = _ZERO
    style: Style = Style.PLAIN
    whole: int = 0
    """Regular periods beside the share (``SPLIT`` only)."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something changes on a day: more is drawn, or another rate holds."""

    on: date
    draw: Decimal = _ZERO
    rate: Decimal | None = None


def divided(whole: Part, first: date, last: date, events: Sequence[Event]) -> tuple[Part, ...]:
    """A period of a given length, divided where something happens, in proportion to actual days."""
    if not events:
        return (whole,)

    def share(start: date, end: date) -> tuple[Decimal, Decimal]:
        return whole.numerator * (end - start).days, whole.denominator * (last - first).days

    return _cut(first, last, events, share)


def counted(
    day_count: str, first: date, last: date, coupon: Coupon, events: Sequence[Event]
) -> tuple[Part, ...]:
    """A period divided where something happens, each part counted by itself."""

    def share(start: date, end: date) -> tuple[Decimal, Decimal]:
        span = count_days(day_count, start, end, coupon)
        return Decimal(span.numerator), Decimal(span.denominator)

    return _cut(first, last, events, share)


def _cut(
    first: date, last: date, events: Sequence[Event], share: Callable[[date, date], tuple[Decimal, Decimal]]
) -> tuple[Part, ...]:
    before = [event.rate for event in events if event.on < first and event.rate is not None]
    rate, at = (before[-1] if before else None), first
    parts = []
    for event in events:
        if first <= event.on < last:
            parts.append(Part(*share(at, event.on), rate, event.draw))
            at, rate = event.on, event.rate if event.rate is not None else rate
    return (*parts, Part(*share(at, last), rate))
