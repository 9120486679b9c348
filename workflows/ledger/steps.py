"""What the ledger needs done. Activities implement these steps; workflows call them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from models.ledger.seals import Sealed, SealOrder


class LedgerBooks(ABC):
    """The ledger's own housekeeping."""

    @activity.defn(name="ledger.seal")
    @abstractmethod
    def seal(self, order: SealOrder) -> Sealed:
        """Seal every journal that is committed and not sealed yet, and snapshot hot accounts."""

    @activity.defn(name="ledger.expire_holds")
    @abstractmethod
    def expire_holds(self) -> int:
        """Give back holds whose time is over; says how many."""
