"""Gathering the facts about an application: the form, outside answers, and what the house knows itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from activities.store import parameters
from activities.store.lease import applications, blacklist, dealers, documents, exposure, screening
from activities.store.lease.blacklist import BlacklistHit
from activities.store.tables.lease import LeaseApplicationRow
from models.calendar import business_date
from models.lease.application.form import LeaseForm
from models.lease.documents.faces import FaceVerdict
from models.lease.documents.messages import DocumentKind
from models.lease.parties import PartyKind, PartyRole
from models.lease.screening.blacklist import CONCERNS, Concerns, lookups
from models.lease.screening.exposure import overruns, standings, yuan_over
from models.lease.screening.facts import (
    ApplicationFacts,
    BlacklistFacts,
    DealerFacts,
    ExposureFacts,
    Facts,
    PaperFacts,
)
from models.lease.screening.messages import ScreenApplication
from models.lease.screening.outside import bureau_facts, fraud_facts, parties_asked
from models.lease.screening.papers import FaceSaid, paper_facts
from models.money import Money
from models.parameters.lease import LeaseProduct
from models.parameters.registry import LEASE_EXPOSURE


@dataclass(frozen=True)
class Gathered:
    """Everything that is known, and the blacklist entries behind it."""

    facts: Facts
    hits: tuple[BlacklistHit, ...]


def gather(
    session: Session,
    ask: ScreenApplication,
    row: LeaseApplicationRow,
    form: LeaseForm,
    product: LeaseProduct,
) -> Gathered:
    """The facts of a version and round.

    Limits come last: they hold others back until the transaction ends, see `exposure.reserve`.
    """
    parties = [party.identifier for party in parties_asked(form)]
    heard = screening.answers(session, ask)
    today = business_date(ask.at)
    hits = tuple(blacklist.look_up(session, lookups(form), today=today))
    organisations = [each.identifier for each in form.parties if each.kind is PartyKind.ORGANISATION]
    facts = Facts(
        application=_application(row, form, product),
        bureau=bureau_facts(screening.reports(heard, parties)),
        fraud=fraud_facts(screening.fraud_signs(heard, parties)),
        blacklist=blacklist_facts(hits),
        bills=screening.overdue_acceptances(session, organisations, today=today),
        papers=_papers(session, row, product),
    )
    dealer, exposed = limit_facts(session, row, at=ask.at)
    return Gathered(replace(facts, dealer=dealer, exposure=exposed), hits)


def blacklist_facts(hits: Sequence[BlacklistHit]) -> BlacklistFacts:
    """How many entries fit parties, assets and contacts."""
    counts = dict.fromkeys(Concerns, 0)
    for hit in hits:
        counts[CONCERNS[hit.kind]] += 1
    return BlacklistFacts(counts[Concerns.PARTIES], counts[Concerns.ASSETS], counts[Concerns.CONTACTS])


def limit_facts(
    session: Session, row: LeaseApplicationRow, *, at: datetime
) -> tuple[DealerFacts, ExposureFacts]:
    """Dealer and concentration limits with this application added, reserved until the transaction ends."""
    rules = parameters.in_force(session, LEASE_EXPOSURE, at).value
    lessee = exposure.relation(session, row.lessee_identifier)
    exposure.reserve(session, lessee, dealer=row.dealer)
    financed = Money(row.financed_minor, row.currency)
    others = exposure.outstanding(session, lessee, without=row.application_id)
    return (
        _dealer(session, row, financed),
        overruns(standings(rules, lessee, others), financed),
    )


def _application(row: LeaseApplicationRow, form: LeaseForm, product: LeaseProduct) -> ApplicationFacts:
    return ApplicationFacts(
        product=form.product,
        business=product.business.value,
        lessee=form.lessee.kind.value,
        direct=not form.dealer,
        financed=-(-row.financed_minor // 100),
        instalments=form.financing.instalments,
        down_payment=(row.price_minor - row.financed_minor) * 100 // row.price_minor
        if row.price_minor
        else 0,
        guarantors=sum(party.role is PartyRole.GUARANTOR for party in form.parties),
        used=any(asset.used for asset in form.assets),
    )


def _dealer(session: Session, row: LeaseApplicationRow, financed: Money) -> DealerFacts:
    if not row.dealer:
        return DealerFacts()
    dealer = dealers.find_dealer(session, row.dealer)
    if dealer is None:
        return DealerFacts(status="unknown", rating="unknown", over=None)
    others = exposure.outstanding_of_dealer(session, row.dealer, without=row.application_id)
    return DealerFacts(
        status=dealer.status.value,
        rating=dealer.rating,
        over=yuan_over(others + financed - dealer.limit),
    )


def _papers(session: Session, row: LeaseApplicationRow, product: LeaseProduct) -> PaperFacts:
    financed = Decimal(row.financed_minor) / 100
    wanted = {each.kind for each in product.documents if each.above == 0 or financed > each.above}
    readings = documents.readings_of(session, row.application_id)
    if not readings:
        return paper_facts((), (), wanted)
    photos = any(each.kind is DocumentKind.FACE_PHOTO for each in readings)
    checks = screening.face_checks(session, row.application_id) if photos else []
    faces = [
        FaceSaid(each.of_party, FaceVerdict(each.verdict), by_person=each.similarity is None)
        for each in checks
    ]
    return paper_facts(readings, faces, wanted)


def form_and_row(session: Session, ask: ScreenApplication) -> tuple[LeaseApplicationRow, LeaseForm]:
    """The application and the version of its form that is screened."""
    row = applications.application(session, ask.application_id)
    return row, applications.form_of(session, ask.application_id, ask.version)
