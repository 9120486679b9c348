"""The terms of flows: dated or numbered amounts, of which some may be unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from models.errors import InvalidInputError
from models.lease.plan.day_counts import day_count_name
from models.lease.plan.fields import Day, Described, Number, Rate
from models.lease.plan.periods import Frequency
from models.lease.plan.rounding import Rounding

_ONE: Final = Decimal(1)


def _every(value: object) -> object:
    return str(Frequency.parse(value)) if isinstance(value, str | int) else value


def _listed(value: object) -> object:
    """Bare amounts become flows of the periods 0, 1, 2 and so on."""
    if isinstance(value, list) and value and not isinstance(value[0], dict):
        return [{"amount": amount, "period": at} for at, amount in enumerate(value)]
    return value


class Flow(Described):
    """One amount, or a series of equal ones."""

    kind: Literal["advance", "payment", "charge"] = "payment"
    """``advance``: money out, its amount written without sign. ``charge``: a cost to the lessee that bears no
    interest: it counts in XIRR and APR only. A payment may be negative: money out as well."""
    amount: Number | None = None
    """Left out (null): solved for. Several flows may be unknown; they are then in the proportion of their
    weights."""
    on: Day | None = None
    """Day of the first amount."""
    period: Annotated[int, Field(ge=0)] | None = None
    """Instead of a day: whole periods after the start."""
    odd: str = "0"
    """Share of a period besides the whole ones, ``19/30`` or ``0.5``."""
    count: Annotated[int, Field(ge=1, le=5000)] = 1
    """How many equal amounts, one period apart."""
    every: Annotated[str, BeforeValidator(_every)] = "month"
    """With days: how far apart."""
    step: Annotated[int, Field(ge=1)] = 1
    """With periods: how far apart."""
    weight: Number = Field(default=_ONE, gt=0)
    """Of an unknown amount."""
    capitalises: bool = True
    """Interest up to this flow is added to the balance; false: it waits for the next flow that does."""
    value_on: Day | None = None
    """Advances: day from which interest runs, where it is not the day of pay-out (``on``, from which APRs
    run)."""
    label: str = ""

    @model_validator(mode="after")
    def _timed(self) -> Self:
        if self.on is not None and self.period is not None:
            raise ValueError("a flow says on or period, not both")
        if self.kind == "charge" and self.amount is None:
            raise ValueError("the amount of a charge must be given")
        return self


class FlowTerms(Described):
    """Flows to be solved: for the rate if all amounts are given, for an amount at a given rate otherwise."""

    name: str = ""
    flows: Annotated[tuple[Flow, ...], BeforeValidator(_listed)] = Field(min_length=1)
    """Objects as described below; or a bare list of amounts, one for each period from 0."""
    rate: Rate | None = None
    """Nominal a year (``interest`` simple) or effective (``compound``): needed where an amount is to be
    found."""
    day_count: Annotated[str, BeforeValidator(lambda value: day_count_name(str(value)))] = "30/360"
    interest: Literal["simple", "compound"] = "simple"
    """``simple``: from flow to flow, rate times the day count's share of a year, added at each flow.
    ``compound``: every flow discounted from the first by ``(1 + rate)`` to the power of the day count's
    years."""
    periods_per_year: Number = Field(default=_ONE, gt=0)
    """With numbered periods: how many make a year; 12 and a rate of 6% is 0.5% a period."""
    unit_period: str = ""
    """Regulation Z: ``month``, ``2 weeks``, ``half-year`` …; left out, the most frequent interval."""
    discount_rate: Rate | None = None
    """Per period (or a year, with days): adds ``npv`` at it to the answer."""
    finance_rate: Rate | None = None
    reinvest_rate: Rate | None = None
    """Per period; both add the modified rate of return, ``mirr``."""
    guess: Rate | None = None
    """Where several rates fit, the one nearest to this rate per period (or a year, with days)."""
    rounding: Rounding = Rounding()
    """``rent`` is the unit of a solved amount."""

    @model_validator(mode="after")
    def _apart_in_time(self) -> Self:
        if len(self.flows) > 1 and all(flow.on is None and flow.period is None for flow in self.flows):
            raise ValueError(
                "flows say neither on nor period, so that all fall on one day; bare amounts fall on 0, 1, 2 …"
            )
        return self


@dataclass(frozen=True, slots=True)
class Point:
    """One amount in time; ``amount`` is None and ``weight`` counts where it is unknown."""

    amount: Decimal | None
    weight: Decimal
    on: date | None
    value_on: date | None
    whole: int
    odd: Decimal
    kind: str
    capitalises: bool
    label: str

    @property
    def is_out(self) -> bool:
        return self.kind == "advance"


def points_of(flow: Flow) -> list[Point]:
    """Every single amount of a series."""
    odd = _share(flow.odd)
    every = Frequency.parse(flow.every)
    points = []
    for at in range(flow.count):
        on = every.after(flow.on, at) if flow.on else None
        points.append(
            Point(
                amount=flow.amount,
                weight=flow.weight,
                on=on,
                value_on=flow.value_on or on,
                whole=0 if flow.on else (flow.period or 0) + at * flow.step,
                odd=odd,
                kind=flow.kind,
                capitalises=flow.capitalises,
                label=flow.label,
            )
        )
    return points


def _share(text: str) -> Decimal:
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise InvalidInputError(
            f"odd {text!r} is no share of a period", remedy="Write 19/30 or 0.5"
        ) from error
    return Decimal(share.numerator) / Decimal(share.denominator)
