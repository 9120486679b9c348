"""Rates at which amounts at several times weigh nothing together.

Floats find them, decimals make them exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from models.errors import InvalidInputError
from models.lease.plan.solving import root

_ZERO, _ONE = Decimal(0), Decimal(1)
_NEWTON_STEPS: Final = 60
_POLISHES: Final = 2
_SETTLED: Final = 1e-15


class Timed(NamedTuple):
    """An amount, whole units of time after the first one, and a share of a unit besides."""

    amount: Decimal
    whole: int
    odd: Decimal = _ZERO


def worth(flows: Sequence[Timed], rate: Decimal, *, simple_odd: bool = False) -> Decimal:
    """Present value at a rate per unit; odd shares count as broken powers, or as simple interest."""
    base = _ONE / (_ONE + rate)
    powers: dict[int, Decimal] = {}
    odds: dict[Decimal, Decimal] = {_ZERO: _ONE}
    total, at, factor = _ZERO, 0, _ONE
    for amount, whole, odd in flows:
        step = whole - at
        if step:
            power = powers.get(step)
            if power is None:
                power = powers[step] = base**step
            factor, at = factor * power, whole
        share = odds.get(odd)
        if share is None:
            share = odds[odd] = _ONE / (_ONE + odd * rate) if simple_odd else base**odd
        total += amount * factor * share
    return total


def unit_rate(flows: Sequence[Timed], guess: float, *, simple_odd: bool = False) -> Decimal:
    """The rate per unit at which the flows are worth nothing; the root nearest to the guess.

    Raises:
        InvalidInputError: there is none, for instance because all amounts have one sign.
    """
    signs = {flow.amount > 0 for flow in flows if flow.amount}
    if len(signs) < 2:  # noqa: PLR2004 - money out and money in
        raise InvalidInputError(
            "no rate: the flows do not go both ways", remedy="There must be money out and money in"
        )
    found = _newton(flows, guess, simple_odd=simple_odd)
    if found is None:
        return root(lambda tried: worth(flows, tried, simple_odd=simple_odd), Decimal(repr(guess)))
    near, slope = found
    rate = Decimal(near)
    for _ in range(_POLISHES):
        rate -= worth(flows, rate, simple_odd=simple_odd) / Decimal(slope)
    return rate


def _newton(flows: Sequence[Timed], guess: float, *, simple_odd: bool) -> tuple[float, float] | None:
    """A first rate and the slope there; None where Newton's steps do not settle."""
    plain = [(float(flow.amount), flow.whole, float(flow.odd)) for flow in flows]
    rate = guess
    for _ in range(_NEWTON_STEPS):
        base = 1 / (1 + rate)
        value = slope = 0.0
        for amount, whole, odd in plain:
            if simple_odd and odd:
                part = 1 + odd * rate
                term = amount * base**whole / part
                slope -= term * (whole * base + odd / part)
            else:
                time = whole + odd
                term = amount * base**time
                slope -= term * time * base
            value += term
        if not slope:
            return None
        step = value / slope
        rate -= step
        if not -0.99 < rate < 1e4:  # noqa: PLR2004 - gone astray
            return None
        if abs(step) <= _SETTLED * max(1.0, abs(rate)) * 4:
            return rate, slope
    return None
