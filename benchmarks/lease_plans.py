"""Computing plans: sixty monthly rents to the cent, with the lessor's rate of return, on one core.

The plan is a vehicle's: price 200,000, a fifth paid down, 8.88 % a year, 60 rents in arrears by 30/360, cents
rounded half up, the last rent takes the rest. Each of the ten thousand has another price and rate, so that
nothing can be remembered from one to the next. Terms are built beforehand, as forms and products give them;
what reading them from JSON takes besides is a line of its own.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Final

from models.lease.plan.build import build_plan
from models.lease.plan.discounting import Timed, unit_rate
from models.lease.plan.plan import Plan
from models.lease.plan.quoting import quote_plan, read
from models.lease.plan.solving import within_reach
from models.lease.plan.terms import PlanTerms

ROWS: Final = 60
_WARM_UP: Final = 50
_GUESS: Final = 0.08 / 12


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """Seconds of CPU time, and what the clock said."""

    plans: int
    one: float
    """Median of one plan with its internal rate of return."""
    all_cpu: float
    all_clock: float
    with_all_yields: float
    """CPU seconds of one plan with every yield (XIRR, APR of two laws), its terms read from JSON."""


def plans(count: int) -> PlanFigures:
    """Compute so many different plans, one after the other."""
    terms = [read(PlanTerms, _document(number)) for number in range(count)]
    for each in terms[:_WARM_UP]:
        _with_irr(each)
    gc.collect()
    gc.freeze()  # the terms that wait are no part of the figure
    began, cpu = time.perf_counter(), time.process_time()
    taken = [_timed(lambda each=each: _with_irr(each)) for each in terms]  # type: ignore[misc]
    clock, cpu = time.perf_counter() - began, time.process_time() - cpu
    everything = [_timed(lambda n=n: quote_plan(read(PlanTerms, _document(n)))) for n in range(200)]  # type: ignore[misc]
    return PlanFigures(count, median(taken), cpu, clock, median(everything))


def _with_irr(terms: PlanTerms) -> None:
    plan = build_plan(terms)
    if len(plan.rents) != ROWS or not 0 < _internal_rate(plan) < 1:
        raise RuntimeError("a figure of something else is worthless")


def _internal_rate(plan: Plan) -> Decimal:
    """The lessor's, per period, to all digits that decimals give."""
    flows = [Timed(Decimal(-plan.financed.minor), 0)]
    flows += [Timed(Decimal(row.payable.minor), row.number) for row in plan.rows]
    with within_reach():
        return unit_rate(flows, _GUESS)


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _document(number: int) -> dict[str, object]:
    return {
        "price": str(200_000 + number),
        "down_payment": "20%",
        "rate": str(Decimal("0.0888") + Decimal(number) / 1_000_000),
        "instalments": ROWS,
        "start": date(2026, 1, 15).isoformat(),
        "day_count": "30/360",
    }
