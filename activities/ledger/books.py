"""The ledger's housekeeping in PostgreSQL: sealing, snapshots, expired holds."""

from __future__ import annotations

from datetime import UTC, datetime

from temporalio import activity

from activities.store.database import Database
from activities.store.ledger import holds, seals
from models.ledger.seals import BLOCK_LIMIT, Sealed, SealOrder
from workflows.ledger.steps import LedgerBooks


class PostgresLedgerBooks(LedgerBooks):
    """Housekeeping of every book in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="ledger.seal")
    def seal(self, order: SealOrder) -> Sealed:
        return seal_everything(self._database, snapshot_every=order.snapshot_every)

    @activity.defn(name="ledger.expire_holds")
    def expire_holds(self) -> int:
        with self._database.transaction() as session:
            return holds.expire(session, datetime.now(UTC))


def seal_everything(database: Database, *, snapshot_every: int = SealOrder().snapshot_every) -> Sealed:
    """Seal block after block, each in its own transaction, until nothing committed is left."""
    blocks = journals = 0
    while True:
        with database.transaction() as session:
            sealed = seals.seal_journals(session)
        blocks, journals = blocks + sealed.blocks, journals + sealed.journals
        if sealed.journals < BLOCK_LIMIT:
            break
    with database.transaction() as session:
        snapshots = seals.take_snapshots(session, every=snapshot_every) if blocks else 0
    return Sealed(blocks, journals, sealed.head, snapshots)
