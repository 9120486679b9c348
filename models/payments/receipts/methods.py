"""How a customer's contract is paid: checked when it is proposed, in force from a day on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.payments.account_numbers import account_number_fault, bank_id_fault
from models.payments.banking import BankAccount
from models.payments.messages.payment import Refusal


class MethodKind(StrEnum):
    """How the payer pays."""

    DEBIT = "debit"
    """We collect it from the account, by a mandate."""
    TRANSFER = "transfer"
    """The payer transfers it; the account is where it comes from, and where refunds go."""


class MethodState(StrEnum):
    """Where a version stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    TURNED_DOWN = "turned-down"


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """How what a business reference owes is paid, from a day on."""

    business_reference: str
    kind: MethodKind
    account: BankAccount
    valid_from: date
    mandate: str = ""
    mandate_signed: date | None = None


def method_refusals(method: PaymentMethod, *, today: date) -> Iterator[Refusal]:
    """Every rule that a proposed method breaks."""
    if fault := account_number_fault(method.account.number):
        yield Refusal("account", f"account {method.account.number!r} cannot be right: {fault}")
    if not method.account.name.strip():
        yield Refusal("account", "the account's owner has no name")
    if method.account.bank and (fault := bank_id_fault(method.account.bank)):
        yield Refusal("account", f"bank {method.account.bank!r} cannot be right: {fault}")
    if method.valid_from < today:
        yield Refusal("valid-from", f"valid from {method.valid_from} lies in the past")
    if method.kind is MethodKind.DEBIT and not (method.mandate and method.mandate_signed):
        yield Refusal("mandate", "a debit needs the mandate and the day on which it was signed")
    if method.mandate_signed is not None and method.mandate_signed > today:
        yield Refusal("mandate", f"mandate signed on {method.mandate_signed}, which is to come")
