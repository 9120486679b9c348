"""What receipts, terminals and refunds need done. Activities implement these steps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Final

from temporalio import activity

from models.payments.messages import (
    BounceStep,
    CancelStep,
    CollectedStep,
    ConfirmStep,
    DecideStep,
    IdentifyStep,
    ReceiptBooked,
    ReceiptOrder,
    Reconciled,
    ReconcileStep,
    RefundApproved,
    RefundStep,
    ReplaceStep,
    ReverseStep,
    TerminalDayOrder,
)
from workflows.payments.patience import BOOKS_RETRY

RECEIPTS_RETRY: Final = replace(
    BOOKS_RETRY,
    non_retryable_error_types=[
        *(BOOKS_RETRY.non_retryable_error_types or ()),
        "ReceiptExistsError",
        "UnknownReceiptError",
        "UnknownChannelError",
        "UnknownTerminalError",
        "TerminalStateError",
        "TemplateError",
        "RefusedByRuleError",
    ],
)
"""The database comes back: tried until it does."""


class ReceiptBooks(ABC):
    """A receipt's entries in the database and the ledger.

    Each step is one transaction and repeats without effect. What a rule forbids comes back as refusals.
    """

    @activity.defn(name="receipts.register")
    @abstractmethod
    def register(self, order: ReceiptOrder) -> ReceiptBooked:
        """Check and enter a receipt, and post it on its clearing account; cash clears at once."""

    @activity.defn(name="receipts.confirm")
    @abstractmethod
    def confirm(self, step: ConfirmStep) -> ReceiptBooked:
        """Clear it into the bank's account."""

    @activity.defn(name="receipts.bounce")
    @abstractmethod
    def bounce(self, step: BounceStep) -> ReceiptBooked:
        """Post that the outside took it back."""

    @activity.defn(name="receipts.cancel")
    @abstractmethod
    def cancel(self, step: CancelStep) -> ReceiptBooked:
        """Take back one that has not cleared."""

    @activity.defn(name="receipts.reverse")
    @abstractmethod
    def reverse(self, step: ReverseStep) -> ReceiptBooked:
        """Take back one that has cleared, by mirror vouchers."""

    @activity.defn(name="receipts.identify")
    @abstractmethod
    def identify(self, step: IdentifyStep) -> ReceiptBooked:
        """Say what money of unknown purpose is for."""

    @activity.defn(name="receipts.change_method")
    @abstractmethod
    def change_method(self, step: ReplaceStep) -> ReceiptBooked:
        """Take the old receipt back and enter the new one, both or neither."""

    @activity.defn(name="receipts.collected")
    @abstractmethod
    def collected(self, step: CollectedStep) -> ReceiptBooked:
        """Enter how the payment ended that was to collect it."""


class TerminalBooks(ABC):
    """The days of card terminals."""

    @activity.defn(name="terminals.open_day")
    @abstractmethod
    def open_day(self, order: TerminalDayOrder) -> None:
        """Open the terminal for a day."""

    @activity.defn(name="terminals.reconcile")
    @abstractmethod
    def reconcile(self, step: ReconcileStep) -> Reconciled:
        """Close the terminal's day and compare its receipts with what the acquirer has."""

    @activity.defn(name="terminals.decide")
    @abstractmethod
    def decide(self, step: DecideStep) -> Reconciled:
        """Enter a person's word on a difference; gives the day's differences as they stand."""


class RefundBooks(ABC):
    """Refunds of receipts in the ledger."""

    @activity.defn(name="refunds.approve")
    @abstractmethod
    def approve(self, step: RefundStep) -> RefundApproved:
        """Take the amount from the receipt onto refunds payable."""

    @activity.defn(name="refunds.give_up")
    @abstractmethod
    def give_up(self, step: RefundStep) -> None:
        """Put it back: the payment came to nothing."""
