"""The bureau: credit reports on firms and persons."""

from __future__ import annotations

from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette

from sandbox.bureau.desk import Desk

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def open_office(data: Path | None, address: str) -> AsyncIterator[Starlette]:
    """Open the bureau; it answers ``POST /reports``.

    Args:
        data: directory of its books; None keeps them in memory.
        address: its own base URL.
    """
    del address
    desk = Desk("/reports", made_up, report, data=data)
    with closing(desk.books):
        yield Starlette(routes=desk.routes())


def made_up(chance: random.Random) -> dict[str, Any]:
    """What is known of somebody: four in five are good payers."""
    good = chance.random() < 0.8  # noqa: PLR2004
    return {
        "score": chance.randint(620, 880) if good else chance.randint(330, 640),
        "accounts_now": 0 if good else chance.choice((0, 0, 1, 2)),
        "times_over_90_days": 0 if good else chance.choice((0, 0, 0, 1)),
        "enquiries_90_days": chance.randint(0, 3) if good else chance.randint(2, 12),
        "debt": f"{chance.randint(0, 900) * 1000}.00",
        "guarantees": f"{chance.choice((0, 0, 0, 100, 500)) * 1000}.00",
    }


def report(question: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """A report as the bureau words it."""
    months = 24
    return {
        "subject": question["subject"],
        "score": known["score"],
        "overdue": {
            "accounts_now": known["accounts_now"],
            "times_over_90_days": known["times_over_90_days"],
            "months_looked_at": months,
        },
        "enquiries_90_days": known["enquiries_90_days"],
        "debt": known["debt"],
        "guarantees": known["guarantees"],
    }
