"""How a debt grows over a part of a period, at a rate and by the terms' compounding."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from models.lease.plan.parts import Part, Style
from models.lease.plan.terms import PlanTerms

_ONE: Final = Decimal(1)
_DAYS_A_YEAR: Final = Decimal(365)
_PER_YEAR: Final = {
    "year": _ONE,
    "half-year": Decimal(2),
    "quarter": Decimal(4),
    "month": Decimal(12),
    "week": Decimal(52),
    "money-factor": Decimal(24),
}


def yearly(terms: PlanTerms, rate: Decimal, per_year: Decimal) -> Decimal:
    """A rate of the terms as a rate a year."""
    return rate * _scale(terms, per_year)


def as_quoted(terms: PlanTerms, rate: Decimal, per_year: Decimal) -> Decimal:
    """A rate a year in the time that the terms speak of."""
    return rate / _scale(terms, per_year)


def _scale(terms: PlanTerms, per_year: Decimal) -> Decimal:
    if terms.rate_per == "period":
        return per_year
    if terms.rate_per == "day":
        by_360 = terms.day_count.split("-")[0].endswith("/360")
        return Decimal(360) if by_360 else _DAYS_A_YEAR
    return _PER_YEAR[terms.rate_per]


class Growth:
    """Interest on a balance, part by part. One for each rate; factors are computed once."""

    def __init__(self, terms: PlanTerms, rate: Decimal, per_year: Decimal) -> None:
        """``rate`` is a year's."""
        self._rate = rate
        self._per_year = per_year
        self._terms = terms
        self._decimals = terms.rounding.rate_decimals
        self._times = _compounded(terms)
        self._known: dict[Part, tuple[Decimal, Decimal]] = {}
        self._last: Part | None = None
        """Most periods are like the one before: what was looked up last is at hand."""
        self._pair = _ONE, _ONE

    def interest(self, balance: Decimal, part: Part) -> Decimal:
        """Interest of a part. It is divided last, so that half a cent stays half a cent."""
        if part is not self._last:
            pair = self._known.get(part)
            if pair is None:
                pair = self._known[part] = self._factor(part)
            self._last, self._pair = part, pair
        return balance * self._pair[0] / self._pair[1]

    def over(self, balance: Decimal, parts: Sequence[Part]) -> tuple[Decimal, Decimal]:
        """Interest of a line's parts, and the balance with what was drawn on the way."""
        if len(parts) == 1 and not parts[0].draw:
            return self.interest(balance, parts[0]), balance
        interest = Decimal(0)
        for part in parts:
            interest += self.interest(balance, part)
            balance += part.draw
        return interest, balance

    def period(self) -> Decimal:
        """Rate of a regular period."""
        pair = self._factor(Part(_ONE, self._per_year))
        return pair[0] / pair[1]

    def _factor(self, part: Part) -> tuple[Decimal, Decimal]:
        rate = self._rate
        if part.rate is not None:
            rate = yearly(self._terms, part.rate, self._per_year)
        if part.style is not Style.PLAIN:
            regular = self._plain(rate, _ONE, self._per_year)
            period = regular[0] / regular[1]
            if part.style is Style.SPLIT:
                odd = self._plain_simple(rate, part)
                return (_ONE + odd) * (_ONE + period) ** part.whole - _ONE, _ONE
            return (_ONE + period) ** (part.numerator / part.denominator * self._per_year) - _ONE, _ONE
        return self._plain(rate, part.numerator, part.denominator)

    def _plain_simple(self, rate: Decimal, part: Part) -> Decimal:
        """Simple interest of odd days, at the rate of a regular period where that is compounded otherwise."""
        if self._times is not None:
            pair = self._plain(rate, _ONE, self._per_year)
            rate = pair[0] / pair[1] * self._per_year
        return rate * part.numerator / part.denominator

    def _plain(self, rate: Decimal, numerator: Decimal, denominator: Decimal) -> tuple[Decimal, Decimal]:
        if self._times is None:
            pair = rate * numerator, denominator
        elif self._times == 0:
            pair = (rate * numerator / denominator).exp() - _ONE, _ONE
        else:
            power = self._times * numerator / denominator
            pair = (_ONE + rate / self._times) ** power - _ONE, _ONE
        if self._decimals is not None:
            pair = round(pair[0] / pair[1], self._decimals), _ONE
        return pair


def _compounded(terms: PlanTerms) -> Decimal | None:
    """Times a year; 0 continuously; None with each period."""
    if terms.compounding == "period":
        return None
    if terms.compounding == "continuous":
        return Decimal(0)
    return _ONE if terms.compounding == "effective" else Decimal(terms.compounding)
