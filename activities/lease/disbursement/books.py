"""A disbursement's entries: the order with its purchase voucher, its state, and its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session
from temporalio import activity

from activities.lease.disbursement.checks import findings
from activities.ledger.vouchers import post_event
from activities.store import parameters
from activities.store.database import Database
from activities.store.lease import applications, disbursements
from activities.store.tables.contracts import ContractRow
from activities.store.tables.disbursements import DisbursementRow
from models.calendar import business_date
from models.lease.disbursement.errors import InvalidDisbursementError, MoneyMayBeOutError
from models.lease.disbursement.messages import (
    CheckDisbursement,
    Checked,
    DisbursementOrder,
    DisbursementOutcome,
    DisbursementState,
    EnterDisbursement,
    Entered,
    NoteDisbursement,
    Standing,
    Suspicion,
)
from models.lease.disbursement.vouchers import Purchase, purchase_cost
from models.lease.parties import BusinessType
from models.money import Money
from models.parameters.lease import LeaseProduct
from models.parameters.registry import DISBURSEMENT, LEASE_PRODUCTS
from models.payments.verification import PAYMENT_ID
from workflows.lease.disbursement_steps import DisbursementBooks

_ROOM_FOR_RETRIES = "R99"
_STEPS_OF_ENTERING = 1
"""The last checks where nobody need look; whatever counts higher was noted by a workflow at work."""


class PostgresDisbursements(DisbursementBooks):
    """Books in PostgreSQL; what moves the ledger is one transaction with its voucher."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="lease.enter_disbursement")
    def enter(self, entry: EnterDisbursement) -> Entered:
        with self._database.transaction() as session:
            return enter(session, entry.order, at=entry.at)

    @activity.defn(name="lease.check_disbursement")
    def check(self, step: CheckDisbursement) -> Checked:
        with self._database.transaction() as session:
            row = disbursements.find(session, step.disbursement_id, lock=True)
            found = findings(session, row, step.payee, payment_id=step.payment_id, at=step.at)
            row.findings = [finding.sentence for finding in found]
            row.approved_by = step.approved_by
            if not found:
                disbursements.move(session, row, _released(step))
            return Checked(found)

    @activity.defn(name="lease.note_disbursement")
    def note(self, note: NoteDisbursement) -> None:
        with self._database.transaction() as session:
            row = disbursements.find(session, note.disbursement_id, lock=True)
            news = disbursements.move(session, row, note)
            if news and note.state is DisbursementState.CANCELLED:
                if out := disbursements.payments_out(session, row):
                    raise MoneyMayBeOutError(row.disbursement_id, ", ".join(out))
                bought = _purchase(row, disbursements.contract(session, row.contract_number))
                post_event(session, bought.cancelled(day=business_date(note.at), by=note.by))


def enter(session: Session, order: DisbursementOrder, *, at: datetime) -> Entered:
    """Enter an order once and recognise its purchase; where nobody need look, make the last checks.

    Raises:
        InvalidDisbursementError: no payment can come of it.
        DisbursementExistsError: the id was used for something else.
        UnknownContractError: the contract is not in the books.
        TemplateError: the purchase has no voucher template that fits.
    """
    row = disbursements.find_same(session, order) or _enter_new(session, order, at)
    if row.step > _STEPS_OF_ENTERING:
        return _taken_up(session, row, at)
    entered = Entered(_outsiders(row), _lock_minutes(session, at), by_rules=row.by_rules)
    if not row.by_rules:
        return entered
    found = findings(session, row, disbursements.payee(row), payment_id=row.disbursement_id, at=at)
    row.findings = [finding.sentence for finding in found]
    if not found:
        step = CheckDisbursement(
            row.disbursement_id, 1, row.disbursement_id, disbursements.payee(row), at, "leaseflow"
        )
        disbursements.move(session, row, _released(step))
    return replace(entered, findings=found)


def _taken_up(session: Session, row: DisbursementRow, at: datetime) -> Entered:
    """What the books know of a disbursement whose earlier workflow is gone: rules let it go no more."""
    last = disbursements.last_payment(session, row)
    stopped = Suspicion(row.stopped_by, row.stop_reason, "the books", row.changed_at)
    state = DisbursementState(row.state)
    ended = DisbursementOutcome(row.disbursement_id, state, row.payment_id, row.voucher, row.sentence)
    standing = Standing(
        steps=row.step,
        attempt=last.attempt + last.came_to_nothing,
        payee=disbursements.payee(row),
        corrected_by=row.corrected_by,
        suspicion=stopped if row.stopped_by else None,
        replaces=row.payment_id if last.came_to_nothing else None,
        outcome=ended if state.is_final else None,
    )
    return Entered(_outsiders(row), _lock_minutes(session, at), by_rules=False, standing=standing)


def _outsiders(row: DisbursementRow) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (row.ordered_by, row.captured_by) if name))


def _lock_minutes(session: Session, at: datetime) -> int:
    return parameters.in_force(session, DISBURSEMENT, at).value.lock_minutes


def _enter_new(session: Session, order: DisbursementOrder, at: datetime) -> DisbursementRow:
    _check_possible(order)
    contract = disbursements.contract(session, order.contract_number)
    product = _product(session, contract.product, at)
    business = BusinessType(contract.business)
    cost = purchase_cost(order.amount, business, product.vat_rate)
    bought = Purchase(
        disbursement_id=order.disbursement_id,
        contract_number=order.contract_number,
        business=business,
        amount=order.amount,
        vat=cost.vat,
        payee=order.payee.name,
        day=business_date(at),
    )
    within = order.amount.amount <= product.disburse_by_rules_up_to
    return disbursements.enter(
        session,
        order,
        cost=cost,
        purchase_voucher=post_event(session, bought.recognised()).voucher,
        captured_by=applications.application(session, order.application_id).captured_by,
        by_rules=order.by_rules and within,
        at=at,
    )


def _check_possible(order: DisbursementOrder) -> None:
    """Refuse what would only fail later, at the payment.

    Raises:
        InvalidDisbursementError: naming the field and the value.
    """
    if not PAYMENT_ID.fullmatch(order.disbursement_id + _ROOM_FOR_RETRIES):
        raise InvalidDisbursementError(
            f"disbursement id {order.disbursement_id!r} leaves no room for retries",
            remedy="Take at most 27 capital letters, digits and hyphens: banks carry 30",
        )
    if order.amount.minor <= 0:
        raise InvalidDisbursementError(
            f"amount {order.amount} of {order.disbursement_id} is not above zero",
            remedy="Nothing is paid where nothing is owed",
        )


def _product(session: Session, name: str, at: datetime) -> LeaseProduct:
    products = parameters.in_force(session, LEASE_PRODUCTS, at).value.products
    if name not in products:
        raise InvalidDisbursementError(
            f"product {name!r} of the contract is not in force",
            remedy="See leaseflow params show lease-products",
        )
    return products[name]


def _purchase(row: DisbursementRow, contract: ContractRow) -> Purchase:
    """The purchase as it was recognised, for its mirror."""
    amount = disbursements.amount(row)
    return Purchase(
        disbursement_id=row.disbursement_id,
        contract_number=row.contract_number,
        business=BusinessType(contract.business),
        amount=amount,
        vat=amount - Money(row.cost_minor, row.currency),
        payee=row.payee_name,
        day=business_date(row.ordered_at),
    )


def _released(step: CheckDisbursement) -> NoteDisbursement:
    return NoteDisbursement(
        disbursement_id=step.disbursement_id,
        number=step.number,
        state=DisbursementState.PAYING,
        sentence=f"nothing stands in the way: payment {step.payment_id}",
        at=step.at,
        by=step.approved_by or "leaseflow",
        payment_id=step.payment_id,
    )
