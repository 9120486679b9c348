"""Limits of concentration: what is outstanding with a lessee, its group, related parties; and what may be."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from models.lease.screening.facts import ExposureFacts
from models.money import Money
from models.parameters.exposure import ExposureParameters


@dataclass(frozen=True)
class Relation:
    """A customer's group, and whether it is a related party of the house."""

    identifier: str
    group: str = ""
    related: bool = False
    name: str = ""
    note: str = ""


@dataclass(frozen=True)
class Outstanding:
    """What is outstanding or promised, without the application at hand."""

    lessee: Money
    group: Money
    """With every lessee of the group, the lessee among them; nothing where it belongs to none."""
    related: Money
    """With all related parties of the house."""
    dealer: Money
    """Of applications that came through the dealer; nothing where there is none."""


@dataclass(frozen=True)
class LimitStanding:
    """One limit as it stands."""

    fact: str
    """Of `ExposureFacts`, which says by how much it would be passed."""
    name: str
    """``single lessee``, ``group G1``, ``related party``, ``all related parties``."""
    outstanding: Money
    limit: Money

    @property
    def room(self) -> Money:
        """What may still be added; negative when the limit is passed."""
        return self.limit - self.outstanding


def standings(
    parameters: ExposureParameters, relation: Relation, outstanding: Outstanding
) -> tuple[LimitStanding, ...]:
    """Every limit that holds for a lessee."""

    def limit(share: Decimal) -> Money:
        return Money(int((parameters.net_assets * share * 100).to_integral_value(rounding="ROUND_DOWN")))

    found = [LimitStanding("lessee_over", "single lessee", outstanding.lessee, limit(parameters.lessee))]
    if relation.group:
        found.append(
            LimitStanding("group_over", f"group {relation.group}", outstanding.group, limit(parameters.group))
        )
    if relation.related:
        found.append(
            LimitStanding(
                "related_over", "related party", outstanding.lessee, limit(parameters.related_party)
            )
        )
        found.append(
            LimitStanding(
                "all_related_over", "all related parties", outstanding.related, limit(parameters.all_related)
            )
        )
    return tuple(found)


def overruns(limits: tuple[LimitStanding, ...], financed: Money) -> ExposureFacts:
    """By how much each limit would be passed if so much more were financed; 0 where it would hold."""
    return ExposureFacts(**{limit.fact: yuan_over(financed - limit.room) for limit in limits})


def yuan_over(excess: Money) -> int:
    """An excess in whole yuan, rounded up; 0 where there is none."""
    return max(0, -(-excess.minor // 100))
