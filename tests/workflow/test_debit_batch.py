"""A batch of debits goes out once and is answered in files, whatever the bank makes of them."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import WorkflowUpdateFailedError

from activities.store.payments import debits
from models.money import Money
from models.payments.messages import BatchDecision, BatchState, CloseBatch, ItemState
from tests.factories.treasury import CLOSED, GOOD, NO_FUNDS, Treasury, items

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.bank_fixtures", "tests.factories.treasury_fixtures"]


async def test_good_and_bad_debits_are_told_apart_and_tie(treasury: Treasury) -> None:
    collected, closed, poor = treasury.owe(GOOD, CLOSED, NO_FUNDS)
    async with treasury.watching():
        _, handle = await treasury.collect()
        await treasury.approve(handle)
        outcome = await handle.result()
    assert outcome.state is BatchState.CLOSED
    assert items(outcome) == {ItemState.SETTLED: 1, ItemState.REJECTED: 2}
    assert (outcome.retried, outcome.routed) == (1, 1)
    assert treasury.dues() == {collected: "collected", closed: "routed", poor: "open"}
    assert treasury.house.balance("1002.02") == Money.of("10000100.00")
    assert treasury.house.balance("1531") == -Money.of("100.00")


async def test_what_is_turned_down_is_due_as_before(treasury: Treasury) -> None:
    (due,) = treasury.owe(GOOD)
    _, handle = await treasury.collect()
    assert await treasury.approve(handle, approved=False) is BatchState.TURNED_DOWN
    assert treasury.dues() == {due: "open"}
    async with treasury.watching():
        _, again = await treasury.collect()
        await treasury.approve(again)
        assert items(await again.result()) == {ItemState.SETTLED: 1}


async def test_who_gathered_a_batch_does_not_approve_it(treasury: Treasury) -> None:
    treasury.owe(GOOD)
    _, handle = await treasury.collect()
    await treasury.reaches(handle, "to approve")
    for username in ("luo.dan", "li.wei"):
        with pytest.raises(WorkflowUpdateFailedError):
            await treasury.update(handle, "decide", BatchDecision(treasury.house.actor(username)))


async def test_nothing_due_is_no_batch(treasury: Treasury) -> None:
    _, handle = await treasury.collect()
    assert (await handle.result()).state is BatchState.EMPTY


async def test_two_batches_never_share_a_due(treasury: Treasury) -> None:
    treasury.owe(*[GOOD] * 50)
    handles = [handle for _, handle in await asyncio.gather(*(treasury.collect() for _ in range(4)))]
    await asyncio.gather(*(treasury.settles(handle) for handle in handles))
    with treasury.house.database.transaction() as session:
        gathered = [row for batch in debits.batches(session) for row in debits.items(session, batch.batch_id)]
    assert len(gathered) == len({row.due_id for row in gathered}) == 50


async def test_a_statement_repeats_what_a_notification_said(treasury: Treasury) -> None:
    treasury.owe(GOOD)
    async with treasury.watching():
        batch_id, handle = await treasury.collect()
        await treasury.approve(handle)
        await handle.result()
        treasury.bank.http.post("/admin/river/end-of-day").raise_for_status()
        treasury.bank.misbehave(answer_twice=True)
        treasury.bank.http.post("/admin/river/end-of-day").raise_for_status()
        await treasury.applied("camt.053")
    assert treasury.house.balance("1002.02") == Money.of("10000100.00")
    assert treasury.open_discrepancies() == []
    assert treasury.items_of(batch_id) == {"settled": 1}


async def test_what_comes_back_after_the_close_is_posted_and_due_again(treasury: Treasury) -> None:
    (due,) = treasury.owe(GOOD)
    async with treasury.watching():
        batch_id, handle = await treasury.collect()
        await treasury.approve(handle)
        await handle.result()
        treasury.bank.post(f"orders/{batch_id}-000001/return", code="AM04")
        async with asyncio.timeout(30):
            while treasury.dues()[due] != "open":
                await handle.describe()
    assert treasury.items_of(batch_id) == {"returned": 1}
    assert treasury.house.balance("1002.02") == Money.of("10000000.00")
    assert treasury.house.balance("1531") == Money.of("0.00")


async def test_a_file_taken_in_part_leaves_the_rest_unanswered(treasury: Treasury) -> None:
    treasury.owe(GOOD, GOOD)
    treasury.bank.misbehave(partial_file={"mode": "items", "items": 1, "next": 1})
    async with treasury.watching():
        _, handle = await treasury.collect()
        await treasury.approve(handle)
        await treasury.reaches(handle, "to answer 1 of 2")
        await treasury.update(handle, "close", CloseBatch(treasury.house.actor("xu.bo"), "never got it"))
        outcome = await handle.result()
    assert items(outcome) == {ItemState.SETTLED: 1, ItemState.UNANSWERED: 1}
    assert treasury.house.balance("1002.02") == Money.of("10000100.00")


async def test_a_bank_that_books_another_amount_is_not_believed(treasury: Treasury) -> None:
    treasury.owe(GOOD)
    treasury.bank.misbehave(wrong_amount={"mode": "booked", "rate": 1.0})
    async with treasury.watching():
        batch_id, handle = await treasury.collect()
        await treasury.approve(handle)
        async with asyncio.timeout(60):
            while not treasury.open_discrepancies():
                await handle.describe()
        await handle.terminate()
    assert [row.kind for row in treasury.open_discrepancies()] == ["amount"]
    assert treasury.items_of(batch_id) == {"taken": 1}
