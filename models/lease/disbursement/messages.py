"""What the disbursement workflow, its steps, and people say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.money import Money
from models.payments.banking import BankAccount
from models.people import Actor


class DisbursementState(StrEnum):
    """Where a disbursement stands, in one word."""

    WAITING_FOR_REVIEW = "waiting-for-review"
    STOPPED = "stopped"
    """Fraud feedback holds it, locked or not, until the risk desk clears it."""
    PAYING = "paying"
    """The payment workflow has it."""
    PAID = "paid"
    PAID_UNDER_SUSPICION = "paid-under-suspicion"
    """Fraud feedback came when the bank had booked already: the money is to be fetched back."""
    NOT_PAID = "not-paid"
    """The payment failed or was withdrawn: ordered anew after somebody looked."""
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in {
            DisbursementState.PAID,
            DisbursementState.PAID_UNDER_SUSPICION,
            DisbursementState.CANCELLED,
        }


@dataclass(frozen=True)
class DisbursementOrder:
    """Pay for the asset of a contract. ``disbursement_id`` is the payment's id as well."""

    disbursement_id: str
    contract_number: str
    application_id: str
    dealer: str
    payee: BankAccount
    amount: Money
    bank: str
    """Code of the bank that pays."""
    branch: str
    ordered_by: Actor
    purpose: str
    by_rules: bool = False
    """Within what the product lets go without a reviewer."""


@dataclass(frozen=True)
class DisbursementOutcome:
    disbursement_id: str
    state: DisbursementState
    payment_id: str = ""
    voucher: str = ""
    sentence: str = ""
