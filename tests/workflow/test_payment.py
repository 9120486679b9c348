"""A payment settles once, fails cleanly, or is put before a person; whatever the bank does."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.adapters.banks.http import HttpBank
from activities.adapters.banks.opening import open_service
from activities.payments.books import LedgerBackedBooks
from activities.payments.desk import ServiceDesk
from activities.store.database import Database
from activities.store.payments import discrepancies
from activities.store.tables.payments import BankDiscrepancyRow
from cli.payments.order import first_cause
from models.calendar import SHANGHAI
from models.money import Money
from models.parameters.banks import BankProfile, Inquiry, Window
from models.payments.banking import BankAccount, BankAnswer, BankSaid, Heard
from models.payments.messages import (
    Cancellation,
    PaymentAnswer,
    PaymentOrder,
    PaymentOutcome,
    PaymentState,
    Recorded,
    RecordReturn,
    Release,
    Resolution,
)
from models.people import Actor, Role
from tests.contract.bank_site import BankSite, Evidence, PlayedBank, http_profile, http_secrets, now
from tests.factories.payments import PayingHouse
from tests.factories.threads import own_threads
from workers.registry import steps_of, workflow_runner
from workflows.payments.payment import Payment
from workflows.payments.returning import PaymentReturn
from workflows.queues import bank_queue

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.bank_fixtures"]

OPENING = Money.of("10000000.00")
QUEUE = "engine-test"


@dataclass
class Counter:
    """A paying house with its workers running, and the played bank on the other side."""

    house: PayingHouse
    temporal: WorkflowEnvironment
    bank: PlayedBank
    profile: BankProfile

    @property
    def client(self) -> Client:
        return self.temporal.client

    async def pay(self, order: PaymentOrder) -> WorkflowHandle[Payment, PaymentOutcome]:
        return await self.client.start_workflow(
            Payment.run, order, id=f"payment-{order.payment_id}", task_queue=QUEUE
        )

    async def paid(self, order: PaymentOrder, *, skipping: bool = False) -> PaymentOutcome:
        """The outcome; time runs as it does outside unless the story waits for hours."""
        handle = await self.pay(order)
        if skipping:
            return await handle.result()
        with self.temporal.auto_time_skipping_disabled():
            return await handle.result()

    async def come_back(self, order: PaymentOrder, answer: BankAnswer) -> str:
        """The state after a return, or why there is none."""
        entry = RecordReturn(order.payment_id, answer, datetime.now(UTC))
        key = f"payment-return-{uuid.uuid4().hex}"
        try:
            recorded: Recorded = await self.client.execute_workflow(
                PaymentReturn.run, entry, id=key, task_queue=QUEUE
            )
        except WorkflowFailureError as error:
            return first_cause(error)
        return recorded.state.value

    def discrepancies(self) -> list[BankDiscrepancyRow]:
        with self.house.database.transaction() as session:
            return discrepancies.listed(session)

    async def update(self, handle: WorkflowHandle[Payment, PaymentOutcome], name: str, command: Any) -> Any:
        return await handle.execute_update(name, command, id=uuid.uuid4().hex, result_type=PaymentState)

    async def reaches(self, handle: WorkflowHandle[Payment, PaymentOutcome], waiting_for: str) -> None:
        """The workflow waits for this; asked at the pace of the server's answers."""
        async with asyncio.timeout(30):
            status = await handle.query(Payment.status)
            while waiting_for not in status.waiting_for:
                status = await handle.query(Payment.status)

    @property
    def own_balance(self) -> Money:
        """Of the bank's account in our ledger."""
        return self.house.balance(self.profile.ledger_account)

    def bookings(self, order: PaymentOrder) -> list[str]:
        """What the bank has in its own books about an order."""
        return [entry["amount"] for entry in self.bank.books(reference=order.payment_id)]


@asynccontextmanager
async def _workers(client: Client, database: Database, service: HttpBank) -> AsyncIterator[None]:
    books = LedgerBackedBooks(database)
    desk = ServiceDesk(database, lambda _profile: service)
    with ThreadPoolExecutor(4) as threads:
        engine = Worker(
            client,
            task_queue=QUEUE,
            workflows=[Payment, PaymentReturn],
            activities=steps_of(books),
            activity_executor=threads,
            workflow_runner=workflow_runner(),
        )
        bank = Worker(client, task_queue=bank_queue("harbour"), activities=steps_of(desk))
        async with own_threads(), engine, bank:
            yield


@pytest.fixture
async def counter(
    temporal: WorkflowEnvironment, database: Database, banks: BankSite, evidence: Evidence
) -> AsyncIterator[Counter]:
    house = PayingHouse(database)
    profile = http_profile(banks).model_copy(update={"inquiry": Inquiry(pauses_seconds=(0.2,))})
    house.open(profile)
    service = open_service(profile, http_secrets(banks), evidence.keep, now)
    async with _workers(temporal.client, database, service):
        yield Counter(house, temporal, banks.harbour, profile)
    await service.close()


# ---------------------------------------------------------------- the bank behaves


async def test_a_payment_is_settled_and_posted_with_its_fee(counter: Counter) -> None:
    counter.bank.settings(fee="5.00")
    order = counter.house.order("1234.50")
    outcome = await counter.paid(order)
    assert outcome.state is PaymentState.SETTLED
    assert outcome.voucher.endswith("/000001")
    row = counter.house.payment(order.payment_id)
    assert (row.state, row.fee_minor, row.voucher) == ("settled", 500, outcome.voucher)
    assert counter.own_balance == OPENING - Money.of("1239.50")
    assert counter.house.balance("2202") == Money.of("1234.50")
    assert counter.house.balance("6603.01") == Money.of("5.00")
    assert counter.house.holds() == []


async def test_a_collection_brings_money_in(counter: Counter) -> None:
    order = counter.house.order("800.00", product="rent", mandate="M-1")
    assert (await counter.paid(order)).state is PaymentState.SETTLED
    assert counter.own_balance == OPENING + Money.of("800.00")
    assert counter.house.balance("1531") == -Money.of("800.00")


async def test_what_is_taken_first_is_asked_for_until_it_is_booked(counter: Counter) -> None:
    counter.bank.settings(settle_seconds=0.5)
    order = counter.house.order()
    assert (await counter.paid(order)).state is PaymentState.SETTLED
    assert counter.house.states(order.payment_id) == ["reserved", "instructed", "settled"]


async def test_what_a_bank_returns_is_posted_back_once(counter: Counter) -> None:
    order = counter.house.order("700.00")
    await counter.paid(order)
    answer = BankAnswer(BankSaid.RETURNED, Heard.STATEMENT, "R-1", Money.of("700.00"), code="AC04")
    entry = RecordReturn(order.payment_id, answer, datetime.now(UTC))
    for run in (1, 2):
        recorded: Recorded = await counter.client.execute_workflow(
            PaymentReturn.run, entry, id=f"payment-return-{order.payment_id}-{run}", task_queue=QUEUE
        )
        assert recorded.state is PaymentState.RETURNED
    assert counter.own_balance == OPENING
    assert counter.house.payment(order.payment_id).returned_minor == 70_000


@pytest.mark.parametrize(
    ("amount", "fault"), [("700.01", "700.00 of 700.00 is out"), ("0.00", "cannot come back")]
)
async def test_no_more_comes_back_than_went_out(counter: Counter, amount: str, fault: str) -> None:
    order = counter.house.order("700.00")
    await counter.paid(order)
    outcome = await counter.come_back(
        order, BankAnswer(BankSaid.RETURNED, Heard.PERSON, "R-1", Money.of(amount))
    )
    assert fault in outcome
    assert counter.own_balance == OPENING - Money.of("700.00")


async def test_a_bank_that_returns_what_never_went_out_is_put_before_a_person(counter: Counter) -> None:
    order = counter.house.order("700.00", business_reference="")
    assert (await counter.paid(order)).state is PaymentState.REFUSED
    word = BankAnswer(BankSaid.RETURNED, Heard.PERSON, "R-1", Money.of("700.00"))
    assert "refused: nothing of it can come back" in await counter.come_back(order, word)
    assert await counter.come_back(order, replace(word, heard=Heard.STATEMENT)) == "refused"
    assert counter.own_balance == OPENING
    assert [row.kind for row in counter.discrepancies()] == ["impossible-return"]


# ---------------------------------------------------------------- the bank misbehaves


async def test_a_booking_whose_answer_was_lost_is_found_and_not_repeated(counter: Counter) -> None:
    counter.bank.misbehave(timeout_after_booking={"next": 1})
    order = counter.house.order()
    assert (await counter.paid(order)).state is PaymentState.SETTLED
    assert counter.house.states(order.payment_id) == ["reserved", "unknown", "instructed", "settled"]
    assert counter.bookings(order) == ["1234.50"]
    sent = [each["method"] for each in counter.bank.requests(reference=order.payment_id)]
    assert sent == ["POST", "GET"]


async def test_an_order_that_never_arrived_is_sent_again_after_the_banks_promise(counter: Counter) -> None:
    counter.bank.misbehave(timeout_before_booking={"next": 1})
    order = counter.house.order()
    assert (await counter.paid(order, skipping=True)).state is PaymentState.SETTLED
    assert counter.bookings(order) == ["1234.50"]
    absent = [each for each in counter.house.told("harbour", order.payment_id) if each.said == "unheard-of"]
    first, last = absent[0].heard_at, absent[-1].heard_at
    assert first is not None
    assert last is not None
    promise = timedelta(seconds=counter.profile.inquiry.unheard_of_final_seconds)
    assert last - first >= promise - timedelta(seconds=2)


async def test_a_bank_that_books_twice_is_never_sent_to_twice(counter: Counter) -> None:
    rules = counter.profile.rules.model_copy(update={"idempotent": False})
    counter.house.change(counter.profile.model_copy(update={"rules": rules}))
    counter.bank.misbehave(timeout_before_booking={"next": 1})
    order = counter.house.order()
    outcome = await counter.paid(order, skipping=True)
    assert outcome.state is PaymentState.FAILED
    assert counter.bookings(order) == []
    assert (counter.own_balance, counter.house.holds()) == (OPENING, [])


async def test_a_rejection_is_confirmed_and_frees_the_money(counter: Counter) -> None:
    counter.bank.misbehave(reject="100%")
    order = counter.house.order()
    outcome = await counter.paid(order)
    assert outcome.state is PaymentState.FAILED
    assert (counter.own_balance, counter.house.holds()) == (OPENING, [])
    assert {each.heard for each in counter.house.told("harbour", order.payment_id)} == {
        Heard.INSTRUCTION,
        Heard.INQUIRY,
    }


async def test_a_contradiction_is_put_before_a_treasurer_with_both_answers(counter: Counter) -> None:
    counter.bank.misbehave(contradict={"mode": "rejected", "next": 1})
    order = counter.house.order()
    handle = await counter.pay(order)
    await counter.reaches(handle, "contradicts itself")
    status = await handle.query(Payment.status)
    assert status.state is PaymentState.CONTRADICTED
    assert {each.said for each in status.answers} == {BankSaid.REJECTED, BankSaid.SETTLED}
    cashier = Resolution(counter.house.actor("luo.dan"), PaymentAnswer.FAILED, "sure")
    with pytest.raises(WorkflowUpdateFailedError):
        await counter.update(handle, "resolve", cashier)
    word = Resolution(counter.house.actor("he.ting"), PaymentAnswer.SETTLED, "seen on the statement", "HB-1")
    await counter.update(handle, "resolve", word)
    assert (await handle.result()).state is PaymentState.SETTLED
    assert counter.own_balance == OPENING - Money.of("1234.50")
    assert counter.house.payment(order.payment_id).decided_by == "he.ting"


async def test_another_amount_than_ordered_is_a_contradiction(counter: Counter) -> None:
    counter.bank.misbehave(wrong_amount={"mode": "answer", "rate": 1.0})
    handle = await counter.pay(counter.house.order())
    await counter.reaches(handle, "ordered 1234.50")
    counter.bank.behave()
    await counter.update(
        handle, "resolve", Resolution(counter.house.actor("he.ting"), PaymentAnswer.ASK_AGAIN, "called them")
    )
    assert (await handle.result()).state is PaymentState.SETTLED


async def test_silence_goes_to_a_person_when_patience_ends(counter: Counter) -> None:
    patience = Inquiry(pauses_seconds=(600,), give_up_hours=2)
    counter.house.change(counter.profile.model_copy(update={"inquiry": patience}))
    counter.bank.misbehave(error_500={"rate": 1.0, "mode": "before"})
    order = counter.house.order()
    handle = await counter.pay(order)
    await counter.temporal.sleep(timedelta(hours=2, minutes=1))
    await counter.reaches(handle, "nothing definite for 2 hours")
    assert counter.house.payment(order.payment_id).state == "unknown"
    await counter.update(
        handle,
        "resolve",
        Resolution(counter.house.actor("xu.bo"), PaymentAnswer.FAILED, "their branch says no"),
    )
    assert (await handle.result()).state is PaymentState.FAILED
    assert counter.house.holds() == []


# ---------------------------------------------------------------- our own rules and people


async def test_a_large_payment_waits_for_a_second_person(counter: Counter) -> None:
    order = counter.house.order("250000.00", ordered_by=counter.house.actor("he.ting"))
    handle = await counter.pay(order)
    await counter.reaches(handle, "a treasurer other than he.ting")
    with pytest.raises(WorkflowUpdateFailedError):
        await counter.update(handle, "release", Release(counter.house.actor("he.ting")))
    await counter.update(handle, "release", Release(counter.house.actor("xu.bo")))
    assert (await handle.result()).state is PaymentState.SETTLED


async def test_what_is_not_released_is_cancelled(counter: Counter) -> None:
    handle = await counter.pay(counter.house.order("250000.00"))
    await counter.reaches(handle, "to release")
    refusal = Release(counter.house.actor("xu.bo"), granted=False, note="wrong account")
    assert await counter.update(handle, "release", refusal) is PaymentState.CANCELLED
    assert "wrong account" in (await handle.result()).reason


async def test_a_payment_is_cancelled_before_the_bank_booked_it(counter: Counter) -> None:
    counter.bank.settings(settle_seconds=3600.0)
    order = counter.house.order()
    handle = await counter.pay(order)
    await counter.reaches(handle, "to say what became")
    command = Cancellation(counter.house.actor("luo.dan"), "ordered twice")
    assert await counter.update(handle, "cancel", command) is PaymentState.CANCELLED
    assert (counter.bookings(order), counter.house.holds()) == ([], [])


async def test_a_payment_cancelled_while_it_is_being_reserved_never_leaves(counter: Counter) -> None:
    order = counter.house.order()
    command = Cancellation(counter.house.actor("luo.dan"), "ordered twice")
    start = WithStartWorkflowOperation(
        Payment.run,
        order,
        id=f"payment-{order.payment_id}",
        task_queue=QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    # both arrive in the first task, before the books have answered anything
    said = await counter.client.execute_update_with_start_workflow(
        Payment.cancel, command, start_workflow_operation=start
    )
    assert said is PaymentState.CANCELLED
    assert (counter.bookings(order), counter.house.holds()) == ([], [])


async def test_after_the_cut_off_it_waits_for_the_next_day(counter: Counter) -> None:
    started = await counter.temporal.get_current_time()
    cut_off = (started.astimezone(SHANGHAI) - timedelta(minutes=1)).time()
    closed = Window(opens=time(0, 0), cut_off=cut_off)
    counter.house.change(counter.profile.model_copy(update={"window": closed}))
    order = counter.house.order()
    outcome = await counter.paid(order, skipping=True)
    assert outcome.state is PaymentState.SETTLED
    assert counter.house.states(order.payment_id)[0] == "waiting-for-window"
    row = counter.house.payment(order.payment_id)
    assert row.business_date == started.astimezone(SHANGHAI).date() + timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"amount": Money.of("60000000.00"), "product": "disbursement"}, "over the limit"),
        ({"amount": Money.of("0.00")}, "is under"),
        ({"counterparty": BankAccount("6222020000000000009", "x")}, "cannot be right"),
        ({"product": "lottery"}, "is not one of"),
        ({"amount": Money.of("99999.00", "USD")}, "takes CNY"),
        ({"business_reference": ""}, "business reference is empty"),
        ({"product": "rent"}, "needs the debtor's mandate"),
        ({"ordered_by": Actor("li.wei", (Role.OFFICER,))}, "li.wei may not order payments"),
        ({"replaces": "P-NONE"}, "P-NONE is unknown"),
    ],
)
async def test_our_own_rules_refuse_before_the_bank_hears(
    counter: Counter, changes: dict[str, Any], rule: str
) -> None:
    order = counter.house.order(**changes)
    outcome = await counter.paid(order)
    assert outcome.state is PaymentState.REFUSED
    assert rule in outcome.reason
    assert counter.bank.requests(reference=order.payment_id) == []


async def test_money_that_is_not_there_is_not_promised(counter: Counter) -> None:
    release = Release(counter.house.actor("xu.bo"))
    first = await counter.pay(counter.house.order("9000000.00"))
    await counter.reaches(first, "to release")
    await counter.update(first, "release", release)
    assert (await first.result()).state is PaymentState.SETTLED
    second = await counter.pay(counter.house.order("2000000.00"))
    await counter.reaches(second, "to release")
    assert await counter.update(second, "release", release) is PaymentState.REFUSED
    assert "1002.01" in (await second.result()).reason


async def test_a_duplicate_is_refused_unless_it_is_meant(counter: Counter) -> None:
    first = counter.house.order("50.00", business_reference="INV-7")
    await counter.paid(first)
    second = counter.house.order("50.00", business_reference="INV-7")
    outcome = await counter.paid(second)
    assert first.payment_id in outcome.reason
    third = counter.house.order("50.00", business_reference="INV-7", even_if_duplicate=True)
    assert (await counter.paid(third)).state is PaymentState.SETTLED
