"""The terms of a plan: what a quote is asked with. Every field is described here, and so in the schema."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from models.lease.plan.day_counts import PERIODIC, day_count_name
from models.lease.plan.fields import Count, Day, Described, Number, Portion, Rate
from models.lease.plan.periods import Frequency
from models.lease.plan.rounding import Rounding
from models.lease.plan.term_parts import (
    BusinessDays,
    Charge,
    Deposit,
    Drawdown,
    Grace,
    PatternRule,
    Positive,
    RateChange,
    Steps,
)

MOST_INSTALMENTS = 1200
MOST_RULES = 600
"""Drawdowns, changes of rate and rules of a pattern, each."""
MOST = Decimal("9e16")
"""What the books can hold in one field."""


class Method(StrEnum):
    """How the debt is repaid."""

    ANNUITY = "annuity"
    """Equal rents (unless ``pattern`` or ``steps`` say otherwise)."""
    EQUAL_PRINCIPAL = "equal-principal"
    """Equal parts of principal, and the interest of the period on top."""
    INTEREST_ONLY = "interest-only"
    """Interest each period, the principal with the last."""
    FLAT = "flat"
    """Interest on the original amount for the whole term (add-on), in equal rents."""


class Unknown(StrEnum):
    """What is solved for."""

    RENT = "rent"
    RATE = "rate"
    AMOUNT = "amount"
    RESIDUAL = "residual"
    BALLOON = "balloon"
    INSTALMENTS = "instalments"
    NOTHING = "nothing"


_PLAIN: Final = str | int | float | Decimal
_SPOKEN: Final = {
    "等额本息": "annuity",
    "等额本金": "equal-principal",
    "先息后本": "interest-only",
    "等本等息": "flat",
    "bullet": "interest-only",
    "add-on": "flat",
}


def _method(value: object) -> object:
    """``EQUAL_PRINCIPAL`` and ``等额本金`` are ``equal-principal``."""
    if not isinstance(value, str):
        return value
    spelt = value.strip().lower().replace("_", "-").replace(" ", "-")
    return _SPOKEN.get(spelt, spelt)


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _frequency(value: object) -> object:
    return str(Frequency.parse(value)) if isinstance(value, str | int) else value


def _one_or_many(value: object) -> object:
    """A single charge needs no brackets; ``"1%"`` is a charge at the start."""
    return [{"amount": each} if isinstance(each, _PLAIN) else each for each in _listed(value)]


def _listed(value: object) -> Sequence[object]:
    """What stands alone needs no brackets."""
    return value if isinstance(value, list | tuple) else [value]


class PlanTerms(Described):
    """Terms of a plan: of amount (or price), rate, rent and instalments, leave out the one to find."""

    name: str = ""
    """For people."""
    currency: Annotated[str, BeforeValidator(_upper)] = "CNY"
    """ISO code."""
    price: Number | None = Field(default=None, ge=0, le=MOST)
    """Price of the asset; the financed amount is price less down payment, and financed fees."""
    down_payment: Positive = "0"
    """An amount, or a share of the price."""
    amount: Number | None = Field(default=None, ge=0, le=MOST)
    """Financed amount, instead of price and down payment."""
    rate: Rate | None = None
    """Nominal rate a year, unless ``rate_per`` and ``compounding`` say otherwise."""
    rate_per: Literal["year", "half-year", "quarter", "month", "week", "day", "period", "money-factor"] = (
        "year"
    )
    """Of what time the rate is: ``month`` with 0.5% is 6% a year; ``period`` is the rate between two
    rents; ``money-factor`` is the factor of a car lease, a 24th of the year's rate."""
    compounding: Annotated[int, Field(ge=1, le=366)] | Literal["period", "effective", "continuous"] = "period"
    """``period``: the rate is divided by the periods of a year. A number: the rate is compounded so many
    times a year (2 for Canadian mortgages). ``effective``: it is an effective rate a year, the same as 1."""
    instalments: Annotated[Count, Field(ge=1, le=MOST_INSTALMENTS)] | None = None
    """How many rents."""
    rent: Number | None = Field(default=None, ge=0, le=MOST)
    """Given rent. With amount, rate and instalments given as well, the last rent takes what is left. Of
    ``equal-principal`` and ``interest-only`` the first rent that is not in grace."""
    method: Annotated[Method, BeforeValidator(_method)] = Method.ANNUITY
    """How the debt is repaid."""
    every: Annotated[str, BeforeValidator(_frequency)] = "month"
    """From rent to rent: ``month``, ``3 months``, ``quarter``, ``year``, ``week``, ``2 weeks``,
    ``semi-month``, ``30 days``; a number is months."""
    periods_per_year: Number | None = Field(default=None, gt=0)
    """Only where it is not 12 months, 52 weeks, 365 days to the year."""
    advance: bool | Annotated[int, Field(ge=0)] = False
    """``true``: rents are due at the start of their periods. A number: so many rents are due at the start,
    the others follow one period later each (``2``: first and last)."""
    start: Day = date(2026, 1, 1)
    """Day of the pay-out, from which interest runs."""
    first_due: Day | None = None
    """Of the first rent; left out: one period after the start (in advance: at the start)."""
    first_period_days: Annotated[int, Field(ge=0)] | None = None
    """Instead of ``first_due``: length of the first period in days, which the day count's year divides."""
    due_dates: tuple[Day, ...] = ()
    """Instead of all rules on dates: the due date of each rent. With ``periodic`` each period counts as a
    regular one, however long it is; with a day count its days do."""
    due_day: Annotated[int, Field(ge=1, le=31)] | None = None
    """Day of the month of every due date but the first; 31 is the last day of every month."""
    end_of_month: bool = False
    """Where the first due date is the last day of its month, all are."""
    day_count: Annotated[str, BeforeValidator(lambda value: day_count_name(str(value)))] = PERIODIC
    """``periodic`` (every regular period is the same), or see the guide: ``30/360``, ``ACT/365`` …"""
    odd_days_count: Annotated[str, BeforeValidator(lambda value: day_count_name(str(value)))] = "30/360"
    """With ``periodic``: how the days of an odd first period are counted."""
    odd_days: Literal["levelled", "added", "upfront", "ignored"] = "levelled"
    """Interest of the days by which the first period is longer or shorter: ``levelled`` in all rents;
    ``added`` to the first rent; ``upfront``, paid at the start; ``ignored``."""
    odd_days_interest: Literal["simple", "simple-then-compound", "compound"] = "simple"
    """``simple``: the first period's interest is rate times its whole length. ``simple-then-compound``:
    simple for the odd days, and the regular period on top (HP-12C, Regulation Z). ``compound``: as a broken
    power."""
    level: Literal["exact", "regular"] = "exact"
    """``regular``: the rent is that of equal periods, though interest follows the days; the last rent takes
    the rest."""
    balloon: Positive = "0"
    """Paid with the last rent, on top of it; an amount, or a share of the price (or amount)."""
    residual: Positive = "0"
    """Value at the end of the term: its own row, one period after the last rent where rents are in
    advance."""
    solve: Unknown | None = None
    """Needed for ``residual`` and ``balloon`` only; else what is left out is solved for."""
    grace: Grace | None = None
    """Periods at the beginning in which the debt is not, or not wholly, served."""
    pattern: Annotated[tuple[PatternRule, ...], BeforeValidator(_listed), Field(max_length=MOST_RULES)] = ()
    """Seasons, skipped or irregular rents."""
    steps: Steps | None = None
    """Rents that change regularly."""
    principal_every: Annotated[int, Field(ge=1)] = 1
    """Principal is paid with every so-many-th rent only, interest with each."""
    interest_split: Literal["even", "days", "rule-of-78", "actuarial"] | None = None
    """How a total of interest is spread over rows: flat plans ``even`` (by ``days`` where something is drawn
    or the rate changes), others ``actuarial``."""
    flat_on: Literal["amount", "average"] = "amount"
    """Flat plans: what bears the interest; ``average`` of the amount and what is left at the end, as a car
    lease's money factor is meant."""
    flat_years: Number | None = Field(default=None, gt=0)
    """Flat plans: years for which interest is charged; left out: the term."""
    rounding: Rounding = Rounding()
    """How amounts are rounded; an object, or a word such as ``unit-up``."""
    business_days: BusinessDays = BusinessDays()
    """What happens to due dates that are no business days."""
    deposit: Deposit | None = None
    """Security taken at the start; ``"10%"`` is refunded."""
    fees: Annotated[tuple[Charge, ...], BeforeValidator(_one_or_many)] = ()
    """What the lessee pays beside the rents; ``"1%"`` is due at the start."""
    subsidies: Annotated[tuple[Charge, ...], BeforeValidator(_one_or_many)] = ()
    """Paid to the lessor by a manufacturer or dealer: income for the IRR, no cost for the APR."""
    initial_costs: Portion = "0"
    """Paid away by the lessor at the start (commission): lowers the IRR."""
    drawdowns: Annotated[tuple[Drawdown, ...], BeforeValidator(_listed), Field(max_length=MOST_RULES)] = ()
    """Parts paid out later, besides ``amount`` at the start."""
    rate_changes: Annotated[
        tuple[RateChange, ...], BeforeValidator(_listed), Field(max_length=MOST_RULES)
    ] = ()
    """Other rates from certain days on."""
    relevel: bool = True
    """At a drawdown or rate change the rents that follow are computed anew; false: one rent foresees them
    all."""

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: object) -> object:
        """A deposit of ``"10%"``, a grace of ``"3:carried"``; due dates say how many rents there are."""
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("deposit"), _PLAIN):
            value = value | {"deposit": {"amount": str(value["deposit"])}}
        if isinstance(value.get("grace"), str):
            periods, _, kind = value["grace"].partition(":")
            value = value | {"grace": {"periods": periods, "kind": kind or "interest-only"}}
        if value.get("due_dates") and value.get("instalments") is None:
            value = value | {"instalments": len(value["due_dates"])}
        return value

    @model_validator(mode="after")
    def _due_dates_fit(self) -> Self:
        beside = {"first_due", "first_period_days", "due_day", "end_of_month"} & self.model_fields_set
        if self.due_dates and any(getattr(self, field) not in {None, False} for field in beside):
            raise ValueError(f"due_dates say every date; leave out {', '.join(sorted(beside))}")
        if self.due_dates and len(self.due_dates) != self.instalments:
            raise ValueError(f"there are {len(self.due_dates)} due_dates for {self.instalments} instalments")
        if any(later < earlier for earlier, later in pairwise(self.due_dates)):
            raise ValueError("due_dates are not in order")
        if self.due_dates and self.due_dates[0] < self.start:
            raise ValueError(f"due_dates begin on {self.due_dates[0]}, before start {self.start}")
        return self

    @model_validator(mode="after")
    def _rows_fit(self) -> Self:
        rows, grace = self.instalments, self.grace
        if rows is not None and self.in_advance > rows:
            raise ValueError(f"advance {self.in_advance} is more than {rows} instalments")
        if rows is not None and grace is not None and grace.within and grace.periods > rows:
            raise ValueError(f"grace of {grace.periods} periods is more than {rows} instalments")
        if self.method is not Method.FLAT and (
            self.flat_on != "amount" or self.flat_years is not None or self.interest_split in {"even", "days"}
        ):
            raise ValueError(
                f"flat_on, flat_years and interest_split even or days are of flat plans, not {self.method}"
            )
        if self.odd_days_count == PERIODIC:
            raise ValueError("odd_days_count periodic counts no days; write 30/360 or ACT/365")
        return self

    @property
    def frequency(self) -> Frequency:
        return Frequency.parse(self.every)

    @property
    def in_advance(self) -> int:
        """How many rents are due at the start."""
        return int(self.advance)
