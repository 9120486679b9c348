"""Orders and their fates as files tell them: pain.001, pain.008, and pain.002 in answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PaymentInstructionRead:
    """One transaction of a pain.001 (credit transfer) or pain.008 (direct debit)."""

    kind: str
    """``credit-transfer`` or ``direct-debit``."""
    message_id: str | None
    payment_information_id: str | None
    end_to_end_id: str | None
    amount: Decimal | None
    currency: str | None
    instruction_id: str | None = None
    uetr: str | None = None
    debtor: str | None = None
    debtor_account: str | None = None
    debtor_bank: str | None = None
    ultimate_debtor: str | None = None
    creditor: str | None = None
    creditor_account: str | None = None
    creditor_bank: str | None = None
    ultimate_creditor: str | None = None
    creditor_id: str | None = None
    execution_date: date | None = None
    """When a credit transfer is to be executed."""
    collection_date: date | None = None
    """When a direct debit is to be collected."""
    mandate_id: str | None = None
    mandate_signed: date | None = None
    sequence_type: str | None = None
    service_level: str | None = None
    local_instrument: str | None = None
    batch_booking: bool | None = None
    charge_bearer: str | None = None
    purpose: str | None = None
    remittance: tuple[str, ...] = ()
    structured_remittance: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class StatusReason:
    """Why a bank gave a status."""

    code: str | None
    """An ISO code (AC04), or the bank's own."""
    information: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentStatusRead:
    """A status that a bank gave in a pain.002, at one of three levels."""

    level: str
    """``group``, ``payment`` or ``transaction``."""
    status: str | None
    """ACCP, ACSC, RJCT, PART, ...; None when a level carries reasons only."""
    reasons: tuple[StatusReason, ...] = ()
    message_id: str | None = None
    """Of the pain.002 itself."""
    original_message_id: str | None = None
    original_message_name: str | None = None
    original_payment_information_id: str | None = None
    original_instruction_id: str | None = None
    original_end_to_end_id: str | None = None
    original_transaction_id: str | None = None
    status_id: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    debtor: str | None = None
    debtor_account: str | None = None
    creditor: str | None = None
    creditor_account: str | None = None
    mandate_id: str | None = None
    bank_reference: str | None = None
    line: int | None = None
