"""Gathering the facts about an application: the form, outside answers, and what the house knows itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlmodel import Session

from activities.store.lease import applications, blacklist, documents, exposure, screening
from activities.store.lease.blacklist import BlacklistHit
from activities.store.lease.exposure import Standing
from activities.store.tables.lease import LeaseApplicationRow
from models.calendar import business_date
from models.lease.application.form import LeaseForm
from models.lease.documents.faces import FaceVerdict
from models.lease.documents.messages import DocumentKind
from models.lease.documents.reading import DocumentReading
from models.lease.parties import PartyKind, PartyRole
from models.lease.screening.blacklist import CONCERNS, Concerns, lookups
from models.lease.screening.dealers import Dealer
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
from models.parameters.exposure import ExposureParameters
from models.parameters.lease import LeaseProduct


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
    *,
    product: LeaseProduct,
    limits: ExposureParameters,
) -> Gathered:
    """The facts of a version and round.

    Limits come last: they hold others back until the transaction ends, see `exposure.reserve`.
    """
    parties = [party.identifier for party in parties_asked(form)]
    standing = exposure.standing(session, row.application_id)
    heard = screening.answers(session, ask)
    today = business_date(ask.at)
    hits = tuple(blacklist.look_up(session, lookups(form), today=today))
    organisations = [each for each in form.parties if each.kind is PartyKind.ORGANISATION]
    facts = Facts(
        application=_application(row, form, product),
        bureau=bureau_facts(screening.reports(heard, parties)),
        fraud=fraud_facts(screening.fraud_signs(heard, parties)),
        blacklist=blacklist_facts(hits),
        bills=screening.overdue_acceptances(session, organisations, today=today),
        papers=_papers(session, row, product, there=standing.has_papers),
    )
    dealer, exposed = limit_facts(session, row, standing, limits)
    return Gathered(replace(facts, dealer=dealer, exposure=exposed), hits)


def blacklist_facts(hits: Sequence[BlacklistHit]) -> BlacklistFacts:
    """How many entries fit parties, assets and contacts."""
    counts = dict.fromkeys(Concerns, 0)
    for hit in hits:
        counts[CONCERNS[hit.kind]] += 1
    return BlacklistFacts(counts[Concerns.PARTIES], counts[Concerns.ASSETS], counts[Concerns.CONTACTS])


def limit_facts(
    session: Session, row: LeaseApplicationRow, standing: Standing, limits: ExposureParameters
) -> tuple[DealerFacts, ExposureFacts]:
    """Dealer and concentration limits with this application added, reserved until the transaction ends."""
    lessee = standing.lessee
    exposure.reserve(session, lessee, dealer=row.dealer)
    financed = Money(row.financed_minor, row.currency)
    others = exposure.outstanding(session, lessee, dealer=row.dealer, without=row.application_id)
    return (
        _dealer(row, standing.dealer, others.dealer + financed),
        overruns(standings(limits, lessee, others), financed),
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


def _dealer(row: LeaseApplicationRow, dealer: Dealer | None, outstanding: Money) -> DealerFacts:
    if not row.dealer:
        return DealerFacts()
    if dealer is None:
        return DealerFacts(status="unknown", rating="unknown", over=None)
    return DealerFacts(
        status=dealer.status.value, rating=dealer.rating, over=yuan_over(outstanding - dealer.limit)
    )


def _papers(session: Session, row: LeaseApplicationRow, product: LeaseProduct, *, there: bool) -> PaperFacts:
    financed = Decimal(row.financed_minor) / 100
    wanted = {each.kind for each in product.documents if each.above == 0 or financed > each.above}
    if not there:
        return paper_facts((), (), wanted)
    readings = documents.readings_of(session, row.application_id)
    return paper_facts(readings, faces_said(session, row.application_id, readings), wanted)


def faces_said(session: Session, application_id: str, readings: Sequence[DocumentReading]) -> list[FaceSaid]:
    """What was said of the photos and cards that stand now, the latest last.

    A verdict on pictures that were replaced since says nothing of those that replaced them.
    """
    if not any(each.kind is DocumentKind.FACE_PHOTO for each in readings):
        return []
    shown = {each.sha256 for each in readings if each.current}
    return [
        FaceSaid(each.of_party, FaceVerdict(each.verdict), by_person=each.similarity is None)
        for each in screening.face_checks(session, application_id)
        if {each.photo_sha256, each.portrait_sha256} <= shown
    ]


def form_and_row(session: Session, ask: ScreenApplication) -> tuple[LeaseApplicationRow, LeaseForm]:
    """The application and the version of its form that is screened."""
    row = applications.application(session, ask.application_id)
    return row, applications.form_of(session, ask.application_id, ask.version)
