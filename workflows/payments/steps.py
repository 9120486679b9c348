"""What payments need done. Activities implement these steps; workflows call them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from models.payments.banking import BankAnswer
from models.payments.messages import (
    Accepted,
    AskBank,
    InstructBank,
    PaymentOrder,
    PaymentStep,
    Recorded,
    RecordReturn,
    SettlePayment,
    StateNote,
)


class PaymentBooks(ABC):
    """A payment's entries in the database and the ledger; each step repeats without effect."""

    @activity.defn(name="payments.accept")
    @abstractmethod
    def accept(self, order: PaymentOrder) -> Accepted:
        """Enter and check an order; reserve the money when nothing stands in the way."""

    @activity.defn(name="payments.reserve")
    @abstractmethod
    def reserve(self, step: PaymentStep) -> Accepted:
        """Check an order that had to wait once more, and reserve its money when it may go now."""

    @activity.defn(name="payments.note_state")
    @abstractmethod
    def note_state(self, note: StateNote) -> None:
        """Enter a state that the payment came into; one in which no money moves frees what was reserved."""

    @activity.defn(name="payments.settle")
    @abstractmethod
    def settle(self, settlement: SettlePayment) -> Recorded:
        """Capture what was reserved and post the voucher."""

    @activity.defn(name="payments.record_return")
    @abstractmethod
    def record_return(self, entry: RecordReturn) -> Recorded:
        """Post what the bank booked back."""

    @activity.defn(name="payments.weigh_late")
    @abstractmethod
    def weigh_late(self, entry: RecordReturn) -> Recorded:
        """Enter what the bank said too late for the verdict: a return is posted, what cannot be is noted."""


class BankDesk(ABC):
    """Speaking with one bank about single orders. Served on that bank's own queue."""

    @activity.defn(name="banks.instruct")
    @abstractmethod
    async def instruct(self, request: InstructBank) -> BankAnswer:
        """Send an order once for each attempt, however often this step itself is tried."""

    @activity.defn(name="banks.find_out")
    @abstractmethod
    async def find_out(self, request: AskBank) -> BankAnswer:
        """Ask by our reference, on the profile's pattern, until there is news."""

    @activity.defn(name="banks.cancel")
    @abstractmethod
    async def cancel(self, request: InstructBank) -> BankAnswer:
        """Ask the bank to withdraw an order."""
