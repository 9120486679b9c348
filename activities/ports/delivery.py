"""Getting a message to a person or a system, and taking the answer to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from models.errors import RefusedByRuleError, ServiceUnreachableError


class DeliveryFailedError(ServiceUnreachableError):
    """The mail server or webhook did not take the message; it may later."""


@dataclass(frozen=True, slots=True)
class ListedText:
    """A text around a list, which can be shortened by whole items and says how many it leaves out."""

    head: str
    items: tuple[str, ...]
    foot: str
    omitted: str
    """Sentence for what is left out, with ``{count}`` in it."""

    def whole(self) -> str:
        return "\n".join((self.head, *self.items, self.foot))

    def within(self, limit: int) -> str:
        """As many items as fit into so many bytes of UTF-8; head and foot are always there.

        Raises:
            ValueError: not even head and foot fit: the template is too long for the channel.
        """
        if _size(self.whole()) <= limit:
            return self.whole()
        room = limit - _size("\n".join((self.head, self.omitted.format(count=len(self.items)), self.foot)))
        if room < 0:
            raise ValueError(f"the text around the list takes {limit - room} of {limit} bytes")
        fitting = 0
        for item in self.items:
            room -= _size(item) + 1
            if room < 0:
                break
            fitting += 1
        omitted = self.omitted.format(count=len(self.items) - fitting)
        return "\n".join((self.head, *self.items[:fitting], omitted, self.foot))


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message to one person, in every form that a channel may need.

    ``key`` is the same for every try of the same message: receivers can recognise a repetition.
    """

    key: str
    recipient: str
    address: str
    """The person's e-mail address; empty when the message goes to a group."""
    subject: str
    text: str
    html: str
    markdown: ListedText
    facts: dict[str, object]
    """The same as data that JSON can carry, for systems."""


class Channel(Protocol):
    """One way out."""

    name: str
    personal: bool
    """Reaches the recipient alone; the others reach a group, which need not hear a thing twice."""

    async def send(self, message: OutgoingMessage) -> None:
        """Hand the message over.

        Raises:
            DeliveryFailedError: it was not taken.
        """
        ...


# ---------------------------------------------------------------- links to acknowledge by


@dataclass(frozen=True, slots=True)
class AcknowledgementClaim:
    """What a link entitles to: one person acknowledges one warning, until an instant."""

    warning_workflow: str
    recipient: str
    expires_at: datetime


class ForgedLinkError(RefusedByRuleError):
    """The link was not made by us, or was altered."""

    def __init__(self) -> None:
        super().__init__(
            "this link was not made by leaseflow, or was altered",
            remedy="Open it again from the message it came with",
        )


class ExpiredLinkError(RefusedByRuleError):
    """The link's time is over."""

    def __init__(self, expires_at: datetime) -> None:
        super().__init__(
            f"this link expired at {expires_at.isoformat()}", remedy="Acknowledge with leaseflow bills ack"
        )


class AcknowledgementLinks(Protocol):
    """Makes links that cannot be forged."""

    def sign(self, claim: AcknowledgementClaim) -> str:
        """A token that fits into a URL; the same claim gives the same token."""
        ...

    def verify(self, token: str, *, now: datetime) -> AcknowledgementClaim:
        """The claim of a token.

        Raises:
            ForgedLinkError: the token is not one of ours.
            ExpiredLinkError: its time is over.
        """
        ...


def _size(text: str) -> int:
    return len(text.encode())
