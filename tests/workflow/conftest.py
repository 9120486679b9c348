"""A Temporal server that skips time: months pass in seconds, everything else is real."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from activities.store.database import Database
from tests.factories.bills import House
from workers.setup import register
from workflows.search_attributes import ALL


@pytest_asyncio.fixture(scope="module")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """A server for each file: what one leaves unfinished keeps a server from skipping time for another."""
    beside = Path(sysconfig.get_path("scripts")) / "temporal-test-server"
    binary = str(beside) if beside.exists() else shutil.which("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=binary, data_converter=pydantic_data_converter
    ) as environment:
        await register(environment.client, ALL)
        yield environment


@pytest.fixture
def database(fresh_database: Database) -> Database:
    """Of each test's own: a scan is compared with everything that is known."""
    return fresh_database


@pytest.fixture
def house(database: Database) -> House:
    return House(database)
