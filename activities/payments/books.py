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
from activities.store.ledger import holds
from activities.store.payments import answers, orders
from activities.store.tables.payments import PaymentRow
from models.payments.banking import BankAnswer, Heard
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
            return checking.reserve(session, step.payment_id, at=step.at)

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
    amount = entry.answer.amount or orders.amount(row)
    posted = post_event(session, returned(row, entry.answer, amount, at=entry.at, by=entry.by))
    if posted.created:
        row.returned_minor += amount.minor
        whole = row.returned_minor >= row.amount_minor
        state = PaymentState.RETURNED if whole else PaymentState.SETTLED
        told = f"{entry.answer.code} {entry.answer.reason}".strip()
        sentence = f"{amount} {amount.currency} came back: {told or 'no reason given'}"
        orders.move(session, row, state, sentence, at=entry.at, by=entry.by)
    return Recorded(PaymentState(row.state), posted.voucher)


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
