"""What a partner's HTTP answer comes to."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest

from activities.adapters.transports.http import HttpTransport
from models.forwarding.delivery import Answer, Said
from models.forwarding.envelopes import Envelope
from tests.factories.forwarding import GivenSecrets, http_profile

MESSAGE = Envelope("K-1", "loans", "L-1", 1, date(2026, 11, 20), {"amount": "12.50"})


async def answered(head: str, body: str) -> Answer:
    """What comes of a delivery to a partner that answers this."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b'"topic":"loans"}')
        length = f"Content-Length: {len(body.encode())}\r\nConnection: close"
        writer.write(f"HTTP/1.1 {head}\r\n{length}\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        profile = http_profile(f"http://127.0.0.1:{port}")
        transport = HttpTransport(profile, GivenSecrets(), lambda: datetime.now(UTC))
        said = await transport.deliver(MESSAGE)
        await transport.close()
    return said


@pytest.mark.parametrize(
    ("body", "receipt"),
    [
        ('{"receipt": "FI-7"}', "FI-7"),
        ('{"receipt": 7}', "7"),
        ('{"receipt": null}', ""),
        (r'{"receipt": "F\u0000I"}', "FI"),
        ("[]", ""),
        ("taken", ""),
    ],
)
async def test_a_receipt_is_a_text_that_the_books_can_keep(body: str, receipt: str) -> None:
    assert await answered("200 OK", body) == Answer(Said.TAKEN, receipt=receipt)


@pytest.mark.parametrize(("asked", "wait"), [("7", 7.0), ("9" * 400, 3_600.0), ("tomorrow", None)])
async def test_a_partner_may_ask_for_an_hours_patience_at_most(asked: str, wait: float | None) -> None:
    answer = await answered(f"503 Busy\r\nRetry-After: {asked}", '{"error": null}')
    assert answer == Answer(Said.UNAVAILABLE, "503", wait_seconds=wait)
