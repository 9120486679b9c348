"""Carrying messages to and from partner systems; which transport does it is the adapter's secret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from models.errors import RefusedByRuleError, ServiceUnreachableError
from models.forwarding.consistency import Digest, Exchanged
from models.forwarding.delivery import Answer
from models.forwarding.envelopes import Envelope
from models.parameters.partners import PartnerProfile


class PartnerUnreachableError(ServiceUnreachableError):
    """The partner system does not answer; it may later."""


class NotSignedError(RefusedByRuleError):
    """What came in is not signed by the partner, or not lately."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that a partner left for us."""

    content: bytes
    acknowledge: Callable[[], Awaitable[None]]
    """To be called once the message is committed; without it the message comes again."""


class Transport(Protocol):
    """One partner system, as messages go to it and come from it."""

    fetches: bool
    """Whether incoming messages are fetched by us; otherwise the partner brings them to the console."""

    async def deliver(self, envelope: Envelope, *, drives: int = 0) -> Answer:
        """Hand one message over. Whatever goes wrong is an answer, never an exception.

        Args:
            envelope: the message.
            drives: how often it was driven again: the partner lacks it, though the way there may
                remember that it passed.
        """
        ...

    async def fetch(self, limit: int, *, wait_seconds: float) -> Sequence[Incoming]:
        """Messages for us in order, at most so many; waits for the first, but not longer.

        Raises:
            PartnerUnreachableError: nothing can be fetched now.
        """
        ...

    async def digests(self, day: date) -> Mapping[str, Digest]:
        """What the partner has of our messages of a day, by topic.

        Raises:
            PartnerUnreachableError: no usable answer.
        """
        ...

    async def listing(self, day: date, topic: str) -> Sequence[Exchanged]:
        """Each of our messages of a day and topic that the partner has.

        Raises:
            PartnerUnreachableError: no usable answer.
        """
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


def passage_id(envelope: Envelope, drives: int) -> str:
    """Names one passage of a message: tries of it are the same, driving it again is another."""
    return f"{envelope.id}#{drives}" if drives else envelope.id


class IntakeGuard(Protocol):
    """Checks that a request comes from the partner that it names."""

    def check(
        self,
        profile: PartnerProfile,
        headers: Mapping[str, str],
        method: str,
        target: str,
        body: bytes,
        *,
        now: float,
    ) -> None:
        """Let a request pass, or not.

        Raises:
            NotSignedError: the signature is missing, wrong, or of another time.
            InvalidInputError: our own keys are missing or unusable.
        """
        ...
