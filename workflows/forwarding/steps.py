"""What store-and-forward needs done. Activities implement these steps; workflows call them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from models.forwarding.messages import (
    CheckDay,
    ConsistencyOrder,
    DayChecked,
    Flow,
    MoveMessages,
    PauseNote,
    Redriven,
    RedriveNote,
)


class Carriers(ABC):
    """Long steps that move messages. Served on a queue of their own: each holds a slot for an hour."""

    @activity.defn(name="forwarding.deliver")
    @abstractmethod
    async def deliver(self, move: MoveMessages) -> Flow:
        """Deliver in order, and wait for more, until the situation is another than the known one."""

    @activity.defn(name="forwarding.take_in")
    @abstractmethod
    async def take_in(self, move: MoveMessages) -> Flow:
        """Fetch, store and handle in order, until the situation is another than the known one."""


class ForwardingDesk(ABC):
    """Short steps on both boxes; each repeats without effect."""

    @activity.defn(name="forwarding.note_pause")
    @abstractmethod
    def note_pause(self, note: PauseNote) -> None:
        """Enter that deliveries are paused, or go on; whoever delivers notices at once."""

    @activity.defn(name="forwarding.redrive_outbox")
    @abstractmethod
    def redrive_outbox(self, note: RedriveNote) -> Redriven:
        """Drive dead letters for a partner again, or let those behind them pass."""

    @activity.defn(name="forwarding.redrive_inbox")
    @abstractmethod
    def redrive_inbox(self, note: RedriveNote) -> Redriven:
        """The same with dead letters that a partner sent."""

    @activity.defn(name="forwarding.days_to_check")
    @abstractmethod
    def days_to_check(self, order: ConsistencyOrder) -> tuple[CheckDay, ...]:
        """Which partners are compared, and on which day."""

    @activity.defn(name="forwarding.check_day")
    @abstractmethod
    async def check_day(self, check: CheckDay) -> DayChecked:
        """Compare a day's books with a partner's, and drive again what is missing there."""
