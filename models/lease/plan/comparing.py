"""Two plans side by side: rents, costs, yields, and what the difference is worth today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, localcontext
from typing import Any, Final

from models.errors import InvalidInputError
from models.lease.plan.plan import Plan
from models.lease.plan.quoting import Quote, told, totals
from models.money import Money

_PRECISION: Final = 34
_DAYS_A_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class DatePair:
    """What both plans ask on one day; ``difference`` is the second less the first."""

    on: date
    first: Money
    second: Money
    difference: Money


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two quotes and what lies between them."""

    first: Quote
    second: Quote
    rate: Decimal
    """Effective a year, at which payments are discounted."""
    present: tuple[Money, Money]
    """Worth of all that the lessee pays (down payment included), on the earlier of both starts."""
    dates: tuple[DatePair, ...]

    @property
    def cheaper(self) -> str:
        """``first``, ``second`` or ``equal``: by present worth of what is paid."""
        first, second = self.present
        if first == second:
            return "equal"
        return "first" if first < second else "second"


def compare(first: Quote, second: Quote, rate: Decimal | None = None) -> Comparison:
    """Compare two plans at a rate; left out, at the first plan's yield by days, as payments are discounted.

    Raises:
        InvalidInputError: they are in different currencies, or there is no rate to compare at.
    """
    if first.plan.financed.currency != second.plan.financed.currency:
        raise InvalidInputError(
            "the plans are in different currencies", remedy="Compare plans of one currency"
        )
    chosen = rate if rate is not None else first.yields.xirr
    if chosen is None or chosen <= -1:
        raise InvalidInputError("there is no rate to compare at", remedy="Give one with --rate")
    paid = _paid(first.plan), _paid(second.plan)
    day = min(first.plan.start, second.plan.start)
    zero = Money(0, first.plan.financed.currency)
    dates = []
    for on in sorted({*paid[0], *paid[1]}):
        one, other = paid[0].get(on, zero), paid[1].get(on, zero)
        dates.append(DatePair(on, one, other, other - one))
    return Comparison(
        first,
        second,
        chosen,
        (_present(paid[0], day, chosen, zero), _present(paid[1], day, chosen, zero)),
        tuple(dates),
    )


def _paid(plan: Plan) -> Mapping[date, Money]:
    """What the lessee pays on each day: down payment, rents, fees, deposit."""
    zero = Money(0, plan.financed.currency)
    paid: dict[date, Money] = defaultdict(lambda: zero)
    if plan.down_payment is not None:
        paid[plan.start] += plan.down_payment
    for row in plan.rows:
        drawn = row.principal if row.kind == "drawdown" else zero
        paid[row.due] += row.payable + drawn
    return {on: amount for on, amount in paid.items() if amount != zero}


def _present(paid: Mapping[date, Money], day: date, rate: Decimal, zero: Money) -> Money:
    with localcontext(prec=_PRECISION):
        worth = sum(
            (
                amount.amount / (1 + rate) ** (Decimal((on - day).days) / _DAYS_A_YEAR)
                for on, amount in paid.items()
            ),
            Decimal(0),
        )
        return Money.rounded(worth, zero.currency)


def as_document(compared: Comparison) -> dict[str, Any]:
    """The comparison as JSON."""
    return {
        "kind": "comparison",
        "first": _side(compared.first, compared.present[0]),
        "second": _side(compared.second, compared.present[1]),
        "rate": told(compared.rate),
        "cheaper": compared.cheaper,
        "saved": str(_apart(*compared.present)),
        "dates": [
            {
                "on": pair.on.isoformat(),
                "first": str(pair.first),
                "second": str(pair.second),
                "difference": str(pair.difference),
            }
            for pair in compared.dates
        ],
    }


def _apart(first: Money, second: Money) -> Money:
    return second - first if first < second else first - second


def _side(quoted: Quote, present: Money) -> dict[str, Any]:
    plan = quoted.plan
    rents = [row.rent for row in plan.rows if row.kind == "rent"]
    return {
        "name": quoted.terms.name,
        "financed": str(plan.financed),
        "instalments": len(rents),
        "rent": str(rents[0]),
        "rate": told(plan.rate),
        "totals": totals(plan),
        "yields": {field.name: told(getattr(quoted.yields, field.name)) for field in fields(quoted.yields)},
        "present_value": str(present),
    }
