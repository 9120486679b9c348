"""The last look before money goes: payee, contract, conditions, amount and blacklist, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from activities.lease.screening.rules import DEALER_OUT, standing_reasons
from activities.store.lease import applications, disbursements
from activities.store.lease.disbursements import ContractStanding
from activities.store.tables.disbursements import DisbursementRow
from models.lease.agreed import AgreedTerms
from models.lease.contract.messages import ContractState
from models.lease.disbursement.messages import Finding
from models.lease.screening.messages import Occasion
from models.payments.banking import BankAccount

_MAY_BE_PAID = frozenset({ContractState.CONDITIONS, ContractState.DISBURSING})


def findings(
    session: Session, row: DisbursementRow, payee: BankAccount, *, payment_id: str, at: datetime
) -> tuple[Finding, ...]:
    """Everything that stands in the way of paying now; nothing: the money may go.

    Args:
        session: the transaction; it locks the contract, so that two parts are not both within the price.
        row: of the disbursement.
        payee: whom the bank is about to be told.
        payment_id: of the payment that is about to be ordered.
        at: now.

    Raises:
        UnknownContractError: the contract is not in the books.
    """
    standing = disbursements.contract_standing(session, row.contract_number)
    terms = applications.terms_of(session, standing.row.terms_sha256)
    return (
        *_contract(standing),
        *_payee(terms, row, payee),
        *_amount(terms, standing),
        *_paid_before(session, row, payment_id),
        *_standing(session, terms, row, payee, at),
    )


def _contract(standing: ContractStanding) -> Iterator[Finding]:
    row = standing.row
    if row.state not in _MAY_BE_PAID:
        yield Finding("contract", f"contract {row.contract_number} is {row.state}")
    for title in standing.unsigned:
        yield Finding("contract", f"{title} is not signed by everybody")
    for label in standing.unmet:
        yield Finding("conditions", f"condition not met: {label}")


def _payee(terms: AgreedTerms, row: DisbursementRow, payee: BankAccount) -> Iterator[Finding]:
    """A corrected account must be the same payee's; any other must be the contract's own."""
    agreed = terms.form.payee
    if payee.name != agreed.name:
        yield Finding("payee", f"{payee.name} is not {agreed.name}, whom the contract pays")
    elif payee != agreed and not row.corrected_by:
        yield Finding("payee", f"account {payee.number} is not {agreed.number}, which the contract names")


def _amount(terms: AgreedTerms, standing: ContractStanding) -> Iterator[Finding]:
    if terms.price < standing.disbursed:
        yield Finding("amount", f"{standing.disbursed} in all is more than the price {terms.price}")


def _paid_before(session: Session, row: DisbursementRow, payment_id: str) -> Iterator[Finding]:
    """Another payment of the same disbursement: with this one beside it the money would go out twice."""
    for sentence in disbursements.payments_out(session, row, besides=payment_id):
        yield Finding("payment", sentence)


def _standing(
    session: Session, terms: AgreedTerms, row: DisbursementRow, payee: BankAccount, at: datetime
) -> Iterator[Finding]:
    """Who was put on the blacklist since the decision stops it, until the risk desk lifts the entry."""
    reasons = standing_reasons(
        session,
        terms.form,
        round_=applications.application(session, row.application_id).round,
        occasion=Occasion.DISBURSEMENT,
        at=at,
        accounts=(payee.number,),
    )
    for reason in reasons:
        yield Finding("dealer" if reason.rule == DEALER_OUT else "blacklist", reason.sentence)
