"""Debit batches: gathered, written into order files, counted out and closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session
from temporalio import activity

from activities.heartbeat import alive_in_thread
from activities.payments.checking import Rules
from activities.ports.bank_files import BankFileDesk
from activities.store.database import Database
from activities.store.payments import debits, files
from activities.store.payments.debits import RetryTerms
from activities.store.payments.files import OrderFile
from activities.store.tables.debits import BankFileRow, DebitBatchRow, DebitItemRow
from models.calendar import BusinessCalendar, business_date
from models.errors import InvalidInputError
from models.money import Money
from models.parameters.banks import BankProfile, file_suffix
from models.payments.bank_files.orders import AccountParty, DirectDebitFile, DirectDebitItem
from models.payments.banking import Direction
from models.payments.errors import BatchExistsError
from models.payments.messages import (
    BatchBuilt,
    BatchCount,
    BatchNote,
    BatchOrder,
    BatchOutcome,
    BatchState,
    BatchStep,
    FileMade,
)
from models.payments.verification import bank_terms
from workflows.payments.debit_steps import DebitBooks
from workflows.queues import bank_queue


class SetBasedDebits(DebitBooks):
    """Batches in PostgreSQL.

    Args:
        database: the books.
        desk: writes order files in the bank's format.
    """

    def __init__(self, database: Database, desk: BankFileDesk) -> None:
        self._database = database
        self._desk = desk

    @activity.defn(name="debits.build")
    def build(self, order: BatchOrder) -> BatchBuilt:
        at = activity.info().scheduled_time
        with alive_in_thread(), self._database.transaction() as session:
            rules = Rules.in_force(session, order.bank, at)
            row = debits.known_batch(session, order.batch_id)
            if row is None:
                row = _new_batch(order, rules)
                row.built_at = row.changed_at = at
                limits = rules.profile.limits
                debits.enter_batch(
                    session,
                    row,
                    minimum=Money.of(limits.minimum, row.currency).minor,
                    maximum=Money.of(limits.per_payment, row.currency).minor,
                )
                if not row.items:
                    debits.move(session, row, BatchState.EMPTY, "nothing is due", at=at, by="leaseflow")
            elif (row.bank, row.product, row.collection_date) != (
                order.bank,
                order.product,
                order.collection_date,
            ):
                raise BatchExistsError(order.batch_id)
            opens_at = rules.profile.window.next_opening(at)
            return BatchBuilt(
                items=row.items,
                total=Money(row.total_minor, row.currency),
                left_out=row.left_out,
                opens_at=opens_at if opens_at > at else None,
                terms=bank_terms(rules.profile, version=rules.versions[1], queue=bank_queue(order.bank)),
                answer_days=rules.profile.debits.answer_days,
            )

    @activity.defn(name="debits.note_state")
    def note_state(self, note: BatchNote) -> None:
        with self._database.transaction() as session:
            row = debits.find_batch(session, note.batch_id, lock=True)
            if BatchState(row.state).is_final:
                return
            debits.move(session, row, note.state, note.sentence, at=note.at, by=note.by)
            if note.state is BatchState.TURNED_DOWN:
                debits.set_dues_free(session, note.batch_id, at=note.at)

    @activity.defn(name="debits.make_files")
    def make_files(self, step: BatchStep) -> tuple[FileMade, ...]:
        with alive_in_thread(), self._database.transaction() as session:
            batch = debits.find_batch(session, step.batch_id, lock=True)
            made = files.of_batch(session, step.batch_id)
            if not made:
                rules = Rules.in_force(session, batch.bank, step.at)
                made = self._write(session, batch, rules.profile, step)
            return tuple(
                FileMade(row.file_id, row.name, row.items, Money(row.total_minor, batch.currency))
                for row in made
            )

    @activity.defn(name="debits.count")
    def count(self, step: BatchStep) -> BatchCount:
        with self._database.transaction() as session:
            batch = debits.find_batch(session, step.batch_id)
            return BatchCount(debits.tallies(session, step.batch_id, batch.currency))

    @activity.defn(name="debits.close")
    def close(self, note: BatchNote) -> BatchOutcome:
        with alive_in_thread(), self._database.transaction() as session:
            row = debits.find_batch(session, note.batch_id, lock=True)
            retried, routed = 0, 0
            if not BatchState(row.state).is_final:
                terms = retry_terms(Rules.in_force(session, row.bank, note.at).profile, note.at)
                retried, routed = debits.close_items(session, note.batch_id, terms, at=note.at)
                debits.move(session, row, BatchState.CLOSED, note.sentence, at=note.at, by=note.by)
            tallies = debits.tallies(session, note.batch_id, row.currency)
            return BatchOutcome(note.batch_id, BatchState(row.state), tallies, retried, routed, note.sentence)

    def _write(
        self, session: Session, batch: DebitBatchRow, profile: BankProfile, step: BatchStep
    ) -> list[BankFileRow]:
        size = profile.formats.items_per_file
        made = []
        for number, first in enumerate(range(1, batch.items + 1, size), start=1):
            last = min(first + size - 1, batch.items)
            items = debits.items_in_file(session, batch.batch_id, first=first, last=last)
            message_id = f"{batch.batch_id}-F{number}"
            written = self._desk.write_debits(_order_file(batch, items, profile, message_id), profile)
            file = OrderFile(
                name=message_id + file_suffix(profile.formats.direct_debit),
                kind=profile.formats.direct_debit,
                content=written,
                message_id=message_id,
                batch_id=batch.batch_id,
                items=len(items),
                total_minor=sum(item.amount_minor for item in items),
            )
            made.append(files.enter_order_file(session, batch.bank, file, at=step.at))
            debits.assign_file(session, batch.batch_id, message_id, first=first, last=last)
        return made


def retry_terms(profile: BankProfile, at: datetime) -> RetryTerms:
    """When, and for which reasons, a debit that failed is tried again."""
    rules = profile.debits
    day = business_date(at) + timedelta(days=rules.retry_after_days)
    return RetryTerms(rules.retry_codes, BusinessCalendar().next_business_day(day), rules.tries)


def _new_batch(order: BatchOrder, rules: Rules) -> DebitBatchRow:
    """A batch without items.

    Raises:
        InvalidInputError: the product is not one that is collected.
    """
    product = rules.parameters.products.get(order.product)
    if product is None or product.direction is not Direction.COLLECTION:
        collected = [
            name for name, each in rules.parameters.products.items() if each.direction is Direction.COLLECTION
        ]
        raise InvalidInputError(
            f"product {order.product!r} is not collected", remedy=f"Use one of {', '.join(collected)}"
        )
    return DebitBatchRow(
        batch_id=order.batch_id,
        bank=order.bank,
        product=order.product,
        collection_date=order.collection_date,
        state=BatchState.WAITING_FOR_APPROVAL,
        sentence=f"gathered by {order.ordered_by.username}",
        items=0,
        total_minor=0,
        left_out=0,
        currency=rules.profile.currency,
        ledger_account=rules.profile.ledger_account,
        other_account=product.account,
        profile_version=rules.versions[1],
        ordered_by=order.ordered_by.username,
    )


def _order_file(
    batch: DebitBatchRow, items: list[DebitItemRow], profile: BankProfile, message_id: str
) -> DirectDebitFile:
    return DirectDebitFile(
        message_id=message_id,
        created=batch.built_at,
        initiator=profile.own_name,
        payment_information_id=message_id,
        collection_date=batch.collection_date,
        creditor=AccountParty(profile.own_name, profile.own_account, profile.bank_id),
        creditor_id=profile.debits.creditor_id or profile.own_account,
        items=tuple(
            DirectDebitItem(
                end_to_end_id=item.reference,
                money=Money(item.amount_minor, item.currency),
                debtor=AccountParty(item.debtor_name, item.debtor_account, item.debtor_bank),
                mandate_id=item.mandate,
                mandate_signed=item.mandate_signed,
                remittance=item.business_reference,
            )
            for item in items
        ),
    )
