"""What a disbursement needs done. Activities implement these steps; the workflow calls them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Final

from temporalio import activity
from temporalio.common import RetryPolicy

from models.lease.disbursement.messages import (
    CheckDisbursement,
    Checked,
    EnterDisbursement,
    Entered,
    NoteDisbursement,
    Withdrawal,
    WithdrawPayment,
)

DISBURSEMENT_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    maximum_interval=timedelta(seconds=30),
    non_retryable_error_types=[
        "InvalidInputError",
        "InvalidDisbursementError",
        "DisbursementExistsError",
        "MoneyMayBeOutError",
        "UnknownDisbursementError",
        "UnknownContractError",
        "UnknownApplicationError",
        "IdempotencyConflictError",
    ],
)
"""The database comes back, a voucher template is mended: tried until then."""


class DisbursementBooks(ABC):
    """Disbursements in the database and the ledger; each step is one transaction that may be repeated."""

    @activity.defn(name="lease.enter_disbursement")
    @abstractmethod
    def enter(self, entry: EnterDisbursement) -> Entered:
        """Enter an order and post the purchase; where nobody need look, make the last checks as well."""

    @activity.defn(name="lease.check_disbursement")
    @abstractmethod
    def check(self, step: CheckDisbursement) -> Checked:
        """Look at payee, contract, conditions and blacklist right before the money goes."""

    @activity.defn(name="lease.note_disbursement")
    @abstractmethod
    def note(self, note: NoteDisbursement) -> None:
        """Enter where it stands; the end of one that is not paid takes the purchase out of the ledger."""


class PaymentDesk(ABC):
    """Speaks with a payment that is under way."""

    @activity.defn(name="lease.withdraw_payment")
    @abstractmethod
    async def withdraw(self, wish: WithdrawPayment) -> Withdrawal:
        """Ask a payment to stop; a refusal of it is an answer."""
