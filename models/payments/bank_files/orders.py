"""Orders to a bank, as the writers of pain.001, pain.008 and order files take them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.money import Money


@dataclass(frozen=True, slots=True)
class AccountParty:
    """Who pays or is paid, and where."""

    name: str
    account: str
    """IBAN, or the bank's own account number; which one is told by its form and check digits."""
    bank_code: str = ""
    """BIC, or the twelve-digit CNAPS code of a Chinese bank's branch."""
    bank_name: str = ""


class SequenceType(StrEnum):
    """Where a collection stands in the life of its mandate (ISO 20022)."""

    FIRST = "FRST"
    RECURRING = "RCUR"
    FINAL = "FNAL"
    ONE_OFF = "OOFF"


@dataclass(frozen=True, slots=True)
class CreditTransferItem:
    """One transfer to one creditor."""

    end_to_end_id: str
    """Our reference: by it the bank is asked, and its answers are matched."""
    money: Money
    creditor: AccountParty
    remittance: str = ""
    instruction_id: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class CreditTransferFile:
    """Transfers from one account on one day.

    The message id and the time of creation are given, so that the same batch makes the same bytes.
    """

    message_id: str
    created: datetime
    initiator: str
    payment_information_id: str
    execution_date: date
    debtor: AccountParty
    items: tuple[CreditTransferItem, ...]
    batch_booking: bool = False


@dataclass(frozen=True, slots=True)
class DirectDebitItem:
    """One collection from one debtor under a mandate."""

    end_to_end_id: str
    money: Money
    debtor: AccountParty
    mandate_id: str
    mandate_signed: date
    remittance: str = ""
    instruction_id: str = ""
    sequence_type: SequenceType = SequenceType.RECURRING


@dataclass(frozen=True, slots=True)
class DirectDebitFile:
    """Collections to one account on one day."""

    message_id: str
    created: datetime
    initiator: str
    payment_information_id: str
    collection_date: date
    creditor: AccountParty
    creditor_id: str
    """The creditor's identifier: of the SEPA scheme, or the contract number with the bank."""
    items: tuple[DirectDebitItem, ...]
    batch_booking: bool = True
