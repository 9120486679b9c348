"""Offers: the plan recomputed on what was approved, kept, and answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from activities.lease.application.products import product_applied_for
from activities.lease.application.terms import agreed_terms
from activities.store.lease import applications, contracts, offers
from activities.store.tables.lease import LeaseApplicationRow, LeaseOfferRow
from models.calendar import business_date
from models.lease.agreed import AgreedTerms
from models.lease.application.conditions import apply_conditions, told
from models.lease.application.form import LeaseForm
from models.lease.application.messages import (
    ApplicationState,
    CloseOffer,
    MakeOffer,
    Offer,
    OfferClosed,
    OfferState,
)
from models.money import Money
from models.parameters.lease import LeaseProduct

_ENDED_BY = {
    OfferState.ACCEPTED: ApplicationState.CONTRACTING,
    OfferState.DECLINED: ApplicationState.DECLINED,
    OfferState.LAPSED: ApplicationState.LAPSED,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """An application that is decided about; its row is locked until the transaction ends."""

    row: LeaseApplicationRow
    form: LeaseForm
    product: LeaseProduct


def subject_of(session: Session, application_id: str) -> Subject:
    """An application with its form, and its product as it was applied for, locked.

    Raises:
        UnknownApplicationError: there is none of this id.
    """
    row = applications.application(session, application_id, lock=True)
    form = applications.form_of(session, application_id)
    return Subject(row, form, product_applied_for(session, application_id, form.product))


def make(session: Session, wish: MakeOffer, subject: Subject) -> Offer:
    """Make the offer of a round once, on the conditions of its approval.

    Where nothing was changed and the form takes that beforehand, it is accepted at once.
    """
    known = offers.offer_of(session, wish.application_id, wish.round)
    if known is not None:
        return offer_as_made(session, known)
    row, form, product = subject.row, subject.form, subject.product
    conditions = wish.approval.conditions
    agreed = agreed_terms(
        apply_conditions(form, conditions), product, business_date(wish.at), conditions=conditions
    )
    made = offers.enter(
        session,
        wish.application_id,
        wish.round,
        terms_sha256=applications.keep_terms(session, agreed),
        conditions=told(conditions, form, product),
        valid_until=wish.at + timedelta(days=product.offer_days),
        by_rules=wish.approval.by_rules,
    )
    _note_made(session, row, wish)
    if form.accept_unchanged and not conditions:
        by = row.captured_by
        _answer(session, row, made, OfferState.ACCEPTED, "taken beforehand, unchanged", by=by, at=wish.at)
    return _told(session, made, agreed)


def close(session: Session, closing: CloseOffer) -> OfferClosed:
    """Enter the answer to an offer; what was answered keeps its first answer."""
    row = applications.application(session, closing.application_id, lock=True)
    made = offers.offer_of(session, closing.application_id, closing.round, lock=True)
    if made is None:
        return OfferClosed()
    _answer(session, row, made, closing.state, closing.reason, by=closing.by, at=closing.at)
    return OfferClosed(row.contract_number or "")


def offer_as_made(session: Session, made: LeaseOfferRow) -> Offer:
    """An offer as people and the workflow read it."""
    return _told(session, made, applications.terms_of(session, made.terms_sha256))


def _told(session: Session, made: LeaseOfferRow, agreed: AgreedTerms) -> Offer:
    rents = agreed.plan.rents
    return Offer(
        application_id=made.application_id,
        terms_sha256=made.terms_sha256,
        instalments=len(rents),
        rent=rents[0].rent,
        total=_total(agreed),
        conditions=agreed.conditions,
        valid_until=made.valid_until,
        changes=tuple(made.conditions),
        by_rules=made.by_rules,
        contract_number=_number(session, made) if made.state == OfferState.ACCEPTED else "",
    )


def _answer(
    session: Session,
    row: LeaseApplicationRow,
    made: LeaseOfferRow,
    state: OfferState,
    reason: str,
    *,
    by: str,
    at: datetime,
) -> None:
    offers.close(session, made, state, by=by, at=at)
    ended = _ENDED_BY.get(OfferState(made.state))
    if ended is None:  # recalled: whoever recalls it says what becomes of the application
        return
    sentence = reason or f"offer {made.state}"
    applications.move(session, row, ended, sentence, key=f"offer-{made.round}-{made.state}", by=by, at=at)
    if made.state == OfferState.ACCEPTED:
        # last: numbers are given one after the other, whoever waits for one waits for this transaction
        row.contract_number = contracts.assign_number(
            session, row.application_id, row.branch, business_date(at)
        )
        session.add(row)


def _note_made(session: Session, row: LeaseApplicationRow, wish: MakeOffer) -> None:
    by_rules = wish.approval.by_rules
    sentence = "approved by rules" if by_rules else f"approved: {wish.approval.reason}".rstrip(": ")
    key = f"offer-{wish.round}"
    applications.move(session, row, ApplicationState.OFFERED, sentence, key=key, at=wish.at)


def _number(session: Session, made: LeaseOfferRow) -> str:
    return applications.application(session, made.application_id).contract_number or ""


def _total(agreed: AgreedTerms) -> Money:
    """Of all rents and fees; what the deposit covers is paid as well, earlier."""
    first, *others = (row.rent + row.fee for row in agreed.plan.rows)
    return sum(others, start=first)
