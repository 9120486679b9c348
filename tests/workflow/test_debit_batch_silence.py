"""A bank that says nothing about a batch for weeks.

A file of its own: a watched mailbox keeps the server from skipping time.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from models.money import Money
from models.payments.messages import BatchState, CloseBatch, ItemState
from tests.factories.treasury import GOOD, Treasury, items

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.bank_fixtures", "tests.factories.treasury_fixtures"]


async def test_a_silent_bank_is_closed_by_a_treasurer_and_nothing_is_tried_again(treasury: Treasury) -> None:
    (due,) = treasury.owe(GOOD)
    _, handle = await treasury.collect()
    await treasury.approve(handle)
    await treasury.reaches(handle, "to answer 1 of 1")
    await treasury.temporal.sleep(timedelta(days=20))
    await treasury.reaches(handle, "or to close the batch")
    command = CloseBatch(treasury.house.actor("xu.bo"), "their line is down, they will call")
    assert await treasury.update(handle, "close", command) is BatchState.CLOSED
    outcome = await handle.result()
    assert items(outcome) == {ItemState.UNANSWERED: 1}
    assert treasury.dues() == {due: "routed"}
    async with treasury.watching():  # it was booked all the while
        async with asyncio.timeout(60):
            while treasury.dues() != {due: "collected"}:
                await treasury.client.service_client.check_health()
    assert treasury.house.balance("1002.02") == Money.of("10000100.00")
