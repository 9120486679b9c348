"""What calls of other systems have in common: a body that is read so far and no further, a signed target."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request

from models.errors import InvalidInputError


class BodyTooLargeError(InvalidInputError):
    """More was sent than is taken."""


class BodyBrokeOffError(InvalidInputError):
    """Whoever called hung up in the middle."""


async def body_of(request: Request, most: int) -> bytes:
    """The body of a call, read no further than it may go.

    Raises:
        BodyTooLargeError: it has more than ``most`` bytes.
        BodyBrokeOffError: it ended early.
    """
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > most:
                raise BodyTooLargeError(
                    f"the body has more than {most} bytes", remedy="Send a reference to a document instead"
                )
    except ClientDisconnect as error:
        raise BodyBrokeOffError("the body broke off", remedy="Send it again") from error
    return bytes(content)


def target_of(request: Request) -> str:
    """Path and query as they stand in the request line, which is what is signed."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (path + b"?" + query if query else path).decode("latin-1")
