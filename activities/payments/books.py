"""A payment's entries: the order, its state, the money set aside for it and its vouchers."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session
from temporalio import activity

from activities.ledger.vouchers import capture_event, post_event
from activities.payments import checking
from activities.payments.events import returned, settled
from activities.payments.hearing import Concerns, weigh
from activities.store.database import Database
from activities.store.ledger import holds, posting
from activities.store.payments import answers, discrepancies, orders
from activities.store.tables.payments import PaymentRow
from models.money import Money
from models.payments.banking import BankAnswer, Heard
from models.payments.errors import ReturnRefusedError
from models.payments.messages import (
    Accepted,
    PaymentOrder,
    PaymentState,
    PaymentStep,
    Recorded,
    RecordReturn,
    SettlePayment,
    StateNote,
)
from workflows.payments.steps import PaymentBooks


class LedgerBackedBooks(PaymentBooks):
    """Books in PostgreSQL; what moves money is one transaction with its voucher."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="payments.accept")
    def accept(self, order: PaymentOrder) -> Accepted:
        with self._database.transaction() as session:
            return checking.accept(session, order, at=activity.info().scheduled_time)

    @activity.defn(name="payments.reserve")
    def reserve(self, step: PaymentStep) -> Accepted:
        with self._database.transaction() as session:
            return checking.reserve(session, step.payment_id, at=step.at, decided_by=step.decided_by)

    @activity.defn(name="payments.note_state")
    def note_state(self, note: StateNote) -> None:
        with self._database.transaction() as session:
            row = orders.find(session, note.payment_id, lock=True)
            if PaymentState(row.state).is_final:
                return
            if note.state.is_final:
                _set_free(session, row, note.sentence)
            orders.move(session, row, note.state, note.sentence, at=note.at, by=note.by)

    @activity.defn(name="payments.settle")
    def settle(self, settlement: SettlePayment) -> Recorded:
        answer = settlement.answer
        with self._database.transaction() as session:
            row = orders.find(session, settlement.payment_id, lock=True)
            if PaymentState(row.state) not in {PaymentState.SETTLED, PaymentState.RETURNED}:
                _keep_persons_word(session, row, answer, settlement.at)
                _settle(session, row, answer, settlement.at)
            return Recorded(PaymentState(row.state), row.voucher or "")

    @activity.defn(name="payments.record_return")
    def record_return(self, entry: RecordReturn) -> Recorded:
        with self._database.transaction() as session:
            row = orders.find(session, entry.payment_id, lock=True)
            return _record_return(session, row, entry)

    @activity.defn(name="payments.weigh_late")
    def weigh_late(self, entry: RecordReturn) -> Recorded:
        with self._database.transaction() as session:
            row = orders.find(session, entry.payment_id, lock=True)
            if weigh(session, row, entry.answer, at=entry.at) is Concerns.RETURN:
                return _record_return(session, row, entry)
            return Recorded(PaymentState(row.state), row.voucher or "")


def _record_return(session: Session, row: PaymentRow, entry: RecordReturn) -> Recorded:
    """Post a return once; one that cannot be is refused to a person, and a discrepancy of a bank."""
    answer = entry.answer
    amount = answer.amount or orders.amount(row)
    event = returned(row, answer, amount, at=entry.at, by=entry.by)
    if posting.find_order(session, event.key) is not None:
        return Recorded(PaymentState(row.state))
    if fault := _return_fault(row, amount):
        if answer.heard is Heard.PERSON:
            raise ReturnRefusedError(row.payment_id, fault)
        discrepancies.enter(session, row, "impossible-return", fault, answer=answer, at=entry.at)
        return Recorded(PaymentState(row.state))
    posted = post_event(session, event)
    row.returned_minor += amount.minor
    whole = row.returned_minor == row.amount_minor
    told = f"{answer.code} {answer.reason}".strip()
    sentence = f"{amount} {amount.currency} came back: {told or 'no reason given'}"
    state = PaymentState.RETURNED if whole else PaymentState.SETTLED
    orders.move(session, row, state, sentence, at=entry.at, by=entry.by)
    return Recorded(state, posted.voucher)


def _return_fault(row: PaymentRow, amount: Money) -> str:
    """Why this amount cannot have come back; empty when it can."""
    if row.state not in {PaymentState.SETTLED, PaymentState.RETURNED}:
        return f"the payment is {row.state}: nothing of it can come back"
    left = orders.money(row, row.amount_minor - row.returned_minor)
    if amount.minor <= 0 or left < amount:
        return f"{amount} cannot come back: {left} of {orders.amount(row)} is out"
    return ""


def _settle(session: Session, row: PaymentRow, answer: BankAnswer, at: datetime) -> None:
    event = settled(row, answer, at=at)
    key = checking.hold_key(row.payment_id)
    posted = capture_event(session, event, hold_key=key) if row.reserved_minor else post_event(session, event)
    row.voucher = posted.voucher
    row.bank_reference = answer.bank_reference or None
    row.fee_minor = answer.fee.minor if answer.fee else 0
    row.value_date = event.value_date
    orders.move(session, row, PaymentState.SETTLED, f"booked by the bank, voucher {posted.voucher}", at=at)


def _set_free(session: Session, row: PaymentRow, reason: str) -> None:
    if row.reserved_minor:
        holds.void(session, key=checking.hold_key(row.payment_id), reason=reason)


def _keep_persons_word(session: Session, row: PaymentRow, answer: BankAnswer, at: datetime) -> None:
    if answer.heard is Heard.PERSON:
        answers.keep(session, row.bank, row.payment_id, answer, at=at)
        row.decided_by = answer.reason.partition(":")[0]
