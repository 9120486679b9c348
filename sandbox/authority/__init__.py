"""A played signing authority: certificates, remote signatures by digest, timestamps, revocation."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SHARED_KEY: Final = "sandbox"
"""What the house signs its requests with."""


@asynccontextmanager
async def open_office(data: Path | None, address: str) -> AsyncIterator[Starlette]:
    """The authority as an ASGI application.

    Args:
        data: directory of its books; None keeps them in memory.
        address: base URL under which it answers; stands in its certificates.
    """
    from sandbox.authority import admin  # noqa: PLC0415 - cryptography and pyhanko only where it is played
    from sandbox.authority.books import Books  # noqa: PLC0415
    from sandbox.authority.http import HttpDoor  # noqa: PLC0415
    from sandbox.authority.office import Office, RefusedError  # noqa: PLC0415
    from sandbox.banks.signing import Hmac  # noqa: PLC0415

    books = Books(data / "authority.sqlite" if data else None)
    office = Office(books, address)
    app = Starlette(
        routes=[*admin.routes(), *HttpDoor(office, Hmac(SHARED_KEY.encode())).routes()],
        exception_handlers={RefusedError: admin.refused},
    )
    app.state.office = office
    try:
        yield app
    finally:
        books.close()
