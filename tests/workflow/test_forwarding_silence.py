"""A partner that never answers for its day; alone, since time is skipped only while no step runs."""

from __future__ import annotations

from datetime import date

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.store.database import Database
from models.forwarding.messages import ConsistencyOrder
from tests.factories.forwarding import ForwardingHouse, forwarding_workers, http_profile
from workflows.forwarding.consistency import ConsistencyCheck

pytestmark = pytest.mark.stack
ENGINE = "engine-silence-test"


async def test_a_partner_that_never_answers_is_named(
    database: Database, temporal: WorkflowEnvironment
) -> None:
    ForwardingHouse(database).enter(http_profile("http://127.0.0.1:9"))
    async with forwarding_workers(temporal.client, database, ENGINE):
        outcome = await temporal.client.execute_workflow(
            ConsistencyCheck.run,
            ConsistencyOrder("finance", date(2026, 11, 20)),
            id="check-silent",
            task_queue=ENGINE,
        )
    assert [each.partition(":")[0] for each in outcome.silent] == ["finance"]
    assert outcome.sentence.startswith("0 partners compared; no difference; not compared: finance")
