"""Tables and migrations say the same."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from activities.store.database import Database
from activities.store.tables import metadata

pytestmark = pytest.mark.stack


def test_migrations_lead_to_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_nothing_is_pending_after_migrating(database: Database) -> None:
    assert database.pending_migrations() is False
