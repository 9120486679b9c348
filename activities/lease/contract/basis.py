"""What a contract is drawn up from, and what follows from it for registry and pay-out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from activities.store import parameters
from activities.store.lease.applications import terms_of
from models.errors import InvalidInputError
from models.lease.agreed import AgreedTerms
from models.lease.contract.messages import ContractOrder, Signer
from models.lease.contract.parties import down_payment_taken, signers_of
from models.lease.disbursement.messages import DisbursementOrder
from models.lease.registration import RegisteredParty, RegisterLease
from models.lease.workflow_ids import disbursement_id
from models.money import Money
from models.parameters.contracts import ContractParameters
from models.parameters.lease import LeaseProduct
from models.parameters.registry import LEASE_CONTRACTS, LEASE_PRODUCTS

_REGISTERED_BEYOND: Final = timedelta(days=180)
"""A registration outlives the last rent: what is overdue is still secured."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a contract is drawn up from."""

    terms: AgreedTerms
    product: LeaseProduct
    house: ContractParameters

    @property
    def signers(self) -> tuple[Signer, ...]:
        return signers_of(self.house.lessor, self.terms.form.parties)

    @property
    def down_payment_taken(self) -> Money:
        """What the house takes in from the lessee before it pays, and passes on to the seller."""
        return down_payment_taken(self.product.conditions_precedent, self.terms.down_payment)


def basis_of(session: Session, terms_sha256: str, at: datetime) -> Basis:
    """What was, or will be, drawn up from terms at an instant.

    Raises:
        InvalidInputError: terms or product are not there.
    """
    terms = terms_of(session, terms_sha256)
    products = parameters.in_force(session, LEASE_PRODUCTS, at).value.products
    name = terms.form.product
    if name not in products:
        raise InvalidInputError(
            f"lease product {name!r} does not exist", remedy=f"Known are {', '.join(sorted(products))}"
        )
    return Basis(terms, products[name], parameters.in_force(session, LEASE_CONTRACTS, at).value)


def registration_of(order: ContractOrder, basis: Basis) -> RegisterLease:
    """What the registry of movables is told."""
    terms, lessor = basis.terms, basis.house.lessor
    first, *others = (row.rent + row.fee for row in terms.plan.rows)
    return RegisterLease(
        contract_number=order.contract_number,
        lessor=RegisteredParty(lessor.name, lessor.identifier),
        lessee=RegisteredParty(terms.form.lessee.name, terms.form.lessee.identifier),
        assets=terms.form.assets,
        secured=sum(others, start=first),
        until=terms.plan.rows[-1].due + _REGISTERED_BEYOND,
    )


def disbursement_of(order: ContractOrder, basis: Basis) -> DisbursementOrder:
    """The pay-out to the seller: what is financed, and a down payment that the house took for them."""
    terms, product = basis.terms, basis.product
    amount = terms.plan.financed + basis.down_payment_taken
    return DisbursementOrder(
        disbursement_id=disbursement_id(order.contract_number),
        contract_number=order.contract_number,
        application_id=order.application_id,
        dealer=terms.form.dealer,
        payee=terms.form.payee,
        amount=amount,
        bank=product.paying_bank,
        branch=order.branch,
        ordered_by=order.ordered_by,
        purpose=f"融资租赁合同 {order.contract_number}",
        by_rules=order.by_rules and amount.amount <= product.disburse_by_rules_up_to,
    )
