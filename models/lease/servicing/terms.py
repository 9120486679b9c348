"""How a lease is serviced, as data: overdue interest, order of allocation, and what leaving early costs."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from models.lease.plan.day_counts import PERIODIC
from models.lease.plan.fields import Described
from models.lease.plan.rounding import Rounding
from models.lease.servicing.accrual import BY_MONTH, DayCountName, OddDaysName
from models.lease.servicing.early_terms import PrepaymentPolicy, SettlementPolicy
from models.lease.servicing.kinds import Days, Fraction, Rate, Yuan


class Component(StrEnum):
    """What an instalment is made of, and what money is applied to."""

    COSTS = "costs"
    """Fees, and what enforcing the claim cost."""
    PENALTY = "penalty"
    """Overdue interest and late fees."""
    INTEREST = "interest"
    PRINCIPAL = "principal"


class Stage(StrEnum):
    """How an instalment stands towards a day."""

    PAST_DUE = "past-due"
    DUE = "due"
    ADVANCE = "advance"


def _known_order(order: tuple[str, ...]) -> tuple[str, ...]:
    for entry in order:
        stage, _, component = entry.rpartition(".")
        if component not in set(Component) or (stage and stage not in set(Stage)):
            raise ValueError(f"{entry!r} is none of {', '.join(Component)}, nor stage.component")
    staged = ["." in entry for entry in order]
    if any(staged) and not all(staged):
        raise ValueError("either every entry of the order names a stage, or none does")
    if len(set(order)) != len(order):
        raise ValueError("the order names something twice")
    return order


Order = Annotated[tuple[str, ...], AfterValidator(_known_order)]
"""Components, or ``stage.component``."""


class Direction(StrEnum):
    """Which way money runs over instalments that are due."""

    BY_INSTALMENT = "by-instalment"
    """All components of the oldest, then of the next (horizontal)."""
    BY_COMPONENT = "by-component"
    """One component of all, oldest first, then the next component (vertical)."""


class Overpayment(StrEnum):
    """What happens to money that nothing due needs."""

    CREDIT = "credit"
    """Kept, and applied when something falls due."""
    NEXT_INSTALMENT = "next-instalment"
    """Pays instalments not yet due, nearest first."""
    LAST_INSTALMENT = "last-instalment"
    """Pays instalments not yet due, farthest first."""
    PREPAY = "prepay"
    """A prepayment with the effect that the prepayment policy names."""


class Shape(StrEnum):
    """How a balance is spread when a schedule is computed anew."""

    ANNUITY = "annuity"
    EQUAL_PRINCIPAL = "equal-principal"
    PROPORTIONAL = "proportional"
    """Each instalment's principal changes by the same factor: keeps steps, seasons and balloons."""


class OverdueBase(StrEnum):
    """What overdue interest is computed on."""

    INSTALMENT = "instalment"
    """The open principal and interest of the instalment."""
    PRINCIPAL = "principal"
    ALL = "all"
    """Principal, interest and costs."""
    OUTSTANDING = "outstanding-principal"
    """The whole outstanding principal, once for all instalments that are overdue."""


class Compounding(StrEnum):
    """Whether overdue interest bears overdue interest."""

    NONE = "none"
    DAILY = "daily"
    MONTHLY = "monthly"


class LateFee(Described):
    """A fee for being late: ``amount`` plus ``share`` of a base, within its bounds, once per instalment."""

    amount: Yuan = Decimal(0)
    share: Fraction = Decimal(0)
    of: OverdueBase = OverdueBase.INSTALMENT
    at_least: Yuan | None = None
    at_most: Yuan | None = None
    after_days: Days | None = None
    """Charged when more than so many days late; None: the grace days."""
    every_days: Annotated[int, Field(ge=1)] | None = None
    """Charged again each time so many further days have passed."""
    most_times: Annotated[int, Field(ge=1)] | None = None
    in_all_at_most: Yuan | None = None
    """All its charges for one instalment never exceed this."""
    in_all_at_most_share: Rate | None = None
    """... nor this share of what the instalment asked for."""


class OverdueStep(Described):
    """Another daily rate from some day of being late on."""

    after_days: Annotated[int, Field(ge=1)]
    """It holds for the days after so many."""
    daily_rate: Rate


class Overdue(Described):
    """What being late costs. Of the three rates at most one is given."""

    daily_rate: Rate | None = None
    annual_rate: Rate | None = None
    contract_multiple: Rate | None = None
    """Times the contract's annual rate: ``1.5`` is 50 % more."""
    steps: tuple[OverdueStep, ...] = ()
    """Daily rates that take the place of ``daily_rate`` the longer an instalment is late, by days."""
    day_count: DayCountName = "ACT/360"
    """Turns days into years for annual rates; a daily rate counts calendar days."""
    base: OverdueBase = OverdueBase.INSTALMENT
    compounding: Compounding = Compounding.NONE
    grace_days: Days = 0
    """Paid at most so many days late costs nothing."""
    counted_from: Annotated[str, Field(pattern="^(due-date|end-of-grace)$")] = "due-date"
    """From where days count once the grace has passed."""
    rounding: Annotated[str, Field(pattern="^(total|daily)$")] = "total"
    """Cents are rounded once per instalment, or for every day."""
    at_most: Yuan | None = None
    """Overdue interest of one instalment never exceeds this."""
    at_most_share: Rate | None = None
    """... nor this share of what the instalment asked for."""
    late_fees: tuple[LateFee, ...] = ()

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        given = [
            rate for rate in (self.daily_rate, self.annual_rate, self.contract_multiple) if rate is not None
        ]
        if len(given) > 1:
            raise ValueError("give one of daily_rate, annual_rate and contract_multiple")
        days = [step.after_days for step in self.steps]
        if days != sorted(set(days)):
            raise ValueError("steps stand in order of after_days, each once")
        return self


class Waterfall(Described):
    """In which order money is applied."""

    order: Order = ("costs", "penalty", "interest", "principal")
    """Components; or ``stage.component`` with the stages ``past-due``, ``due`` and ``advance``."""
    direction: Direction = Direction.BY_INSTALMENT
    overpayment: Overpayment = Overpayment.CREDIT


class ServicingTerms(Described):
    """Everything that servicing needs besides the plan."""

    rate: Rate | None = None
    """Contract rate a year, for interest to a day or computed anew; a plan made from terms brings it."""
    day_count: DayCountName = PERIODIC
    """``periodic``: whole months are twelfths of a year, odd days count as ``odd_days_count`` says."""
    odd_days_count: OddDaysName = BY_MONTH
    """``month``: by the length of the month they run in; or a day count."""
    accrual: Annotated[str, Field(pattern="^(day-count|pro-rata)$")] = "day-count"
    """Interest within a period: on the balance by day count, or the row's interest by calendar days."""
    late_interest: bool = False
    """Principal that is overdue goes on bearing contract interest, which the next instalment brings."""
    shape: Shape = Shape.ANNUITY
    balloon: Yuan = Decimal(0)
    """Principal that the last instalment carries above its rent when rents are computed anew."""
    rounding: Rounding = Rounding()
    """Of rents and interest computed anew; the last instalment takes the rest."""
    overdue: Overdue = Overdue()
    waterfall: Waterfall = Waterfall()
    prepayment: PrepaymentPolicy = PrepaymentPolicy()
    settlement: SettlementPolicy = SettlementPolicy()
