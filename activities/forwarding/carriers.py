"""The long steps as activities: alive for as long as they run, never two of one box."""

from __future__ import annotations

from temporalio import activity

from activities.forwarding.delivering import OpenTransport, deliver
from activities.forwarding.taking import take_in
from activities.heartbeat import alive
from activities.store.database import Database
from models.forwarding.messages import Flow, MoveMessages
from workflows.forwarding.steps import Carriers


class PartnerCarriers(Carriers):
    """Moves messages between PostgreSQL and partner systems.

    Args:
        database: where both boxes are.
        transports: opens the way to a partner.
    """

    def __init__(self, database: Database, transports: OpenTransport) -> None:
        self._database = database
        self._transports = transports

    @activity.defn(name="forwarding.deliver")
    async def deliver(self, move: MoveMessages) -> Flow:
        async with alive():
            return await deliver(self._database, self._transports, move)

    @activity.defn(name="forwarding.take_in")
    async def take_in(self, move: MoveMessages) -> Flow:
        async with alive():
            return await take_in(self._database, self._transports, move)
