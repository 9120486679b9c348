"""Disbursements in the database: entered once, moved from step to step, never deleted."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.payments.orders import NOTHING_MOVES
from activities.store.tables.contracts import ContractConditionRow, ContractPaperRow, ContractRow
from activities.store.tables.disbursements import DisbursementEventRow, DisbursementRow
from activities.store.tables.payments import PaymentRow
from models.errors import InvalidInputError
from models.lease.disbursement.errors import DisbursementExistsError, UnknownDisbursementError
from models.lease.disbursement.messages import DisbursementOrder, DisbursementState, NoteDisbursement
from models.lease.disbursement.vouchers import PurchaseCost
from models.money import Money
from models.payments.banking import BankAccount
from models.payments.messages import PaymentState

_ORDER = TypeAdapter(DisbursementOrder)
_UNDECIDED: Final = frozenset(
    {DisbursementState.WAITING_FOR_REVIEW, DisbursementState.SENT_BACK, DisbursementState.STOPPED}
)
"""States in which no review holds."""


class UnknownContractError(InvalidInputError):
    """No contract has this number."""

    def __init__(self, contract_number: str) -> None:
        super().__init__(
            f"contract {contract_number!r} does not exist", remedy="See leaseflow contracts list"
        )


def request_hash(order: DisbursementOrder) -> str:
    """SHA-256 of what is asked for; who asks is no part of it."""
    return hashlib.sha256(_ORDER.dump_json(order, exclude={"ordered_by"})).hexdigest()


def find(session: Session, disbursement_id: str, *, lock: bool = False) -> DisbursementRow:
    """A disbursement.

    Raises:
        UnknownDisbursementError: there is none of this id.
    """
    row = session.get(DisbursementRow, disbursement_id, with_for_update=lock)
    if row is None:
        raise UnknownDisbursementError(disbursement_id)
    return row


def find_same(session: Session, order: DisbursementOrder) -> DisbursementRow | None:
    """The disbursement that an order stands for already; None when it is new.

    Raises:
        DisbursementExistsError: the id was used for something else.
    """
    row = session.get(DisbursementRow, order.disbursement_id)
    if row is not None and row.request_hash != request_hash(order):
        raise DisbursementExistsError(order.disbursement_id, _difference(row, order))
    return row


def enter(
    session: Session,
    order: DisbursementOrder,
    *,
    cost: PurchaseCost,
    purchase_voucher: str,
    captured_by: str,
    by_rules: bool,
    at: datetime,
) -> DisbursementRow:
    """Enter an order that is new, waiting for its review."""
    row = DisbursementRow(
        disbursement_id=order.disbursement_id,
        request_hash=request_hash(order),
        contract_number=order.contract_number,
        application_id=order.application_id,
        dealer=order.dealer,
        branch=order.branch,
        payee_name=order.payee.name,
        payee_account=order.payee.number,
        payee_bank=order.payee.bank,
        amount_minor=order.amount.minor,
        currency=order.amount.currency,
        bank=order.bank,
        purpose=order.purpose,
        by_rules=by_rules,
        cost_minor=cost.cost.minor,
        purchase_voucher=purchase_voucher,
        state=DisbursementState.WAITING_FOR_REVIEW,
        sentence="ordered",
        step=0,
        ordered_by=order.ordered_by.username,
        captured_by=captured_by,
        ordered_at=at,
        changed_at=at,
    )
    session.add(row)
    session.flush()  # the event points at it
    _keep_event(session, row, step=0, by=order.ordered_by.username, at=at)
    return row


def move(session: Session, row: DisbursementRow, note: NoteDisbursement) -> bool:
    """Enter where a disbursement stands; gives whether it was news.

    A step that was entered before changes nothing; one that comes after a later one enters its event only.
    """
    known = session.execute(
        select(col(DisbursementEventRow.event_id)).where(
            col(DisbursementEventRow.disbursement_id) == row.disbursement_id,
            col(DisbursementEventRow.step) == note.number,
        )
    ).scalar_one_or_none()
    if known is not None:
        return False
    if note.number > row.step:
        _overwrite(row, note)
        session.add(row)
    _keep_event(
        session, row, step=note.number, by=note.by, at=note.at, state=note.state, sentence=note.sentence
    )
    return True


def _overwrite(row: DisbursementRow, note: NoteDisbursement) -> None:
    row.state, row.sentence, row.step, row.changed_at = note.state, note.sentence, note.number, note.at
    row.payment_id = note.payment_id or row.payment_id
    row.voucher = note.voucher or row.voucher
    row.recovery = note.recovery or row.recovery
    row.locked_by = note.lock.holder if note.lock else ""
    row.locked_until = note.lock.until if note.lock else None
    row.stopped_by = note.suspicion.by if note.suspicion else ""
    row.stop_reason = note.suspicion.reason if note.suspicion else ""
    if note.state in _UNDECIDED:
        row.approved_by = ""
    if note.payee is not None and note.payee != payee(row):
        row.payee_name, row.payee_account, row.payee_bank = (
            note.payee.name,
            note.payee.number,
            note.payee.bank,
        )
        row.corrected_by = note.by


def _keep_event(
    session: Session,
    row: DisbursementRow,
    *,
    step: int,
    by: str,
    at: datetime,
    state: str = "",
    sentence: str = "",
) -> None:
    session.execute(
        insert(DisbursementEventRow)
        .values(
            disbursement_id=row.disbursement_id,
            step=step,
            state=state or row.state,
            sentence=sentence or row.sentence,
            by=by,
            at=at,
        )
        .on_conflict_do_nothing(index_elements=["disbursement_id", "step"])
    )


def amount(row: DisbursementRow) -> Money:
    return Money(row.amount_minor, row.currency)


def payee(row: DisbursementRow) -> BankAccount:
    return BankAccount(row.payee_account, row.payee_name, row.payee_bank)


# ---------------------------------------------------------------- what the last checks must know


def payments_out(session: Session, row: DisbursementRow, *, besides: str = "") -> list[str]:
    """Payments of a disbursement that moved money or may still, each in a sentence.

    Args:
        session: the transaction.
        row: of the disbursement; its first payment has its id, those after it ``R`` and their number more.
        besides: a payment that does not count.
    """
    found = session.execute(
        select(col(PaymentRow.payment_id), col(PaymentRow.state))
        .where(
            col(PaymentRow.business_reference) == row.contract_number,
            col(PaymentRow.payment_id).regexp_match(f"^{re.escape(row.disbursement_id)}(R[0-9]+)?$"),
            col(PaymentRow.payment_id) != besides,
            col(PaymentRow.state).not_in((*NOTHING_MOVES, PaymentState.RETURNED)),
        )
        .order_by(col(PaymentRow.requested_at))
    )
    return [f"payment {payment_id} is {state}" for payment_id, state in found]


@dataclass(frozen=True, slots=True)
class LastPayment:
    """Of the payments of a disbursement, the one that was let go last."""

    attempt: int
    """Counted from one, also where there was none."""
    came_to_nothing: bool


def last_payment(session: Session, row: DisbursementRow) -> LastPayment:
    """What became of the payment that the books name."""
    attempt = int(row.payment_id.removeprefix(row.disbursement_id).removeprefix("R") or 1)
    payment = session.get(PaymentRow, row.payment_id) if row.payment_id else None
    return LastPayment(attempt, payment is not None and payment.state in NOTHING_MOVES)


@dataclass(frozen=True, slots=True)
class ContractStanding:
    """A contract as the last checks see it."""

    row: ContractRow
    unsigned: tuple[str, ...]
    """Papers that still lack a signature."""
    unmet: tuple[str, ...]
    """Labels of conditions precedent that are not met."""
    disbursed: Money
    """Of all its disbursements that are not cancelled."""


def contract(session: Session, contract_number: str) -> ContractRow:
    """A contract.

    Raises:
        UnknownContractError: there is none of this number.
    """
    row = session.get(ContractRow, contract_number)
    if row is None:
        raise UnknownContractError(contract_number)
    return row


def contract_standing(session: Session, contract_number: str) -> ContractStanding:
    """What a contract's papers, conditions and disbursements say now; its row is locked meanwhile.

    Raises:
        UnknownContractError: there is none of this number.
    """
    row = session.get(ContractRow, contract_number, with_for_update=True, populate_existing=True)
    if row is None:
        raise UnknownContractError(contract_number)
    unsigned = session.execute(
        select(col(ContractPaperRow.title)).where(
            col(ContractPaperRow.contract_number) == contract_number,
            col(ContractPaperRow.state) == "signing",
        )
    )
    unmet = session.execute(
        select(col(ContractConditionRow.label))
        .where(
            col(ContractConditionRow.contract_number) == contract_number,
            col(ContractConditionRow.met_at).is_(None),
        )
        .order_by(col(ContractConditionRow.position))
    )
    total = session.execute(
        select(func.coalesce(func.sum(col(DisbursementRow.amount_minor)), 0)).where(
            col(DisbursementRow.contract_number) == contract_number,
            col(DisbursementRow.state) != DisbursementState.CANCELLED,
        )
    ).scalar_one()
    return ContractStanding(
        row, tuple(unsigned.scalars()), tuple(unmet.scalars()), Money(int(total), row.currency)
    )


def cost_of_contract(session: Session, contract_number: str) -> Money:
    """What the purchases for a contract put into the books as asset: the ``cost`` of ``lease.started``.

    Raises:
        UnknownContractError: there is none of this number.
    """
    currency = contract(session, contract_number).currency
    total = session.execute(
        select(func.coalesce(func.sum(col(DisbursementRow.cost_minor)), 0)).where(
            col(DisbursementRow.contract_number) == contract_number,
            col(DisbursementRow.state) != DisbursementState.CANCELLED,
        )
    ).scalar_one()
    return Money(int(total), currency)


def _difference(row: DisbursementRow, order: DisbursementOrder) -> str:
    pairs = {
        "contract": (row.contract_number, order.contract_number),
        "amount": (amount(row), order.amount),
        "account": (row.payee_account, order.payee.number),
        "bank": (row.bank, order.bank),
    }
    return ", ".join(name for name, (stored, asked) in pairs.items() if stored != asked) or "content"
