"""A call of another system is read so far and no further, and checked by what was signed."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.types import Message

from console.calls import BodyBrokeOffError, BodyTooLargeError, body_of, target_of


def call(*messages: Message, raw_path: bytes = b"/", query: bytes = b"") -> Request:
    waiting = list(messages)

    async def receive() -> Message:
        return waiting.pop(0)

    scope = {"type": "http", "path": "/", "raw_path": raw_path, "query_string": query, "headers": []}
    return Request(scope, receive)


def chunk(content: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": content, "more_body": more}


async def test_a_body_is_read_up_to_its_limit() -> None:
    assert await body_of(call(chunk(b"12", more=True), chunk(b"34")), 4) == b"1234"


async def test_a_larger_body_is_read_no_further() -> None:
    request = call(chunk(b"12345", more=True))
    with pytest.raises(BodyTooLargeError, match="more than 4 bytes"):
        await body_of(request, 4)


async def test_a_body_that_breaks_off_is_none() -> None:
    request = call(chunk(b"12", more=True), {"type": "http.disconnect"})
    with pytest.raises(BodyBrokeOffError):
        await body_of(request, 4)


@pytest.mark.parametrize(
    ("raw_path", "query", "target"),
    [
        (b"/banks/river/notices", b"", "/banks/river/notices"),
        (b"/partners/fin%61nce/messages", b"a=%20b", "/partners/fin%61nce/messages?a=%20b"),
    ],
)
def test_the_signed_target_is_the_request_line_to_the_letter(
    raw_path: bytes, query: bytes, target: str
) -> None:
    assert target_of(call(raw_path=raw_path, query=query)) == target
