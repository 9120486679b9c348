"""Speaking to banks: one order at a time over a service interface, many at once in files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from models.errors import LeaseflowError, ServiceUnreachableError
from models.payments.banking import BankAnswer, BankOrder, RemoteFile, StatementLine


class BankUnreachableError(ServiceUnreachableError):
    """The bank's file server or statement service does not answer; it may later."""


class BankRefusedUsError(LeaseflowError):
    """The bank does not let us in: wrong key, unknown client, untrusted host key. A person must mend it."""


class BankService(Protocol):
    """A bank's service interface, for single orders.

    Whatever goes wrong on the way is an answer, never an exception: `BankSaid.NOTHING` with the
    reason. The one exception is `BankRefusedUsError`, raised when the bank certainly did not look
    at the order.
    """

    async def instruct(self, order: BankOrder) -> BankAnswer: ...

    async def inquire(self, reference: str) -> BankAnswer: ...

    async def cancel(self, reference: str) -> BankAnswer: ...

    async def statement(self, account: str, day: date) -> Sequence[StatementLine]:
        """All lines booked on a day.

        Raises:
            BankUnreachableError: no usable answer.
        """
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


class BankMailbox(Protocol):
    """A bank's directories, over SFTP or as a local directory."""

    async def deliver(self, name: str, content: bytes) -> bool:
        """Put a file where the bank takes it, complete or not at all.

        Gives False when a file of that name and size is there already: it was delivered before.

        Raises:
            BankUnreachableError: it was not delivered, or it is not known whether it was.
            BankRefusedUsError: certainly not delivered: the server does not let us in, or is not the one
                we trust.
        """
        ...

    async def waiting(self) -> Sequence[RemoteFile]:
        """Files for us, oldest first; those still being written are left out."""
        ...

    async def fetch(self, name: str) -> bytes: ...

    async def put_away(self, name: str) -> None:
        """Move a file that we keep out of the way; harmless to repeat."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...
