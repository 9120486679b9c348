"""Receipts in PostgreSQL: every step one transaction with its vouchers."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session
from temporalio import activity

from activities.payments.receipts import moving, refunds
from activities.payments.receipts.entering import ReceiptRules, register
from activities.store.database import Database
from activities.store.payments import receipts
from activities.store.tables.receipts import ReceiptRow
from models.errors import InvalidInputError, RefusedByRuleError
from models.money import CurrencyMismatchError
from models.payments.messages import (
    BounceStep,
    CancelStep,
    CollectedStep,
    ConfirmStep,
    IdentifyStep,
    ReceiptBooked,
    ReceiptOrder,
    ReceiptState,
    RefundApproved,
    RefundStep,
    Refusal,
    ReplaceStep,
    ReverseStep,
)
from workflows.payments.receipt_steps import ReceiptBooks, RefundBooks

Change = Callable[[Session, ReceiptRow, ReceiptRules], tuple[Refusal, ...]]


class LedgerBackedReceipts(ReceiptBooks):
    """Receipts and their vouchers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="receipts.register")
    def register(self, order: ReceiptOrder) -> ReceiptBooked:
        with self._database.transaction() as session:
            return register(session, order, at=activity.info().scheduled_time)

    @activity.defn(name="receipts.confirm")
    def confirm(self, step: ConfirmStep) -> ReceiptBooked:
        def change(session: Session, row: ReceiptRow, rules: ReceiptRules) -> tuple[Refusal, ...]:
            return moving.clear(session, row, rules.channel, step.news, at=step.at)

        return self._change(step.receipt_id, change)

    @activity.defn(name="receipts.bounce")
    def bounce(self, step: BounceStep) -> ReceiptBooked:
        def change(session: Session, row: ReceiptRow, rules: ReceiptRules) -> tuple[Refusal, ...]:
            return moving.bounce(session, row, rules.channel, step.command, at=step.at)

        return self._change(step.receipt_id, change)

    @activity.defn(name="receipts.cancel")
    def cancel(self, step: CancelStep) -> ReceiptBooked:
        def change(session: Session, row: ReceiptRow, _rules: ReceiptRules) -> tuple[Refusal, ...]:
            return moving.cancel(session, row, step.command, at=step.at)

        return self._change(step.receipt_id, change)

    @activity.defn(name="receipts.reverse")
    def reverse(self, step: ReverseStep) -> ReceiptBooked:
        def change(session: Session, row: ReceiptRow, _rules: ReceiptRules) -> tuple[Refusal, ...]:
            return moving.reverse(session, row, step.command, at=step.at)

        return self._change(step.receipt_id, change)

    @activity.defn(name="receipts.identify")
    def identify(self, step: IdentifyStep) -> ReceiptBooked:
        def change(session: Session, row: ReceiptRow, rules: ReceiptRules) -> tuple[Refusal, ...]:
            return moving.identify(session, row, rules.channel, rules.parameters, step.command, at=step.at)

        return self._change(step.receipt_id, change)

    @activity.defn(name="receipts.change_method")
    def change_method(self, step: ReplaceStep) -> ReceiptBooked:
        def change(session: Session, row: ReceiptRow, _rules: ReceiptRules) -> tuple[Refusal, ...]:
            return _replace(session, row, step)

        return self._change(step.receipt_id, change)

    @activity.defn(name="receipts.collected")
    def collected(self, step: CollectedStep) -> ReceiptBooked:
        def change(session: Session, row: ReceiptRow, _rules: ReceiptRules) -> tuple[Refusal, ...]:
            moving.collected(session, row, step.outcome, at=step.at)
            return ()

        return self._change(step.receipt_id, change)

    def _change(self, receipt_id: str, change: Change) -> ReceiptBooked:
        """Change a locked receipt, all of it or nothing, and say where it stands."""
        with self._database.transaction() as session:
            row = receipts.find(session, receipt_id, lock=True)
            rules = ReceiptRules.in_force(session, row.channel, row.received_at)
            refusals = _all_or_nothing(session, row, rules, change)
            posted = receipts.vouchers(session, receipt_id)
            return ReceiptBooked(
                ReceiptState(row.state),
                row.sentence,
                voucher=posted[-1].voucher if posted else "",
                identified=all(part.business_reference for part in receipts.parts(session, receipt_id)),
                refusals=refusals,
            )


class LedgerBackedRefunds(RefundBooks):
    """Refunds payable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="refunds.approve")
    def approve(self, step: RefundStep) -> RefundApproved:
        with self._database.transaction() as session:
            return refunds.approve(session, step)

    @activity.defn(name="refunds.give_up")
    def give_up(self, step: RefundStep) -> None:
        with self._database.transaction() as session:
            refunds.give_up(session, step)


def _all_or_nothing(
    session: Session, row: ReceiptRow, rules: ReceiptRules, change: Change
) -> tuple[Refusal, ...]:
    """Make a change, and undo it when it is refused, by a rule or by the ledger."""
    savepoint = session.begin_nested()
    try:
        refusals = change(session, row, rules)
    except (RefusedByRuleError, InvalidInputError, CurrencyMismatchError) as error:
        refusals = (Refusal("ledger", str(error)),)
    if refusals:
        savepoint.rollback()
    else:
        savepoint.commit()
    return refusals


def _replace(session: Session, row: ReceiptRow, step: ReplaceStep) -> tuple[Refusal, ...]:
    if row.replaced_by == step.order.receipt_id:
        return ()
    if row.state != ReceiptState.RECEIVED:
        return moving.not_open(row, "paid in another way")
    by = step.command.actor.username
    sentence = f"{step.command.reason}: {step.order.receipt_id} by {step.order.channel} stands for it"
    moving.take_back(session, row, ReceiptState.REPLACED, sentence, by=by, at=step.at)
    row.replaced_by = step.order.receipt_id
    return register(session, step.order, at=step.at).refusals
