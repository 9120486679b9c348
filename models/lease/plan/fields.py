"""How numbers are written in terms: rates with or without a percent sign, amounts or shares of something."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from models.errors import InvalidInputError
from models.parameters.parts import Part

_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*%?")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}([,_]\d{3})+(\.\d*)?\s*%?")
"""A comma parts thousands. In ``8,88%`` it would have to be a point, and the rate is not 888 %."""
_HUNDRED: Final = Decimal(100)


class Described(Part):
    """A part whose attributes' docstrings become the descriptions in its JSON schema."""

    model_config: ClassVar[ConfigDict] = {"frozen": True, "extra": "forbid", "use_attribute_docstrings": True}


def number(text: object) -> Decimal:
    """A number as it was written: ``0.0888``, ``8.88%``, ``1e-3``.

    Raises:
        ValueError: it is none.
    """
    written = str(text).strip()
    if _GROUPED.fullmatch(written):
        written = written.replace(",", "").replace("_", "")
    if isinstance(text, bool) or not _NUMBER.fullmatch(written):
        raise ValueError(f"{text!r} is not a number; write it like 1234.50, 0.0888 or 8.88%")
    try:
        value = Decimal(written.rstrip("% "))
    except InvalidOperation as error:  # pragma: no cover - the pattern has seen to it
        raise ValueError(f"{text!r} is not a number") from error
    return value / _HUNDRED if written.endswith("%") else value


def _portion(text: str) -> str:
    number(text)
    return text.replace(" ", "")


def portion_of(text: str, base: Decimal) -> Decimal:
    """What ``20000`` or ``20%`` of a base comes to."""
    return number(text) * base if text.endswith("%") else number(text)


def is_share(text: str) -> bool:
    return text.endswith("%")


def plain(value: Decimal) -> str:
    """A decimal without exponent and without zeros that say nothing."""
    told = f"{value:f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


_EXAMPLE: Final[dict[str, object]] = {"type": ["string", "number"]}

Number = Annotated[
    Decimal,
    BeforeValidator(number),
    PlainSerializer(plain, return_type=str),
    WithJsonSchema(_EXAMPLE | {"examples": ["100000", "1234.50"]}),
]
"""A decimal, best written as a string."""
Rate = Annotated[
    Decimal,
    BeforeValidator(number),
    Field(gt=-1, lt=1000),
    PlainSerializer(plain, return_type=str),
    WithJsonSchema(_EXAMPLE | {"examples": ["8.88%", "0.0888"]}),
]
"""A rate as a fraction or with a percent sign."""


def _whole(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(f"{value} is not a whole number")  # noqa: TRY004 - pydantic reports ValueErrors
    return value


Count = Annotated[int, BeforeValidator(_whole)]
"""A whole number; ``true`` is none."""


def _written_day(value: object) -> object:
    """``20260131`` would be taken for seconds since 1970."""
    if not isinstance(value, str | date) or (isinstance(value, str) and value.strip().isdigit()):
        raise ValueError("is no date; write it like 2026-12-31")
    return value


Day = Annotated[date, BeforeValidator(_written_day), Field(ge=date(1900, 1, 1), le=date(2299, 12, 31))]
"""A day of a plan; years that nobody means are typing errors."""
Portion = Annotated[
    str,
    BeforeValidator(str),
    AfterValidator(_portion),
    WithJsonSchema(_EXAMPLE | {"examples": ["20000", "20%"]}),
]
"""An amount, or with a percent sign a share of something."""


def rows_named(selector: str, rows: int) -> frozenset[int]:
    """The rows of ``3``, ``1-6``, ``13-``, ``last``, ``1-3,7``; ``each`` is all, what lies beyond is none.

    Raises:
        InvalidInputError: it is none of these.
    """
    named: set[int] = set()
    for piece in selector.replace(" ", "").lower().split(","):
        if piece in {"each", "all"}:
            named.update(range(1, rows + 1))
        elif piece in {"last", "end"}:
            named.add(rows)
        elif match := re.fullmatch(r"(\d+)(-(\d*))?", piece):
            first = int(match[1])
            last = max(first, rows) if match[2] == "-" else int(match[3] or first)
            if not 0 < first <= last:
                raise InvalidInputError(
                    f"rows {selector!r} name no row", remedy="Rows count from 1; the smaller number first"
                )
            named.update(range(first, min(last, rows) + 1))
        else:
            raise InvalidInputError(
                f"rows {selector!r} cannot be understood", remedy="Write 3, 1-6, 13-, last, each, or 1-3,7"
            )
    return frozenset(named)
