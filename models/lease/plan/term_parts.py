"""Parts of a plan's terms: grace, pattern, steps, charges, drawdowns, rate changes, days, deposit."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from models.lease.plan.fields import Count, Day, Described, Number, Portion, Rate, portion_of
from models.lease.plan.periods import Shift

_MOST_GRACE: Final = 1200


def _not_negative(text: str) -> str:
    if portion_of(text, Decimal(1)) < 0:
        raise ValueError("an amount or share below zero has no meaning here")
    return text


def _as_text(value: object) -> object:
    """A single row may be written as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Positive = Annotated[Portion, AfterValidator(_not_negative)]
"""An amount or a share, zero or more."""
Month = Annotated[int, Field(ge=1, le=12)]


class Grace(Described):
    """Periods at the beginning in which the debt is not, or not wholly, served."""

    periods: Annotated[Count, Field(ge=1, le=_MOST_GRACE)]
    kind: Literal["interest-only", "capitalised", "carried", "interest-free"]
    """``interest-only``: interest is paid, no principal. ``capitalised``: nothing is paid, interest is added
    to the debt. ``carried``: nothing is paid, interest bears no interest and is due with the next rent.
    ``interest-free``: as ``interest-only``, but no interest arises."""
    within: bool = True
    """The periods are among ``instalments``; false: they come before them."""


class PatternRule(Described):
    """What certain rows pay instead. Later rules win over earlier ones."""

    rows: Annotated[str, BeforeValidator(_as_text)] = ""
    """``3``, ``1-6``, ``13-``, ``last``, ``1-3,7``."""
    months: tuple[Month, ...] = ()
    """Rows due in these calendar months (1 to 12); alone, or within ``rows``."""
    weight: Number | None = None
    """The rent is this multiple of the unknown rent: ``0`` skips it, ``2`` doubles it."""
    amount: Number | None = None
    """The rent is this amount."""
    principal: Number | None = None
    """This much principal is paid, and the interest of the period."""
    extra: Number | None = None
    """This is paid on top of the rent, and the rent is computed with it in view: the term stays."""
    prepay: Annotated[Number, Field(ge=0)] | None = None
    """This is paid on top of the rent, which does not foresee it: the term ends sooner."""
    pay: Literal["interest", "nothing", "carry"] | None = None
    """``interest`` alone; ``nothing`` (interest is added to the debt); ``carry`` (interest waits, without
    interest)."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        said = [self.weight, self.amount, self.principal, self.pay, self.extra, self.prepay]
        if sum(1 for each in said if each is not None) != 1:
            raise ValueError(
                "a rule of the pattern says one of weight, amount, principal, extra, prepay, pay"
            )
        if not self.rows and not self.months:
            raise ValueError("a rule of the pattern names rows or months")
        return self


class Steps(Described):
    """Rents that change regularly."""

    every: Annotated[int, Field(ge=1)]
    """After how many rents."""
    by: Portion
    """``5%`` (each step times 1.05, compounding) or an amount (``-100``)."""
    times: Annotated[int, Field(ge=1)] | None = None
    """How often; then rents stay. Left out: to the end."""

    @model_validator(mode="after")
    def _leaves_something(self) -> Self:
        if self.by.endswith("%") and portion_of(self.by, Decimal(1)) <= -1:
            raise ValueError(f"by {self.by} leaves no rent; a step takes less than all of it")
        return self


class Charge(Described):
    """A fee, or a subsidy."""

    name: str = "fee"
    amount: Portion
    """An amount, or a share of what ``of`` says."""
    of: Literal["financed", "price", "rent", "balance", "interest", "principal"] = "financed"
    """``rent``: the first one. ``balance``: of the principal outstanding before the row. ``interest`` and
    ``principal``: the row's own."""
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

    @model_validator(mode="after")
    def _has_a_base(self) -> Self:
        if (self.financed or self.deducted) and self.when != "start":
            raise ValueError(
                f"a fee due at {self.when} is neither financed nor deducted; that is at the start"
            )
        if self.financed and self.of not in {"financed", "price"}:
            raise ValueError(f"a financed fee is a share of financed or price, not of {self.of}")
        if self.when == "start" and self.of in {"interest", "principal"}:
            raise ValueError(
                f"at the start there is no {self.of} to be a share of; write when: each, or rows"
            )
        return self


class Drawdown(Described):
    """A further part of the amount that is paid out later."""

    on: Day | None = None
    after: Annotated[int, Field(ge=0)] | None = None
    """Instead of a date: paid out when so many rows have fallen due."""
    amount: Number
    """Below zero: repaid beside the rents."""

    @model_validator(mode="after")
    def _when(self) -> Self:
        if (self.on is None) == (self.after is None):
            raise ValueError("a drawdown says either on or after")
        return self


class RateChange(Described):
    """Another rate from a day on."""

    on: Day | None = None
    """First day at the new rate: its night is the first that bears it."""
    after: Annotated[int, Field(ge=0)] | None = None
    """Instead of a date: from when so many rows have fallen due."""
    rate: Rate

    @model_validator(mode="after")
    def _when(self) -> Self:
        if (self.on is None) == (self.after is None):
            raise ValueError("a rate change says either on or after")
        return self


class BusinessDays(Described):
    """What happens to due dates that are no business days; holidays also for ``BUS/252``."""

    shift: Shift = Shift.NONE
    calendar: Literal["weekends", "china"] = "weekends"
    holidays: tuple[Day, ...] = ()
    interest_follows: bool = False
    """Interest is counted to the shifted date; otherwise to the nominal one."""


class Deposit(Described):
    """Security taken at the start, without interest."""

    amount: Positive
    """An amount, or a share of the financed amount."""
    settle: Literal["refund", "offset"] = "refund"
    """``refund``: given back with the last due date. ``offset``: set against the last rents."""
