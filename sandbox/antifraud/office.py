"""The pool of anti-fraud data: velocity of phones and devices, known rings, photos on file elsewhere."""

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
    """Open the pool; it answers ``POST /checks``.

    Args:
        data: directory of its books; None keeps them in memory.
        address: its own base URL.
    """
    del address
    desk = Desk("/checks", made_up, check, data=data)
    with closing(desk.books):
        yield Starlette(routes=desk.routes())


def made_up(chance: random.Random) -> dict[str, Any]:
    """What is known of somebody: nineteen in twenty are unsuspicious."""
    good = chance.random() < 0.95  # noqa: PLR2004
    return {
        "risk": chance.randint(0, 18) if good else chance.randint(40, 95),
        "known_ring": False if good else chance.random() < 0.3,  # noqa: PLR2004
        "photo_mismatch": False if good else chance.random() < 0.3,  # noqa: PLR2004
        "phone": chance.randint(0, 2) if good else chance.randint(2, 9),
        "address": chance.randint(0, 2) if good else chance.randint(2, 9),
        "device": chance.randint(0, 2) if good else chance.randint(2, 9),
    }


def check(question: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """A check as the pool words it."""
    return {
        "subject": question["subject"]["identifier"],
        "risk": known["risk"],
        "known_ring": known["known_ring"],
        "photo_mismatch": known["photo_mismatch"],
        "velocity": {"phone": known["phone"], "address": known["address"], "device": known["device"]},
    }
