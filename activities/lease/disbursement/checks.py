"""The last look before money goes: payee, contract, conditions, amount and blacklist, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from activities.store.lease import applications, blacklist, dealers, disbursements
from activities.store.lease.disbursements import ContractStanding
from activities.store.tables.disbursements import DisbursementRow
from models.calendar import business_date
from models.lease.agreed import AgreedTerms
from models.lease.contract.messages import ContractState
from models.lease.disbursement.messages import Finding
from models.lease.screening.blacklist import BlacklistKind, Lookup, compared, lookups
from models.lease.screening.dealers import DealerStatus
from models.payments.banking import BankAccount

_MAY_BE_PAID = frozenset({ContractState.CONDITIONS, ContractState.DISBURSING})


def findings(
    session: Session, row: DisbursementRow, payee: BankAccount, *, at: datetime
) -> tuple[Finding, ...]:
    """Everything that stands in the way of paying now; nothing: the money may go.

    Args:
        session: the transaction; it locks the contract, so that two parts are not both within the price.
        row: of the disbursement.
        payee: whom the bank is about to be told.
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
        *_dealer(session, row),
        *_blacklist(session, terms, payee, at),
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


def _blacklist(session: Session, terms: AgreedTerms, payee: BankAccount, at: datetime) -> Iterator[Finding]:
    """Who was put on the blacklist since the decision stops it, until the risk desk lifts the entry."""
    account = Lookup(BlacklistKind.ACCOUNT, compared(payee.number), "account that is about to be paid")
    wanted = (*lookups(terms.form), account)
    for hit in blacklist.look_up(session, wanted, today=business_date(at)):
        yield Finding("blacklist", hit.as_reason().sentence)


def _dealer(session: Session, row: DisbursementRow) -> Iterator[Finding]:
    dealer = dealers.find_dealer(session, row.dealer) if row.dealer else None
    if dealer is not None and dealer.status is not DealerStatus.ACTIVE:
        yield Finding("dealer", f"dealer {row.dealer} is {dealer.status}")
