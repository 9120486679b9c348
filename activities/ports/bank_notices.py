"""What a bank tells without being asked, once it is known to come from the bank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from models.errors import InvalidInputError
from models.payments.banking import BankAnswer, StatementLine


class UntrustedNotificationError(InvalidInputError):
    """A call that the bank did not sign; nothing in it may be believed."""


class UnreadableNotificationError(InvalidInputError):
    """A call that the bank signed, and that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One thing that the bank told. A bank repeats itself until it is heard: take each ``id`` once."""

    id: str
    """The bank's identifier of the message, the same in each repetition."""
    reference: str
    """Our reference, where the bank carries it along."""
    evidence: str
    answer: BankAnswer | None = None
    """What it says about an order of ours."""
    incoming: StatementLine | None = None
    """Money that came in."""


class NoticeReader(Protocol):
    """Checks and understands the calls of one bank."""

    async def read(self, target: str, headers: Mapping[str, str], body: bytes) -> Notification:
        """What a ``POST`` tells.

        Args:
            target: path and query as they stand in the request line.
            headers: found by names in lower case.
            body: as received.

        Raises:
            UntrustedNotificationError: unsigned, or of another time.
            UnreadableNotificationError: signed, and not understood.
        """
        ...
