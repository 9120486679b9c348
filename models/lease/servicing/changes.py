"""What a reversal, a correction or a late entry changes: the entries that have to be posted for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.lease.servicing.book import Allocation
from models.lease.servicing.events import Event
from models.lease.servicing.life import LeaseLife
from models.lease.servicing.replay import replay
from models.lease.servicing.state import LifeState
from models.lease.servicing.terms import Component
from models.money import Money

_Key = tuple[str, int, date, Component]


@dataclass(frozen=True, slots=True)
class AllocationChange:
    """Money of an event that an instalment's component gets more of, or, negative, loses again."""

    event: str
    instalment: int
    due: date
    component: Component
    amount: Money


@dataclass(frozen=True, slots=True)
class WhatChanged:
    """The difference of two replays: mirror entries where negative, new ones where positive."""

    before: LifeState
    after: LifeState
    allocations: tuple[AllocationChange, ...]
    credit: Money
    penalty_asked: Money
    received: Money


def what_changed(
    life: LeaseLife, before: Sequence[Event], after: Sequence[Event], as_of: date
) -> WhatChanged:
    """Compare a lease before and after more was entered.

    Money in changes by exactly what allocations, credit, refunds and recoveries change by.

    Args:
        life: plan and terms.
        before: what was entered then.
        after: what is entered now.
        as_of: the day on which both are looked at.
    """
    old, new = replay(life, before, as_of), replay(life, after, as_of)
    was, now = _by_key(old.allocations), _by_key(new.allocations)
    zero = old.financed - old.financed
    changes = [
        AllocationChange(*key, now.get(key, zero) - was.get(key, zero))
        for key in dict.fromkeys([*was, *now])
        if now.get(key, zero) != was.get(key, zero)
    ]
    return WhatChanged(
        before=old,
        after=new,
        allocations=tuple(sorted(changes, key=lambda each: (each.amount.minor > 0, each.due, each.event))),
        credit=new.credit - old.credit,
        penalty_asked=new.penalty_asked - old.penalty_asked,
        received=new.received - old.received,
    )


def _by_key(allocations: Sequence[Allocation]) -> dict[_Key, Money]:
    sums: dict[_Key, Money] = {}
    for each in allocations:
        key = (each.event, each.instalment, each.due, each.component)
        sums[key] = sums[key] + each.amount if key in sums else each.amount
    return {key: amount for key, amount in sums.items() if amount.minor}
