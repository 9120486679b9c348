"""A terminal's day is reconciled slip by slip; what differs is put before a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.payments.receipts.terminals import block
from activities.store.database import Database
from models.money import Money
from models.payments.messages import (
    CloseTerminalDay,
    DecideDifference,
    ReceiptOrder,
    ReceiptState,
)
from models.payments.receipts.errors import TerminalStateError
from models.payments.receipts.terminals import AcquirerItem, CardTotal, Decision, DifferenceKind
from tests.factories.receipt_counter import Counter, open_counter

pytestmark = pytest.mark.stack

DAY = date(2026, 11, 23)
TERMINAL = "T-0001"


@pytest.fixture
async def counter(temporal: WorkflowEnvironment, database: Database) -> AsyncIterator[Counter]:
    async with open_counter(temporal, database) as opened:
        yield opened


def slip(counter: Counter, trace_no: str, amount: str, card_type: str = "debit") -> ReceiptOrder:
    return counter.house.receipt(
        "pos", amount, external_reference=trace_no, terminal=TERMINAL, card_type=card_type
    )


def item(trace_no: str, amount: str, fee: str | None = None) -> AcquirerItem:
    return AcquirerItem(trace_no, Money.of(amount), fee=Money.of(fee) if fee else None)


async def test_a_day_with_a_missing_a_doubled_and_an_unknown_slip(counter: Counter) -> None:
    day = await counter.open_terminal(TERMINAL, DAY)
    good, doubled, missing = [
        await counter.take(slip(counter, trace_no, amount))
        for trace_no, amount in (("000001", "1000.00"), ("000002", "500.00"), ("000003", "300.00"))
    ]
    items = (
        item("000001", "1000.00", "3.00"),
        item("000002", "500.00"),
        item("000002", "500.00"),
        item("000009", "77.00"),
    )
    answer = await counter.say(day, "close", CloseTerminalDay(counter.cashier, items=items))
    kinds = {each.number: each.kind for each in answer.differences}
    assert kinds == {1: DifferenceKind.DOUBLED, 2: DifferenceKind.MISSING, 3: DifferenceKind.UNKNOWN}
    await counter.reaches(good, ReceiptState.CLEARED)
    await counter.reaches(doubled, ReceiptState.CLEARED)
    # the fee that the acquirer named, and half a percent of 500.00
    assert counter.balances("1012.02", "1002.01", "6603.01") == ["300.00", "1494.50", "5.50"]
    cashier = DecideDifference(counter.cashier, 2, Decision.CANCEL, "not me")
    assert "may not decide" in await counter.refused(day, "decide", cashier)
    nobody = DecideDifference(counter.treasurer, 3, Decision.CONFIRM, "?")
    assert "names no slip" in await counter.refused(day, "decide", nobody)
    await counter.say(day, "decide", DecideDifference(counter.treasurer, 1, Decision.NOTED, "claimed"))
    await counter.say(day, "decide", DecideDifference(counter.treasurer, 2, Decision.CANCEL, "declined"))
    await counter.say(day, "decide", DecideDifference(counter.treasurer, 3, Decision.NOTED, "another shop's"))
    outcome = await day.result()
    assert (outcome.receipts, outcome.differences) == (2, 3)
    assert (await missing.result()).state is ReceiptState.CANCELLED
    assert counter.balances("1012.02", "1531") == ["0.00", "-1500.00"]


async def test_totals_that_tie_confirm_by_card_type_and_a_file_settles_the_rest(counter: Counter) -> None:
    day = await counter.open_terminal(TERMINAL, DAY)
    debit = await counter.take(slip(counter, "000001", "1000.00"))
    credit = await counter.take(slip(counter, "000002", "500.00", "credit"))
    totals = (CardTotal(1, Money.of("1000.00"), "debit"), CardTotal(2, Money.of("600.00"), "credit"))
    answer = await counter.say(day, "close", CloseTerminalDay(counter.cashier, totals))
    assert [each.kind for each in answer.differences] == [DifferenceKind.TOTAL]
    await counter.reaches(debit, ReceiptState.CLEARED)
    items = (item("000001", "1000.00"), item("000002", "500.00"))
    answer = await counter.say(day, "close", CloseTerminalDay(counter.cashier, items=items))
    assert answer.differences == ()
    await counter.reaches(credit, ReceiptState.CLEARED)
    assert (await day.result()).receipts == 2
    assert counter.balances("1012.02", "1531") == ["0.00", "-1500.00"]


async def test_a_blocked_or_closed_terminal_takes_nothing(counter: Counter) -> None:
    await counter.open_terminal(TERMINAL, DAY)
    with counter.house.database.transaction() as session:
        block(session, TERMINAL, blocked=True, reason="seal", by="he.ting", at=datetime.now(UTC))
    refused = await (await counter.start(slip(counter, "000001", "10.00"))).result()
    assert refused.state is ReceiptState.REFUSED
    assert "is blocked" in refused.sentence
    with counter.house.database.transaction() as session:
        block(session, TERMINAL, blocked=False, reason="mended", by="he.ting", at=datetime.now(UTC))
    closed = await (await counter.start(slip(counter, "000002", "10.00"))).result()
    assert "is closed" in closed.sentence
    with counter.house.database.transaction() as session, pytest.raises(TerminalStateError):
        block(session, TERMINAL, blocked=False, reason="again", by="he.ting", at=datetime.now(UTC))
