"""Brings a database and a Temporal namespace to what this version needs; harmless to repeat."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType, SearchAttributeKey
from temporalio.service import RPCError

from activities.ledger.chart import open_chart
from activities.store import people
from activities.store.database import Database
from activities.store.lease.dealers import enter_demo_dealers
from activities.store.ledger.guards import use_bookkeeper
from models.errors import RefusedByRuleError, ServiceUnreachableError
from models.people import SYSTEM
from workers.directory import DEMO_STAFF
from workers.schedules import apply_schedules
from workers.settings import Settings
from workers.temporal import connect
from workflows.search_attributes import ALL

_TYPES = {
    SearchAttributeIndexedValueType.KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    SearchAttributeIndexedValueType.DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    SearchAttributeIndexedValueType.INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
}


async def set_up(settings: Settings, *, invented_staff: bool = False) -> None:
    """Migrate the database, add search attributes, apply schedules.

    Args:
        settings: where they are.
        invented_staff: fill an empty house with people and dealers to try things with.
    """
    database = open_database(settings, pool_size=1)
    try:
        await asyncio.to_thread(_set_up_database, database, invented_staff=invented_staff)
    finally:
        database.close()
    client = await connect(settings)
    await add_search_attributes(client)
    await apply_schedules(client)


class NotSetUpError(ServiceUnreachableError):
    """No database is configured, and none is running."""

    def __init__(self) -> None:
        super().__init__(
            "no database is configured and no embedded stack is running",
            remedy="Start one with leaseflow up, or set LEASEFLOW_DATABASE_URL",
        )


def open_database(settings: Settings, *, pool_size: int = 10) -> Database:
    """The configured database.

    Raises:
        NotSetUpError: none is configured and no embedded stack runs.
    """
    if settings.database_url is None:
        raise NotSetUpError
    return Database(settings.database_url, pool_size=pool_size)


async def add_search_attributes(client: Client) -> None:
    """Add those search attributes that the namespace lacks.

    Raises:
        RefusedByRuleError: this Temporal does not let us (Temporal Cloud does not); says what to add.
    """
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        known = await client.operator_service.list_search_attributes(request)
        missing = [key for key in ALL if key.name not in known.custom_attributes]
        if missing:
            await register(client, missing)
    except RPCError as error:
        wanted = ", ".join(f"{key.name} ({key.indexed_value_type.name.capitalize()})" for key in ALL)
        raise RefusedByRuleError(
            f"search attributes cannot be added to {client.namespace} ({error.message})",
            remedy=f"Add these in the namespace's own administration, then repeat: {wanted}",
        ) from error


async def register(client: Client, keys: Sequence[SearchAttributeKey[Any]]) -> None:
    """Add search attributes that the namespace is known to lack."""
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(
            namespace=client.namespace,
            search_attributes={key.name: _TYPES[key.indexed_value_type] for key in keys},
        )
    )


def _set_up_database(database: Database, *, invented_staff: bool) -> None:
    database.migrate()
    with database.transaction() as session:
        use_bookkeeper(session)
        open_chart(session, opened_by=SYSTEM.username)
    if not invented_staff:
        return
    with database.transaction() as session:
        enter_demo_staff(session)
        enter_demo_dealers(session)


def enter_demo_staff(session: Session) -> None:
    """Enter the people of an empty house, and those whom a later version adds to it.

    A directory with anybody else in it is a house's own, and stays as it is.
    """
    known = {member.username for member in people.staff(session)}
    if known <= {member.username for member in DEMO_STAFF}:
        people.enter_staff(session, [member for member in DEMO_STAFF if member.username not in known])
