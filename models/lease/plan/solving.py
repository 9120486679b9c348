"""Solving for an unknown: straight lines by two points, rates by a bracketed search in decimals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal, localcontext
from typing import Final

from models.errors import InvalidInputError
from models.lease.plan.growth import Growth
from models.lease.plan.lines import Line

_ZERO, _ONE = Decimal(0), Decimal(1)
PRECISION: Final = 34
_CLOSE: Final = Decimal("1e-26")
_STEPS: Final = 200
_LOWEST: Final = Decimal("-0.9999")
_HIGHEST: Final = Decimal(100_000)


@contextmanager
def within_reach() -> Iterator[None]:
    """Compute with the engine's precision; what leaves the reach of its numbers is told as bad input.

    Raises:
        InvalidInputError: an amount, rate or date has become too large, or a division has no meaning.
    """
    try:
        with localcontext(prec=PRECISION):
            yield
    except ArithmeticError as error:
        raise InvalidInputError(
            f"the numbers lead out of reach ({type(error).__name__})", remedy="Check rates, amounts and dates"
        ) from error


def closing(
    lines: Sequence[Line], opening: Decimal, level: Decimal, growth: Growth, *, regular: bool = False
) -> Decimal:
    """What is owed after all lines, unrounded, when the unknown rent (or equal part) is ``level``."""
    balance, waiting = opening, _ZERO
    for line in lines:
        interest, balance = growth.over(balance, line.regular if regular else line.parts)
        waiting += interest
        pay = line.pay
        if pay.carries:
            continue
        if pay.principal is None:
            balance += waiting - pay.weight * level - pay.fixed
        else:
            balance -= pay.principal + pay.share * level
        waiting = _ZERO
    return balance + waiting


def straight(value: Callable[[Decimal], Decimal], what: str) -> Decimal:
    """Where a straight line is zero.

    Raises:
        InvalidInputError: it never is, because the value does not depend on the unknown.
    """
    at_zero = value(_ZERO)
    slope = value(_ONE) - at_zero
    if not slope:
        raise InvalidInputError(
            f"{what} cannot be solved for: nothing depends on it", remedy="Check the pattern"
        )
    return -at_zero / slope


def first_rent(lines: Sequence[Line], opening: Decimal, part: Decimal, growth: Growth) -> Decimal:
    """The first rent that is not in grace, of a plan that pays parts of principal and the interest on top."""
    balance, waiting, found = opening, _ZERO, _ZERO
    some_share = any(line.pay.share for line in lines)
    for line in lines:
        interest, balance = growth.over(balance, line.parts)
        waiting += interest
        pay = line.pay
        if pay.carries or pay.principal is None:
            balance += _ZERO if pay.carries else waiting - pay.fixed
            waiting = waiting if pay.carries else _ZERO
            continue
        found = waiting + pay.principal + pay.share * part
        if pay.share or not some_share:
            break
        balance, waiting = balance - pay.principal, _ZERO
    return found


def refuse_below_zero(rent: Decimal | None) -> None:
    """A rent that is solved for is not paid to the lessee.

    Raises:
        InvalidInputError: it is below zero.
    """
    if rent is not None and rent < 0:
        raise InvalidInputError(
            f"rent comes to {rent:.2f}: what is given repays more than the debt",
            remedy="Lower the balloon, the residual or the amounts of the pattern",
        )


def root(value: Callable[[Decimal], Decimal], guess: Decimal, *, lowest: Decimal = _LOWEST) -> Decimal:
    """Where a function of a rate is zero, to 26 decimals: the first root met around the guess.

    Illinois' variant of regula falsi, which keeps its bracket; ``lowest`` is where the search ends below.

    Raises:
        InvalidInputError: there is no rate at which it is zero.
    """
    low, high = _bracket(value, guess, lowest)
    at_low, at_high = value(low), value(high)
    side = 0
    for _ in range(_STEPS):
        if not at_low or not at_high or abs(high - low) < _CLOSE:
            break
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        at_middle = value(middle)
        if not at_middle or (abs(middle - low) < _CLOSE or abs(middle - high) < _CLOSE):
            return middle
        if (at_middle > 0) == (at_high > 0):
            high, at_high = middle, at_middle
            at_low, side = (at_low / 2 if side == 1 else at_low), 1
        else:
            low, at_low = middle, at_middle
            at_high, side = (at_high / 2 if side == -1 else at_high), -1
    return low if abs(at_low) < abs(at_high) else high


def _bracket(value: Callable[[Decimal], Decimal], guess: Decimal, lowest: Decimal) -> tuple[Decimal, Decimal]:
    width = Decimal("0.01")
    low = high = guess
    at_low = at_high = value(guess)
    while at_low * at_high > 0 or low == high:
        if not at_low:
            return low, low
        if low <= lowest and high >= _HIGHEST:
            raise InvalidInputError(
                "rate cannot be solved for: at no rate do payments and pay-outs weigh the same",
                remedy="Check the signs and amounts",
            )
        new_low, new_high = max(lowest, low - width), min(_HIGHEST, high + width)
        at_new_high = value(new_high)
        if at_new_high * at_high <= 0:
            return high, new_high
        at_new_low = value(new_low)
        if at_new_low * at_low <= 0:
            return new_low, low
        low, high, at_low, at_high = new_low, new_high, at_new_low, at_new_high
        width *= 2
    return low, high
