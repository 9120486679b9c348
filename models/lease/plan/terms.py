"""The terms of a plan: what a quote is asked with. Every field is described here, and so in the schema."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from models.lease.plan.day_counts import PERIODIC, day_count_name
from models.lease.plan.fields import Day, Described, Number, Portion, Rate
from models.lease.plan.periods import Frequency, Shift
from models.lease.plan.rounding import Rounding

MOST_INSTALMENTS = 1200
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


class Grace(Described):
    """Periods at the beginning in which the debt is not, or not wholly, served."""

    periods: Annotated[int, Field(ge=1)]
    kind: Literal["interest-only", "capitalised", "carried", "interest-free"]
    """``interest-only``: interest is paid, no principal. ``capitalised``: nothing is paid, interest is added
    to the debt. ``carried``: nothing is paid, interest bears no interest and is due with the next rent.
    ``interest-free``: as ``interest-only``, but no interest arises."""
    within: bool = True
    """The periods are among ``instalments``; false: they come before them."""


class PatternRule(Described):
    """What certain rows pay instead. Later rules win over earlier ones."""

    rows: str = ""
    """``3``, ``1-6``, ``13-``, ``last``, ``1-3,7``."""
    months: tuple[int, ...] = ()
    """Rows due in these calendar months (1 to 12); alone, or within ``rows``."""
    weight: Number | None = None
    """The rent is this multiple of the unknown rent: ``0`` skips it, ``2`` doubles it."""
    amount: Number | None = None
    """The rent is this amount."""
    principal: Number | None = None
    """This much principal is paid, and the interest of the period."""
    extra: Number | None = None
    """This is paid on top of the rent."""
    pay: Literal["interest", "nothing", "carry"] | None = None
    """``interest`` alone; ``nothing`` (interest is added to the debt); ``carry`` (interest waits, without
    interest)."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        said = [self.weight, self.amount, self.principal, self.pay, self.extra]
        if sum(1 for each in said if each is not None) != 1:
            raise ValueError("a rule of the pattern says one of weight, amount, principal, extra, pay")
        if not self.rows and not self.months:
            raise ValueError("a rule of the pattern names rows or months")
        return self


class Steps(Described):
    """Rents that change regularly."""

    every: Annotated[int, Field(ge=1)]
    """After how many rents."""
    by: Portion
    """``5%`` (each step times 1.05, compounding) or an amount (``-100``)."""


class Charge(Described):
    """A fee, or a subsidy."""

    name: str = "fee"
    amount: Portion
    """An amount, or a share of what ``of`` says."""
    of: Literal["financed", "price", "rent", "balance"] = "financed"
    """``balance``: of the principal outstanding before the row."""
    when: str = "start"
    """``start``, ``each`` row, ``end``, or rows: ``1``, ``1-12``, ``last``."""
    financed: bool = False
    """A fee at the start that is added to the financed amount instead of being paid."""
    deducted: bool = False
    """A fee at the start that is kept back from what is paid out: the same to the yields as a payment."""
    in_apr: bool = True
    """Part of the cost of credit."""
    passed_on: bool = False
    """Goes to others (insurer, registry): no income of the lessor, so that it does not count in the IRR."""


class Drawdown(Described):
    """A further part of the amount that is paid out later."""

    on: Day | None = None
    after: Annotated[int, Field(ge=0)] | None = None
    """Instead of a date: paid out when so many rows have fallen due."""
    amount: Number

    @model_validator(mode="after")
    def _when(self) -> Self:
        if (self.on is None) == (self.after is None):
            raise ValueError("a drawdown says either on or after")
        return self


class RateChange(Described):
    """Another rate from a day on."""

    on: Day | None = None
    after: Annotated[int, Field(ge=0)] | None = None
    """Instead of a date: from when so many rows have fallen due."""
    rate: Rate

    @model_validator(mode="after")
    def _when(self) -> Self:
        if (self.on is None) == (self.after is None):
            raise ValueError("a rate change says either on or after")
        return self


class BusinessDays(Described):
    """What happens to due dates that are no business days."""

    shift: Shift = Shift.NONE
    calendar: Literal["weekends", "china"] = "weekends"
    holidays: tuple[Day, ...] = ()
    interest_follows: bool = False
    """Interest is counted to the shifted date; otherwise to the nominal one."""


class Deposit(Described):
    """Security taken at the start, without interest."""

    amount: Portion
    """An amount, or a share of the financed amount."""
    settle: Literal["refund", "offset"] = "refund"
    """``refund``: given back with the last due date. ``offset``: set against the last rents."""


def _frequency(value: object) -> object:
    return str(Frequency.parse(value)) if isinstance(value, str | int) else value


def _one_or_many(value: object) -> object:
    """A single charge needs no brackets; ``"1%"`` is a charge at the start."""
    if isinstance(value, str):
        return [{"amount": value}]
    return value if isinstance(value, Sequence) or value is None else [value]


class PlanTerms(Described):
    """Terms of a plan: of amount (or price), rate, rent and instalments, leave out the one to find."""

    name: str = ""
    """For people."""
    currency: str = "CNY"
    """CNY, USD, EUR, HKD, or JPY (no decimals)."""
    price: Number | None = Field(default=None, ge=0, le=MOST)
    """Price of the asset; the financed amount is price less down payment, and financed fees."""
    down_payment: Portion = "0"
    """An amount, or a share of the price."""
    amount: Number | None = Field(default=None, ge=0, le=MOST)
    """Financed amount, instead of price and down payment."""
    rate: Rate | None = None
    """Nominal rate a year, unless ``rate_per`` and ``compounding`` say otherwise."""
    rate_per: Literal["year", "half-year", "quarter", "month", "week", "day", "period"] = "year"
    """Of what time the rate is: ``month`` with 0.5% is 6% a year; ``period`` is the rate between two
    rents."""
    compounding: Annotated[int, Field(ge=1, le=366)] | Literal["period", "effective", "continuous"] = "period"
    """``period``: the rate is divided by the periods of a year. A number: the rate is compounded so many
    times a year (2 for Canadian mortgages). ``effective``: it is an effective rate a year, the same as 1."""
    instalments: Annotated[int, Field(ge=1, le=MOST_INSTALMENTS)] | None = None
    """How many rents."""
    rent: Number | None = Field(default=None, ge=0, le=MOST)
    """Given rent. With amount, rate and instalments given as well, the last rent takes what is left."""
    method: Method = Method.ANNUITY
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
    balloon: Portion = "0"
    """Paid with the last rent, on top of it; an amount, or a share of the price (or amount)."""
    residual: Portion = "0"
    """Value at the end of the term: its own row, one period after the last rent where rents are in
    advance."""
    solve: Unknown | None = None
    """Needed for ``residual`` and ``balloon`` only; else what is left out is solved for."""
    grace: Grace | None = None
    """Periods at the beginning in which the debt is not, or not wholly, served."""
    pattern: tuple[PatternRule, ...] = ()
    """Seasons, skipped or irregular rents."""
    steps: Steps | None = None
    """Rents that change regularly."""
    principal_every: Annotated[int, Field(ge=1)] = 1
    """Principal is paid with every so-many-th rent only, interest with each."""
    interest_split: Literal["even", "rule-of-78", "actuarial"] | None = None
    """How a total of interest is spread over rows: flat plans ``even``, others ``actuarial``."""
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
    drawdowns: tuple[Drawdown, ...] = ()
    """Parts paid out later, besides ``amount`` at the start."""
    rate_changes: tuple[RateChange, ...] = ()
    """Other rates from certain days on."""
    relevel: bool = True
    """At a drawdown or rate change the rents that follow are computed anew; false: one rent foresees them
    all."""

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: object) -> object:
        """``"deposit": "10%"`` is a deposit that is refunded; due dates say how many rents there are."""
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("deposit"), str | int):
            value = value | {"deposit": {"amount": str(value["deposit"])}}
        if value.get("due_dates") and value.get("instalments") is None:
            value = value | {"instalments": len(value["due_dates"])}
        return value

    @model_validator(mode="after")
    def _due_dates_fit(self) -> Self:
        if self.due_dates and len(self.due_dates) != self.instalments:
            raise ValueError(f"there are {len(self.due_dates)} due_dates for {self.instalments} instalments")
        if any(later < earlier for earlier, later in pairwise(self.due_dates)):
            raise ValueError("due_dates are not in order")
        return self

    @property
    def frequency(self) -> Frequency:
        return Frequency.parse(self.every)

    @property
    def in_advance(self) -> int:
        """How many rents are due at the start."""
        return int(self.advance)
