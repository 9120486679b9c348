"""The five keys of a financial calculator, conversions of rates, and day counts, as small documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from models.errors import InvalidInputError
from models.lease.plan.day_counts import PERIODIC, Coupon, count_days, day_count_name
from models.lease.plan.fields import Day, Described, Number, Rate
from models.lease.plan.solving import root, within_reach

_ZERO, _ONE = Decimal(0), Decimal(1)
MOST_PERIODS: Final = 5000
"""Of which interest and principal are told."""
Times = Annotated[Number, Field(gt=0)] | Literal["continuous"]


class Tvm(Described):
    """Time value of money, one of the five left out. Received is positive, paid negative."""

    periods: Number | None = None
    """n; may be broken."""
    rate: Rate | None = None
    """Nominal a year, of ``compounding`` (or payment) periods."""
    present_value: Number | None = None
    payment: Number | None = None
    future_value: Number | None = None
    """Beside payment, rate or periods it may be left out as well: nothing remains."""
    begin: bool = False
    """Payments at the beginning of periods."""
    payments_per_year: Number = Field(default=_ONE, gt=0)
    """1: the rate is that of a period."""
    compounding: Times | None = None
    """Times a year that the rate is compounded; left out, with each payment."""
    guess: Rate | None = None
    """Where several rates fit: the search begins at this one, told as ``rate`` is."""
    interval: tuple[int, int] | None = None
    """First and last period of which interest and principal are to be told (IPMT, PPMT, CUMIPMT,
    CUMPRINC)."""

    @model_validator(mode="after")
    def _interval_fits(self) -> Self:
        if self.interval is not None:
            first, last = self.interval
            if not 1 <= first <= last <= MOST_PERIODS or (self.periods is not None and last > self.periods):
                raise ValueError(
                    f"interval {first} to {last} does not lie within the periods; they count from 1,"
                    f" and {MOST_PERIODS} is the most"
                )
        return self


class Conversion(Described):
    """A rate in other words."""

    rate: Rate
    compounding: Times = _ONE
    """Times a year that the given rate is compounded; 1: it is effective."""
    to: tuple[Times, ...] = (
        _ONE,
        Decimal(2),
        Decimal(4),
        Decimal(12),
        Decimal(52),
        Decimal(365),
        "continuous",
    )
    """What to convert into."""


class Days(Described):
    """How long it is between two days."""

    first: Day
    last: Day
    day_count: Annotated[str, BeforeValidator(lambda value: day_count_name(str(value)))] = "ACT/365"
    period_start: Day | None = None
    period_end: Day | None = None
    """ACT/ACT-ICMA: the regular period that holds the days."""
    periods_per_year: Annotated[int, Field(ge=1)] = 1
    is_last: bool = False
    """30E/360-ISDA: ``last`` is the end of all."""
    holidays: tuple[Day, ...] = ()
    """BUS/252: days that are not counted, besides Saturdays and Sundays."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"last {self.last} lies before first {self.first}")
        if (self.period_start is None) != (self.period_end is None):
            raise ValueError("period_start and period_end belong together")
        if self.period_start and self.period_end and self.period_end <= self.period_start:
            raise ValueError(f"period_end {self.period_end} does not lie after period_start")
        return self


def period_rate(rate: Decimal, compounding: Decimal | str | None, per_year: Decimal) -> Decimal:
    """The rate of a payment period."""
    if compounding is None or compounding == per_year:
        return rate / per_year
    if compounding == "continuous":
        return (rate / per_year).exp() - _ONE
    times = Decimal(compounding)
    return (_ONE + rate / times) ** (times / per_year) - _ONE


def nominal_rate(period: Decimal, compounding: Decimal | str | None, per_year: Decimal) -> Decimal:
    """The rate a year that a payment period's rate belongs to."""
    if compounding is None or compounding == per_year:
        return period * per_year
    if compounding == "continuous":
        return (_ONE + period).ln() * per_year
    times = Decimal(compounding)
    return ((_ONE + period) ** (per_year / times) - _ONE) * times


def solve_tvm(terms: Tvm) -> dict[str, Decimal | None]:
    """All five values, the one left out solved for.

    Raises:
        InvalidInputError: not exactly one is left out, or nothing solves it.
    """
    with within_reach():
        values = {key: getattr(terms, key) for key in _FIVE}
        missing = [key for key, value in values.items() if value is None]
        if missing[1:] == ["future_value"] and missing[0] != "present_value":
            missing = missing[:1]  # nothing is left at the end, as in a spreadsheet's PMT, RATE and NPER
        if len(missing) != 1:
            raise InvalidInputError(
                f"{len(missing)} of {', '.join(_FIVE)} are left out",
                remedy="Leave out exactly the one to solve for",
            )
        if missing == ["payment"] and not values["periods"]:
            raise InvalidInputError("periods 0 leave no payment to solve for", remedy="Give the periods")
        return _Solver(terms, missing[0]).answer()


_GUESS: Final = Decimal("0.01")
_FIVE: Final = ("periods", "rate", "present_value", "payment", "future_value")


class _Solver:
    def __init__(self, terms: Tvm, unknown: str) -> None:
        self._terms = terms
        self._unknown = unknown

    def answer(self) -> dict[str, Decimal | None]:
        terms = self._terms
        values = {key: getattr(terms, key) for key in _FIVE}
        values["future_value"] = values["future_value"] or _ZERO
        period = self._period(terms.rate)
        if self._unknown == "rate":
            guess = _GUESS if terms.guess is None else self._period(terms.guess)
            period = root(self._sum, guess)
            values["rate"] = nominal_rate(period, terms.compounding, terms.payments_per_year)
        elif self._unknown == "periods":
            values["periods"] = self._periods(period)
        elif self._unknown == "present_value":
            values["present_value"] = -self._sum(period)
        elif self._unknown == "payment":
            values["payment"] = -self._sum(period) / self._annuity(period, terms.periods or _ZERO)
        else:
            values["future_value"] = -self._sum(period) * (_ONE + period) ** (terms.periods or _ZERO)
        answer: dict[str, Decimal | None] = {**values, "period_rate": period}
        if terms.interval is not None:
            answer |= self._interval(period, values, *terms.interval)
        return answer

    def _period(self, rate: Decimal | None) -> Decimal:
        return period_rate(rate or _ZERO, self._terms.compounding, self._terms.payments_per_year)

    def _annuity(self, period: Decimal, periods: Decimal) -> Decimal:
        """Worth of one a period."""
        if not period:
            return periods
        worth = (_ONE - (_ONE + period) ** -periods) / period
        return worth * (_ONE + period) if self._terms.begin else worth

    def _sum(self, period: Decimal) -> Decimal:
        """Present worth of all that is known."""
        terms = self._terms
        periods = terms.periods or _ZERO
        present = terms.present_value or _ZERO
        present += (terms.payment or _ZERO) * self._annuity(period, periods)
        return present + (terms.future_value or _ZERO) * (_ONE + period) ** -periods

    def _periods(self, period: Decimal) -> Decimal:
        terms = self._terms
        present, payment, future = (
            terms.present_value or _ZERO,
            terms.payment or _ZERO,
            terms.future_value or _ZERO,
        )
        if not period:
            if not payment:
                raise InvalidInputError(
                    "periods cannot be solved for without payment and rate", remedy="Give one"
                )
            return -(present + future) / payment
        due = payment * (_ONE + period) if terms.begin else payment
        above, below = due - future * period, due + present * period
        if not below or above / below <= 0:
            raise InvalidInputError(
                "no number of periods solves it", remedy="Check the signs: paid is negative"
            )
        return (above / below).ln() / (_ONE + period).ln()

    def _interval(
        self, period: Decimal, values: dict[str, Decimal | None], first: int, last: int
    ) -> dict[str, Decimal | None]:
        """Interest and principal of the payments first to last, with the payment's sign."""
        balance = values["present_value"] or _ZERO
        payment = values["payment"] or _ZERO
        interest = principal = _ZERO
        for number in range(1, last + 1):
            due = -balance * period if not (self._terms.begin and number == 1) else _ZERO
            if number >= first:
                interest += due
                principal += payment - due
            balance += payment - due
        return {"interest": interest, "principal": principal, "balance": balance}


def convert(terms: Conversion) -> dict[str, Decimal]:
    """The rate compounded so many times a year, for each of ``to``; ``effective`` is once."""
    with within_reach():
        effective = period_rate(terms.rate, terms.compounding, _ONE)
        converted = {"effective": effective}
        for to in terms.to:
            name = to if isinstance(to, str) else f"{to.normalize():f}"
            converted[name] = nominal_rate(effective, to, _ONE)
        return converted


def measure(terms: Days) -> dict[str, Decimal]:
    """Days, and the share of a year."""
    if terms.day_count == PERIODIC:
        raise InvalidInputError("periodic counts no days", remedy="Name a day count")
    coupon, holidays = None, frozenset(terms.holidays)
    if terms.period_start is not None or terms.periods_per_year != 1 or terms.is_last or holidays:
        start, end = terms.period_start or terms.first, terms.period_end or terms.last
        coupon = Coupon(start, end, terms.periods_per_year, terms.is_last, holidays)
    with within_reach():
        span = count_days(terms.day_count, terms.first, terms.last, coupon)
        return {"days": Decimal(span.days), "years": Decimal(span.numerator) / Decimal(span.denominator)}
