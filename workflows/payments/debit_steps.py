"""What bulk debits and a bank's mailbox need done."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from models.payments.messages import (
    BatchBuilt,
    BatchCount,
    BatchNote,
    BatchOrder,
    BatchOutcome,
    BatchStep,
    FileMade,
    FileOutcome,
    FileTaken,
    MailboxOrder,
    SendFile,
    TakeFile,
)


class DebitBooks(ABC):
    """Batches in the database, changed set by set; each step repeats without effect."""

    @activity.defn(name="debits.build")
    @abstractmethod
    def build(self, order: BatchOrder) -> BatchBuilt:
        """Gather everything due into a batch."""

    @activity.defn(name="debits.note_state")
    @abstractmethod
    def note_state(self, note: BatchNote) -> None:
        """Enter a state that the batch came into; a batch turned down sets its dues free."""

    @activity.defn(name="debits.make_files")
    @abstractmethod
    def make_files(self, step: BatchStep) -> tuple[FileMade, ...]:
        """Write the batch's order files, in the bank's format, and keep them."""

    @activity.defn(name="debits.count")
    @abstractmethod
    def count(self, step: BatchStep) -> BatchCount:
        """Count the batch's items by state."""

    @activity.defn(name="debits.close")
    @abstractmethod
    def close(self, note: BatchNote) -> BatchOutcome:
        """Decide what becomes of every item that was not collected, and tie the totals."""


class BankMailroom(ABC):
    """A bank's directories. Served on that bank's own queue."""

    @activity.defn(name="banks.send_file")
    @abstractmethod
    async def send_file(self, request: SendFile) -> bool:
        """Deliver a file once; False when it was delivered before."""

    @activity.defn(name="banks.await_files")
    @abstractmethod
    async def await_files(self, order: MailboxOrder) -> tuple[TakeFile, ...]:
        """Look until there is something to fetch, or the step's time is over."""

    @activity.defn(name="banks.take_file")
    @abstractmethod
    async def take_file(self, request: TakeFile) -> FileTaken:
        """Fetch a file, keep it, and put it away at the bank."""

    @activity.defn(name="banks.apply_file")
    @abstractmethod
    async def apply_file(self, taken: FileTaken) -> FileOutcome:
        """Apply what a file says to batches and payments, all of it or nothing."""
