"""Rounding as product data: to what unit, which way, and who absorbs the rest."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from enum import StrEnum
from typing import Any, Final, Literal, Self

from pydantic import Field, model_validator

from models.lease.plan.fields import Described, Number


class Direction(StrEnum):
    """Which way an amount goes that lies between two units."""

    HALF_UP = "half-up"
    HALF_EVEN = "half-even"
    HALF_DOWN = "half-down"
    UP = "up"
    DOWN = "down"
    CEILING = "ceiling"
    FLOOR = "floor"


_DECIMAL: Final = {
    Direction.HALF_UP: ROUND_HALF_UP,
    Direction.HALF_EVEN: ROUND_HALF_EVEN,
    Direction.HALF_DOWN: ROUND_HALF_DOWN,
    Direction.UP: ROUND_UP,
    Direction.DOWN: ROUND_DOWN,
    Direction.CEILING: ROUND_CEILING,
    Direction.FLOOR: ROUND_FLOOR,
}
_WORDS: Final = {
    "none": "0",
    "cent": "0.01",
    "dime": "0.1",
    "unit": "1",
    "five": "5",
    "ten": "10",
    "hundred": "100",
}
_CENT: Final = Decimal("0.01")
_NEAREST: Final = "nearest"
Rest = Literal["last", "first", "interest", "none"]


class Rounding(Described):
    """How amounts are rounded; ``cent-half-up`` or ``unit-up`` alone says it of rents."""

    rent: Number = Field(default=Decimal("0.01"), ge=0)
    """Unit of rents (and of equal principal parts): ``0.01``, ``0.05``, ``1``, ``10``; ``0`` leaves them
    exact."""
    rent_direction: Direction = Direction.HALF_UP
    interest: Number = Field(default=Decimal("0.01"), ge=0)
    """Unit of each period's interest; ``0`` carries it unrounded from row to row, and rows only show
    cents."""
    interest_direction: Direction = Direction.HALF_UP
    interest_parts: bool = False
    """Where a drawdown or another rate divides a period: the interest of each part is rounded, not their
    sum."""
    rest: Rest | None = None
    """Who absorbs what rounding leaves: the ``last`` rent, the ``first`` rent, the last row's ``interest``
    (all
    rents stay equal), or ``none`` (it stays as a balance). Left out: ``last``; where rents were given and
    something else was solved for, ``interest``."""
    closest_last: bool = False
    """Of the rents one unit apart, take the one whose last rent differs least from the others."""
    rate_decimals: int | None = Field(default=None, ge=0, le=30)
    """Decimals to which the rate of a regular period is rounded before it is used; left out, it is exact."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:  # noqa: ANN401 - whatever was written
        if not isinstance(value, str):
            return value
        unit, _, direction = value.partition("-")
        direction = direction.replace(_NEAREST, "half-up") or "half-up"
        if unit not in _WORDS:
            raise ValueError(f"{value!r} is no rounding; write cent-half-up, unit-up, ten-nearest or none")
        return {"rent": _WORDS[unit], "rent_direction": direction} | (
            {"interest": "0"} if unit == "none" else {}
        )

    @model_validator(mode="after")
    def _rest_of_something(self) -> Self:
        if self.rest == "none" and self.closest_last:
            raise ValueError("closest_last needs a last rent that absorbs the rest")
        return self

    def rent_of(self, amount: Decimal) -> Decimal:
        return rounded(amount, self.rent, self.rent_direction)

    def interest_of(self, amount: Decimal) -> Decimal:
        return rounded(amount, self.interest, self.interest_direction)


def rounded(amount: Decimal, unit: Decimal, direction: Direction = Direction.HALF_UP) -> Decimal:
    """An amount in whole units; as it is where the unit is zero.

    >>> rounded(Decimal("1234.01"), Decimal(5), Direction.UP)
    Decimal('1235')
    """
    if unit == _CENT:
        return amount.quantize(_CENT, _DECIMAL[direction])
    if not unit:
        return amount
    if unit.as_tuple().digits == (1,):
        return amount.quantize(unit, _DECIMAL[direction])
    return (amount / unit).quantize(Decimal(1), _DECIMAL[direction]) * unit
