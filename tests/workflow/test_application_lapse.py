"""Time passes over an application; in a file of its own, whose server nothing else keeps from skipping."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.store.database import Database
from models.lease.application.messages import ApplicationState
from tests.factories.applications import applying_house
from tests.factories.leases import LeaseFactory

pytestmark = pytest.mark.stack


async def test_an_offer_lapses_after_the_days_of_its_product(
    temporal: WorkflowEnvironment, database: Database
) -> None:
    async with applying_house(temporal, database) as house:
        form = LeaseFactory(1).express(accept_unchanged=False)
        handle = await house.apply(form)
        status = await house.reaches(handle, ApplicationState.OFFERED)
        assert status.offer is not None
        before = await house.now()
        outcome = await handle.result()
        assert outcome.state is ApplicationState.LAPSED
        assert "was not accepted until" in outcome.sentence
        assert timedelta(days=13) < await house.now() - before
        assert house.row(form.application_id).state == "lapsed"
