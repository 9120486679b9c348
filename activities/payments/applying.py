"""Applying one file of a bank: items, vouchers and discrepancies in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlmodel import Session

from activities.ledger.vouchers import post_events
from activities.payments.batches import retry_terms
from activities.payments.hearing import hear, is_ours
from activities.store.payments import applying, debits
from activities.store.payments.applying import Unposted
from activities.store.tables.debits import BankFileRow
from activities.store.tables.payments import PaymentRow
from models.calendar import business_date
from models.ledger.events import BusinessEvent
from models.money import Money
from models.parameters.banks import BankProfile
from models.payments.bank_files.statements import BankFile
from models.payments.banking import BankAnswer, BankSaid, Direction, Heard
from models.payments.file_facts import FileFact, file_facts
from models.payments.messages import BatchState, FileOutcome

_AT_ONCE: Final = 5_000


@dataclass(frozen=True)
class Told:
    """Something that a file says about a single payment."""

    payment_id: str
    answer: BankAnswer


@dataclass(frozen=True)
class MoneyIn:
    """Money that came in and is not about an order of ours."""

    references: tuple[str, ...]
    """What the payer or the bank calls it; the likelier first."""
    amount: Money
    bank_reference: str
    value_date: date | None


@dataclass(frozen=True)
class Applied:
    """What a file changed, and whom to tell."""

    outcome: FileOutcome
    batches: tuple[tuple[str, int], ...] = ()
    """Batches, and how many of their items the file speaks of."""
    payments: tuple[Told, ...] = ()
    incoming: tuple[MoneyIn, ...] = ()


_APPLIED: Final = TypeAdapter(Applied)


def as_json(applied: Applied) -> dict[str, Any]:
    plain: dict[str, Any] = _APPLIED.dump_python(applied, mode="json")
    return plain


def from_json(plain: dict[str, Any]) -> Applied:
    return _APPLIED.validate_python(plain)


def apply(
    session: Session, row: BankFileRow, read: BankFile, profile: BankProfile, *, at: datetime
) -> Applied:
    """Bring a file's facts into the books.

    Args:
        session: one transaction for all of it.
        row: the file.
        read: what it says.
        profile: of its bank.
        at: now.
    """
    facts = list(file_facts(read))
    applying.stage(session, row.bank, facts)
    moved, wrong = applying.move_items(session, row.bank, read.format, at=at)
    _post(session, row.bank, at=at)
    touched = applying.touched_batches(session, row.bank)
    for batch_id in touched:
        _decide_if_closed(session, batch_id, profile, at=at)
    about_payments = applying.payment_references(session, row.bank)
    ours = [fact for fact in facts if fact.reference in about_payments]
    # a word about an order tells more than one about its file
    ours.sort(key=lambda fact: fact.whole_file)
    payments = tuple(_hear(session, row, ours, at=at))
    foreign = applying.unmatched(session, row.bank)
    outcome = FileOutcome(
        name=row.name,
        kind=read.format,
        items=moved,
        payments=len(payments),
        unmatched=len(foreign),
        discrepancies=wrong,
    )
    incoming = tuple(_incoming(facts, foreign))
    return Applied(outcome, tuple(sorted(touched.items())), payments, incoming)


def _incoming(facts: Iterable[FileFact], foreign: frozenset[str]) -> Iterator[MoneyIn]:
    for fact in facts:
        came = fact.credit and not fact.returns and fact.reference in foreign and fact.amount
        if came and (money := fact.money) is not None:
            yield MoneyIn((fact.reference, fact.bank_reference), money, fact.bank_reference, fact.value_date)


def _post(session: Session, bank: str, *, at: datetime) -> None:
    """Post what is not posted yet, thousands at once."""
    while waiting := applying.unposted(session, bank, limit=_AT_ONCE):
        settled = {each.item.reference: event for each in waiting if (event := _settled(each, at))}
        back = {each.item.reference: event for each in waiting if (event := _returned(each, at))}
        posted = post_events(session, [*settled.values(), *back.values()])
        vouchers = {answer.key: answer.voucher for answer in posted}
        applying.note_vouchers(
            session,
            [
                (
                    each.item.batch_id,
                    each.item.item_no,
                    _voucher(vouchers, settled.get(each.item.reference)),
                    _voucher(vouchers, back.get(each.item.reference)),
                )
                for each in waiting
            ],
        )
        session.expire_all()


def _settled(each: Unposted, at: datetime) -> BusinessEvent | None:
    return (
        _event(each, "collection.confirmed", "settled", each.item.value_date, at) if each.settlement else None
    )


def _returned(each: Unposted, at: datetime) -> BusinessEvent | None:
    return (
        _event(each, "collection.returned", "returned", each.item.return_date, at)
        if each.giving_back
        else None
    )


def _event(each: Unposted, event: str, step: str, value_date: date | None, at: datetime) -> BusinessEvent:
    item, batch = each.item, each.batch
    return BusinessEvent(
        event=event,
        product=batch.product,
        key=f"debit/{item.reference}/{step}",
        business_date=business_date(at),
        value_date=value_date or business_date(at),
        amounts={"amount": Money(item.amount_minor, item.currency)},
        branch=item.branch,
        accounts={"bank": batch.ledger_account, "credit": batch.other_account},
        narrative=f"{item.business_reference} {item.debtor_name}",
        reference=item.reference,
        posted_by="leaseflow",
        source=f"debit-batch-{batch.batch_id}",
    )


def _voucher(vouchers: dict[str, str], event: BusinessEvent | None) -> str:
    return vouchers[event.key] if event is not None else ""


def _decide_if_closed(session: Session, batch_id: str, profile: BankProfile, *, at: datetime) -> None:
    """What comes back after a batch was closed is decided at once."""
    batch = debits.find_batch(session, batch_id)
    if batch.state == BatchState.CLOSED:
        debits.decide_dues(session, batch_id, retry_terms(profile, at), at=at)


def _hear(session: Session, file: BankFileRow, facts: Iterable[FileFact], *, at: datetime) -> Iterator[Told]:
    for fact in facts:
        row = is_ours(session, file.bank, fact.reference)
        if row is not None:
            answer = _answer(fact, row, file, at)
            hear(session, row, answer, at=at)
            yield Told(row.payment_id, answer)


def _answer(fact: FileFact, row: PaymentRow, file: BankFileRow, at: datetime) -> BankAnswer:
    """A fact as an answer about a payment: money that goes against its direction has come back."""
    answer = BankAnswer(
        said=fact.said,
        heard=Heard.STATEMENT if file.kind == "camt.053" else Heard.NOTIFICATION,
        bank_reference=fact.bank_reference,
        amount=fact.money,
        value_date=fact.value_date,
        code=fact.code,
        reason=fact.reason,
        heard_at=at,
        evidence=file.sha256,
    )
    if fact.said is BankSaid.SETTLED and fact.booked and answer.amount is None:
        reason = f"booked {fact.booked} {fact.currency}, which our books cannot hold"
        return replace(answer, said=BankSaid.NOTHING, reason=reason)
    inwards = row.direction == Direction.COLLECTION
    against = fact.credit is not None and fact.credit != inwards
    if fact.said is BankSaid.SETTLED and (fact.returns or against):
        return replace(answer, said=BankSaid.RETURNED)
    return answer
