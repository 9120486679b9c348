"""What a plan yields to the lessor and costs the lessee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from models.errors import InvalidInputError
from models.lease.plan.discounting import Timed, unit_rate
from models.lease.plan.periods import Frequency
from models.lease.plan.plan import Plan, PlanRow
from models.lease.plan.solving import within_reach
from models.lease.plan.times import eu_time, eu_unit, us_per_year, us_single_payment, us_time

_ZERO, _ONE = Decimal(0), Decimal(1)
_DAYS_A_YEAR: Final = 365
_GUESS: Final = 0.08

Dated = tuple[date, Decimal, Decimal]
"""When, how much, and at which position in periods."""


@dataclass(frozen=True, slots=True)
class Yields:
    """Rates as fractions, with all digits that decimals give; None where there is none."""

    irr: Decimal | None
    """The lessor's internal rate of return per period."""
    irr_nominal: Decimal | None
    """The same times periods a year."""
    irr_effective: Decimal | None
    """The same compounded over a year."""
    xirr: Decimal | None
    """By actual days over 365, effective (Excel's XIRR)."""
    cost_nominal: Decimal | None
    """The lessee's cost per period times periods a year."""
    apr_eu: Decimal | None
    """Effective, Directive 2008/48/EC (and 2014/17/EU, 2023/2225): the lessee's cost."""
    apr_us: Decimal | None
    """Nominal, Regulation Z Appendix J, actuarial method: the lessee's cost."""


def yields(plan: Plan, *, every: Frequency | None = None) -> Yields:
    """All rates of a plan; ``every`` is its regular period, which is a month if left out.

    Money that goes to others (passed-on fees) is no yield; subsidies are no cost; a fee outside the APR is
    none of it.
    """
    with within_reach():
        every = every or frequency_of(plan)
        earned = _lessor(plan)
        paid = _lessee(plan) if _differ(plan) else earned
        known: Known = {}
        periodic = _periodic(earned, plan.periods_per_year, known)
        cost = _periodic(paid, plan.periods_per_year, known)
        per_year = plan.periods_per_year
        return Yields(
            irr=periodic,
            irr_nominal=None if periodic is None else periodic * per_year,
            irr_effective=None if periodic is None else (_ONE + periodic) ** per_year - _ONE,
            xirr=by_days(earned),
            cost_nominal=None if cost is None else cost * per_year,
            apr_eu=apr_eu(paid, every, known),
            apr_us=apr_us(paid, every, known),
        )


def frequency_of(plan: Plan) -> Frequency:
    """The regular period that so many periods a year make."""
    months = Decimal(12) / plan.periods_per_year
    if months == months.to_integral_value():
        return Frequency(int(months), "month")
    weeks = Decimal(52) / plan.periods_per_year
    if weeks == weeks.to_integral_value():
        return Frequency(int(weeks), "week")
    if plan.periods_per_year == Decimal(24):
        return Frequency(1, "semi-month")
    return Frequency(max(1, round(_DAYS_A_YEAR / plan.periods_per_year)), "day")


# ------------------------------------------------------------------ flows of a plan


def _differ(plan: Plan) -> bool:
    """Somebody besides lessor and lessee pays or gets something."""
    apart = bool(
        plan.outside_apr or plan.outside_irr or plan.commission or plan.fees_charged or plan.fees_kept
    )
    return apart or any(row.subsidy is not None for row in plan.rows)


def _lessor(plan: Plan) -> list[Dated]:
    """What the lessor pays and gets, in minor units: a rate does not mind."""
    out = plan.financed.minor + (plan.commission.minor if plan.commission else 0)
    out -= plan.fees_kept.minor if plan.fees_kept else 0
    passed = plan.outside_irr or (None,) * len(plan.rows)
    flows = [(plan.start, Decimal(-out), _ZERO)]
    for row, away, position in zip(plan.rows, passed, plan.positions, strict=True):
        minor = _paid(row) - (away.minor if away else 0) + (row.subsidy.minor if row.subsidy else 0)
        flows.append((row.due, Decimal(minor), position))
    return flows


def _lessee(plan: Plan) -> list[Dated]:
    """What the lessee gets and pays as cost of credit, in minor units."""
    apart = plan.outside_apr or (None,) * len(plan.rows)
    got = plan.financed.minor - (plan.fees_charged.minor if plan.fees_charged else 0)
    flows = [(plan.start, Decimal(-got), _ZERO)]
    for row, aside, position in zip(plan.rows, apart, plan.positions, strict=True):
        flows.append((row.due, Decimal(_paid(row) - (aside.minor if aside else 0)), position))
    return flows


def _paid(row: PlanRow) -> int:
    minor = row.rent.minor + row.fee.minor
    if row.deposit is not None:
        minor += row.deposit.minor
    return minor + row.principal.minor if row.kind == "drawdown" else minor


# ------------------------------------------------------------------ rates of flows


Known = dict[tuple[Timed, ...], Decimal | None]
"""Rates per unit that were found already: of a monthly plan, most definitions ask for the same one."""


def _rate(
    flows: Sequence[Timed], guess: float, *, simple_odd: bool = False, known: Known | None = None
) -> Decimal | None:
    ordered = tuple(_merged(flows))
    alike = not simple_odd or not any(flow.odd for flow in ordered)
    if known is not None and alike and ordered in known:
        return known[ordered]
    try:
        rate: Decimal | None = unit_rate(ordered, guess, simple_odd=simple_odd)
    except InvalidInputError:
        rate = None
    if known is not None and alike:
        known[ordered] = rate
    return rate


def _merged(flows: Sequence[Timed]) -> list[Timed]:
    """In order of time, one for each time."""
    merged: list[Timed] = []
    for flow in sorted(flows, key=_when):
        if merged and merged[-1][1:] == flow[1:]:
            merged[-1] = Timed(merged[-1].amount + flow.amount, flow.whole, flow.odd)
        else:
            merged.append(flow)
    return merged


def _when(flow: Timed) -> tuple[int, Decimal]:
    return flow.whole, flow.odd


def _periodic(flows: Sequence[Dated], per_year: Decimal, known: Known) -> Decimal | None:
    timed = [Timed(amount, whole := int(position), position - whole) for _, amount, position in flows]
    return _rate(timed, _GUESS / float(per_year), known=known)


def by_days(flows: Sequence[Dated]) -> Decimal | None:
    """Effective rate by days over 365."""
    first = flows[0][0]
    daily = _rate([Timed(amount, (day - first).days) for day, amount, _ in flows], _GUESS / _DAYS_A_YEAR)
    return None if daily is None else (_ONE + daily) ** _DAYS_A_YEAR - _ONE


def apr_eu(flows: Sequence[Dated], every: Frequency, known: Known | None = None) -> Decimal | None:
    """Annual percentage rate of charge: effective, by the directive's measure of time."""
    unit, per_year = eu_unit(every)
    first = flows[0][0]
    timed = []
    for day, amount, _ in flows:
        whole, odd = eu_time(first, day, unit)
        timed.append(Timed(amount, whole, odd * per_year))
    rate = _rate(timed, _GUESS / per_year, known=known)
    return None if rate is None else (_ONE + rate) ** per_year - _ONE


def apr_us(flows: Sequence[Dated], unit: Frequency, known: Known | None = None) -> Decimal | None:
    """Annual percentage rate: unit-period rate times unit-periods a year, odd days at simple interest."""
    first, last = flows[0][0], flows[-1][0]
    paid = [flow for flow in flows if flow[1] and flow[0] > first]
    if len(paid) == 1 and last > first:
        per_year, whole, odd = us_single_payment(first, paid[0][0])
        timed = [Timed(amount, whole, odd) if day > first else Timed(amount, 0) for day, amount, _ in flows]
    else:
        if unit.per_year < 1:
            unit = Frequency(12, "month")
        per_year = us_per_year(unit)
        timed = [Timed(amount, *us_time(first, day, unit)) for day, amount, _ in flows]
    rate = _rate(timed, _GUESS / float(per_year), simple_odd=True, known=known)
    return None if rate is None else rate * per_year
