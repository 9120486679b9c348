"""Getting a message to a person or a system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from models.errors import ServiceUnreachableError


class DeliveryFailedError(ServiceUnreachableError):
    """The mail server or webhook did not take the message; it may later."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to one person, in every form that a channel may need.

    ``key`` is the same for every try of the same message: receivers can recognise a repetition.
    """

    key: str
    recipient: str
    address: str
    subject: str
    text: str
    html: str
    markdown: str
    facts: dict[str, object]
    """The same as data, for systems."""


class Channel(Protocol):
    """One way out."""

    name: str

    async def send(self, message: OutgoingMessage) -> None:
        """Hand the message over.

        Raises:
            DeliveryFailedError: it was not taken.
        """
        ...
