"""Applications in PostgreSQL: every step one transaction that repeats without effect."""

from __future__ import annotations

from temporalio import activity

from activities.lease.application import entering, offering, routing
from activities.store.database import Database
from activities.store.lease import applications
from models.lease.application.messages import (
    CloseOffer,
    EnterForm,
    FormEntered,
    MakeOffer,
    NoteState,
    Offer,
    OfferClosed,
    RouteApproval,
    Routed,
)
from workflows.lease.application_steps import ApplicationBooks


class PostgresApplications(ApplicationBooks):
    """The books of applications."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="lease.enter_form")
    def enter_form(self, entry: EnterForm) -> FormEntered:
        with self._database.transaction() as session:
            return entering.enter(session, entry)

    @activity.defn(name="lease.route_approval")
    def route_approval(self, route: RouteApproval) -> Routed:
        with self._database.transaction() as session:
            return routing.route(session, route)

    @activity.defn(name="lease.make_offer")
    def make_offer(self, wish: MakeOffer) -> Offer:
        with self._database.transaction() as session:
            return offering.make(session, wish, offering.subject_of(session, wish.application_id))

    @activity.defn(name="lease.close_offer")
    def close_offer(self, closing: CloseOffer) -> OfferClosed:
        with self._database.transaction() as session:
            return offering.close(session, closing)

    @activity.defn(name="lease.note_state")
    def note_state(self, note: NoteState) -> None:
        with self._database.transaction() as session:
            row = applications.application(session, note.application_id, lock=True)
            key = note.key or f"{note.state}-{row.round}"
            by = note.by or "leaseflow"
            applications.move(session, row, note.state, note.sentence, key=key, at=note.at, by=by)
