"""Options that the ledger's commands share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, TypedDict

import typer

from models.errors import InvalidInputError
from models.money import Money

DATE_FORMAT = ["%Y-%m-%d"]
Branch = Annotated[str | None, typer.Option("--branch", help="Of one branch only.")]
From = Annotated[datetime | None, typer.Option("--from", formats=DATE_FORMAT, help="First business date.")]
To = Annotated[datetime | None, typer.Option("--to", formats=DATE_FORMAT, help="Last business date.")]
Day = Annotated[
    datetime | None, typer.Option("--date", formats=DATE_FORMAT, help="Up to this business date.")
]


class Span(TypedDict, total=False):
    """Dates as the reports take them; what is left out is open."""

    first: date
    last: date


def span(first: datetime | None, last: datetime | None) -> Span:
    """The dates that were given.

    Raises:
        InvalidInputError: the first one is after the last one.
    """
    if first is not None and last is not None and last < first:
        raise InvalidInputError(
            f"the time from {first:%Y-%m-%d} to {last:%Y-%m-%d} has no day",
            remedy="Name the earlier date first",
        )
    given = Span()
    if first is not None:
        given["first"] = first.date()
    if last is not None:
        given["last"] = last.date()
    return given


def shown(minor: int, currency: str) -> str:
    """An amount for people and for JSON: a decimal string."""
    return str(Money(minor, currency))
