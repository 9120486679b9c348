"""What an application needs done. Activities implement these steps; the workflow calls them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

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
from models.lease.screening.messages import OutsideHeard, ScreenApplication, Screened


class ApplicationBooks(ABC):
    """Applications in the database; each step is one transaction and repeats without effect."""

    @activity.defn(name="lease.enter_form")
    @abstractmethod
    def enter_form(self, entry: EnterForm) -> FormEntered:
        """Check a version of the form, compute its plan, and enter both; faults enter nothing."""

    @activity.defn(name="lease.route_approval")
    @abstractmethod
    def route_approval(self, route: RouteApproval) -> Routed:
        """Whom the approval policy asks; where it asks nobody, the rules' own decision and the offer."""

    @activity.defn(name="lease.make_offer")
    @abstractmethod
    def make_offer(self, wish: MakeOffer) -> Offer:
        """Recompute the plan on the approved conditions, and keep the offer."""

    @activity.defn(name="lease.close_offer")
    @abstractmethod
    def close_offer(self, closing: CloseOffer) -> OfferClosed:
        """Enter an acceptance, which gives the contract its number; or that nothing came of the offer."""

    @activity.defn(name="lease.note_state")
    @abstractmethod
    def note_state(self, note: NoteState) -> None:
        """Enter a state, for lists and exposure."""


class OutsideData(ABC):
    """What others know about the parties. Silence and faults are part of the answer."""

    @activity.defn(name="lease.ask_outside")
    @abstractmethod
    async def ask_outside(self, ask: ScreenApplication) -> OutsideHeard:
        """Ask bureau and anti-fraud data about every party, once for each version and round."""


class Screening(ABC):
    """The house's own knowledge and its decision tables."""

    @activity.defn(name="lease.screen")
    @abstractmethod
    def screen(self, ask: ScreenApplication) -> Screened:
        """Gather facts, let the tables decide, keep the trace."""

    @activity.defn(name="lease.recheck")
    @abstractmethod
    def recheck(self, ask: ScreenApplication) -> Screened:
        """Look once more before an offer, at what may have changed: blacklist, exposure, other leases."""
