"""Applications screened for real: played outside offices, the shipped tables, the house's own lists."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker
from typer.testing import CliRunner

from activities.approval.books import PostgresApprovalBooks
from activities.lease.application.books import PostgresApplications
from activities.store.database import Database
from activities.store.lease import blacklist as blacklist_store
from activities.store.lease import screening
from activities.store.lease.dealers import dealer, enter
from cli import blacklist, dealers
from models.approval.commands import Approve
from models.errors import LeaseflowError
from models.lease.application.messages import ApplicationState
from models.lease.parties import PartyRole
from models.lease.screening.blacklist import BlacklistKind, NewEntry
from models.lease.screening.dealers import DealerStatus
from models.lease.screening.messages import Advice
from models.money import Money
from tests.factories.applications import ApplyingHouse, actor
from tests.factories.approval_post import PlayedPost
from tests.factories.leases import DEALER, LeaseFactory
from tests.factories.played_contract import PlayedContract
from tests.factories.screening import AT, Offices, ScreeningHouse, asking, played_offices
from tests.factories.threads import GRACE, own_threads
from workers.registry import steps_of, workflow_runner
from workflows.approval.approval import Approval
from workflows.lease.application import LeaseApplication
from workflows.queues import Queue

pytestmark = pytest.mark.stack

Leaseflow = Callable[..., Awaitable[str]]
_SEEDS = itertools.count(900)


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    with played_offices(tmp_path_factory.mktemp("offices")) as played:
        played.set_record("bureau", "*", score=780, accounts_now=0, times_over_90_days=0, enquiries_90_days=0)
        clean = {"risk": 3, "known_ring": False, "photo_mismatch": False}
        played.set_record("antifraud", "*", **clean, phone=0, address=0, device=0)
        yield played


@pytest.fixture
def forms() -> LeaseFactory:
    return LeaseFactory(next(_SEEDS), prefix=f"S{next(_SEEDS)}")


@pytest_asyncio.fixture
async def house(
    temporal: WorkflowEnvironment, database: Database, offices: Offices
) -> AsyncIterator[ApplyingHouse]:
    """A house that asks the played offices and decides by the shipped tables."""
    house = ApplyingHouse(database, temporal)
    house.open()
    offices.behave()
    rules = ScreeningHouse(database).rules
    steps = [PostgresApplications(database), PostgresApprovalBooks(database), PlayedPost(), rules]
    async with asking(database, offices.url) as outside, own_threads():
        with ThreadPoolExecutor(4) as threads:
            engine = Worker(
                temporal.client,
                task_queue=Queue.ENGINE,
                workflows=[LeaseApplication, Approval, PlayedContract],
                activities=[step for hand in steps for step in steps_of(hand)],
                activity_executor=threads,
                graceful_shutdown_timeout=GRACE,
                workflow_runner=workflow_runner(),
            )
            asked = Worker(temporal.client, task_queue=Queue.OFFICES, activities=steps_of(outside))
            async with engine, asked:
                yield house


@pytest.fixture
def leaseflow(
    temporal: WorkflowEnvironment, database: Database, monkeypatch: pytest.MonkeyPatch
) -> Leaseflow:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", database.url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.client.service_client.config.target_host)

    async def run(app: object, *arguments: str) -> str:
        invoke = CliRunner(env={"LEASEFLOW_AS": "risk.desk"}).invoke
        result = await asyncio.to_thread(invoke, app, arguments)  # type: ignore[arg-type]
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return run


async def test_a_good_application_passes_by_rules(house: ApplyingHouse, forms: LeaseFactory) -> None:
    form = forms.express()
    await house.reaches(await house.apply(form), ApplicationState.CONTRACTING)
    with house.database.transaction() as session:
        kept = screening.latest(session, form.application_id)
    assert (kept.screened.advice, kept.screened.grade) == (Advice.APPROVE, "A")


async def test_while_the_bureau_is_silent_people_decide(
    house: ApplyingHouse, forms: LeaseFactory, offices: Offices
) -> None:
    offices.misbehave("bureau", kind="error", status=503)
    form = forms.express()
    await house.reaches(await house.apply(form), ApplicationState.APPROVING)
    with house.database.transaction() as session:
        kept = screening.latest(session, form.application_id)
    assert "bureau-unknown" in {reason.rule for reason in kept.screened.reasons}


async def test_over_a_limit_it_is_refused(house: ApplyingHouse, forms: LeaseFactory) -> None:
    with house.database.transaction() as session:
        known = dealer(session, DEALER)
        enter(session, [replace(known, limit=Money.of("50000.00"))], by="gao.ling", reason="test")
    outcome = await house.result(await house.apply(forms.express()))
    assert (outcome.state, outcome.sentence) == (
        ApplicationState.REFUSED,
        "the dealer's limit would be passed by 30000 yuan; a rule refuses it",
    )


async def test_blacklisted_while_in_approval_it_is_stopped_by_the_command_itself(
    house: ApplyingHouse, forms: LeaseFactory, offices: Offices, leaseflow: Leaseflow
) -> None:
    offices.misbehave("bureau", kind="error", status=503)
    guarantor = forms.person(PartyRole.GUARANTOR)
    lessee = forms.person()
    form = forms.express(lessee=lessee, parties=(lessee, guarantor))
    handle = await house.apply(form)
    await house.reaches(handle, ApplicationState.APPROVING)
    told = await leaseflow(blacklist.app, "add", "person", guarantor.identifier, "--reason", "fraud ring")
    assert f"running: {form.application_id}" in told
    outcome = await house.result(handle)
    assert outcome.state is ApplicationState.REFUSED
    assert outcome.sentence == f"{guarantor.name} is blacklisted: fraud ring"


async def test_a_word_that_was_lost_is_made_good_by_the_look_before_the_offer(
    house: ApplyingHouse, forms: LeaseFactory, offices: Offices
) -> None:
    offices.misbehave("bureau", kind="error", status=503)
    form = forms.express()
    handle = await house.apply(form)
    approval_id = (await house.reaches(handle, ApplicationState.APPROVING)).approval_id
    yesterday = AT.date() - timedelta(days=30)
    with house.database.transaction() as session:
        entry = NewEntry(BlacklistKind.PHONE, form.lessee.phone, reason="fraud", from_=yesterday)
        blacklist_store.add(session, entry, by="risk.desk")
    await house.decide(approval_id, "approve", Approve(actor("li.wei"), "known customer"))
    outcome = await house.result(handle)
    assert outcome.state is ApplicationState.REFUSED
    assert "phone of lessee is on the blacklist" in outcome.sentence


async def test_a_dealer_suspended_meanwhile_stops_the_offer(
    house: ApplyingHouse, forms: LeaseFactory, offices: Offices, leaseflow: Leaseflow
) -> None:
    offices.misbehave("bureau", kind="error", status=503)
    form = forms.express()
    handle = await house.apply(form)
    approval_id = (await house.reaches(handle, ApplicationState.APPROVING)).approval_id
    await leaseflow(dealers.app, "set-status", DEALER, DealerStatus.SUSPENDED.value, "--reason", "complaints")
    await house.decide(approval_id, "approve", Approve(actor("li.wei"), "known customer"))
    outcome = await house.result(handle)
    assert (outcome.state, outcome.sentence) == (ApplicationState.REFUSED, "dealer D001 is suspended")
