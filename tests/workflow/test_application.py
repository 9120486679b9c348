"""An application goes from its form to a contract, or to a definite no; nobody says what is not theirs."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

import pytest
from sqlmodel import Session
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from activities.store import parameters
from activities.store.database import Database
from activities.store.lease import applications, offers
from cli.house import first_cause
from models.approval.commands import Approve, Reject, Return
from models.approval.messages import Condition
from models.approval.workflow_ids import approval_workflow
from models.lease.application.form import Financing
from models.lease.application.messages import (
    Accept,
    ApplicationState,
    Blacklisted,
    Decline,
    DocumentAdded,
    Revise,
    Submit,
    WithdrawApplication,
)
from models.lease.contract.messages import ContractState
from models.lease.documents.messages import DocumentKind, DocumentRead
from models.lease.screening.messages import Advice, Reason, Screened
from models.lease.trouble import RetryStep
from models.lease.workflow_ids import contract_workflow
from models.money import Money
from models.parameters.lease import LeaseProduct, LeaseProducts
from models.parameters.registry import LEASE_PRODUCTS
from models.people import Actor, Role
from tests.factories.applications import TO_PEOPLE, ApplyingHouse, Handle, actor, applying_house
from tests.factories.leases import LeaseFactory

pytestmark = pytest.mark.stack

REFUSED = Screened(Advice.REFUSE, "D", (Reason("blacklist", Advice.REFUSE, "lessee is blacklisted"),), "")


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    """One for the file, as its Temporal server is: contract numbers, which name workflows, are given once."""
    database = Database(database_url, pool_size=8)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
async def house(temporal: WorkflowEnvironment, database: Database) -> AsyncIterator[ApplyingHouse]:
    async with applying_house(temporal, database) as opened:
        yield opened


@pytest.fixture
def forms(request: pytest.FixtureRequest) -> LeaseFactory:
    """Ids of this test's own: tests of a file share a Temporal server."""
    seed = crc32(request.node.name.encode())
    return LeaseFactory(seed, prefix=f"T{seed}")


async def offered(house: ApplyingHouse, forms: LeaseFactory, **changes: Any) -> tuple[Handle, str]:
    """An application whose offer waits, and the hash of the offer's terms."""
    handle = await house.apply(forms.express(**({"accept_unchanged": False} | changes)))
    status = await house.reaches(handle, ApplicationState.OFFERED)
    assert status.offer is not None
    return handle, status.offer.terms_sha256


async def asked(house: ApplyingHouse, forms: LeaseFactory, **changes: Any) -> tuple[Handle, str]:
    """An application that people decide, and the id of its approval."""
    house.rules.screened = TO_PEOPLE
    handle = await house.apply(forms.express(**changes))
    status = await house.reaches(handle, ApplicationState.APPROVING)
    return handle, status.approval_id


def enter_products(session: Session, products: dict[str, LeaseProduct], effective_from: datetime) -> None:
    """The house's products from an instant on."""
    value = LeaseProducts(products=products).model_dump(mode="json")
    parameters.change(
        session, LEASE_PRODUCTS, value, effective_from=effective_from, changed_by="test", reason="test"
    )


# ---------------------------------------------------------------- to a contract


async def test_rules_carry_an_application_straight_to_its_contract(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    form = forms.express()
    handle = await house.apply(form)
    status = await house.reaches(handle, ApplicationState.CONTRACTING)
    assert status.offer is not None
    assert status.offer.total == Money.of("88491.96")
    await house.end_contract(status.contract_number)
    outcome = await house.result(handle)
    assert (outcome.state, outcome.contract_number) == (ApplicationState.ACTIVE, status.contract_number)
    assert house.states(form.application_id) == ["screening", "offered", "contracting", "active"]
    row = house.row(form.application_id)
    assert (row.state, row.contract_number, row.grade) == ("active", status.contract_number, "A")


async def test_an_unchanged_offer_waits_for_the_dealer_unless_it_was_taken_beforehand(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    handle, terms = await offered(house, forms)
    status = await house.say(handle, "accept", Accept(actor("deng.chao"), terms))
    assert status.state is ApplicationState.CONTRACTING
    assert status.contract_number.startswith("SH-")


async def test_people_approve_on_conditions_that_the_offer_shows(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    handle, approval_id = await asked(house, forms)
    conditions = (Condition("instalments", "12"), Condition("financed", "60000.00"))
    await house.decide(approval_id, "approve", Approve(actor("li.wei"), "shorter", conditions))
    status = await house.reaches(handle, ApplicationState.OFFERED)
    assert status.offer is not None
    assert status.offer.instalments == 12
    assert status.offer.changes == (
        "Rents 12 instead of 24",
        "Financed amount 60000.00 instead of 80000.00",
    )
    with house.database.transaction() as session:
        agreed = applications.terms_of(session, status.offer.terms_sha256)
    assert (agreed.down_payment, agreed.plan.financed) == (Money.of("40000.00"), Money.of("60000.00"))
    status = await house.say(handle, "accept", Accept(actor("deng.chao"), status.offer.terms_sha256))
    await house.end_contract(status.contract_number)
    assert (await house.result(handle)).state is ApplicationState.ACTIVE


async def test_an_offer_is_what_was_applied_for_though_its_product_became_dearer_meanwhile(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    left_out = Financing(instalments=24)  # rate and down payment are the product's
    handle, approval_id = await asked(house, forms, financing=left_out)
    application_id = handle.id.removeprefix("lease-")
    shipped = LeaseProducts().products
    dearer = shipped["vehicle-express"].model_copy(
        update={
            "rate": shipped["vehicle-express"].rate.model_copy(update={"default": Decimal("0.12")}),
            "down_payment": shipped["vehicle-express"].down_payment.model_copy(
                update={"default": Decimal("0.4")}
            ),
        }
    )
    with house.database.transaction() as session:
        entered = applications.form_entered_at(session, application_id)
        enter_products(session, shipped | {"vehicle-express": dearer}, entered + timedelta(microseconds=1))
    try:
        await house.decide(approval_id, "approve", Approve(actor("li.wei")))
        status = await house.reaches(handle, ApplicationState.CONTRACTING)
    finally:
        with house.database.transaction() as session:
            enter_products(session, shipped, entered + timedelta(microseconds=2))
    with house.database.transaction() as session:
        offer = offers.newest(session, application_id)
        assert offer is not None
        agreed = applications.terms_of(session, offer.terms_sha256)
        row = applications.application(session, application_id)
    assert agreed.plan.rate == Decimal("0.0988")
    assert agreed.plan.financed == applications.financed(row)
    await house.end_contract(status.contract_number)


async def test_the_rules_refer_to_people_what_its_grade_alone_would_let_pass(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    house.rules.screened = replace(TO_PEOPLE, grade="A")
    handle = await house.apply(forms.express())
    status = await house.reaches(handle, ApplicationState.APPROVING)
    assert status.waiting_for == f"approval {status.approval_id}"


async def test_a_return_for_rework_makes_it_a_draft_that_knows_who_decided(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    form = forms.express()
    house.rules.screened = TO_PEOPLE
    handle = await house.apply(form)
    first = (await house.reaches(handle, ApplicationState.APPROVING)).approval_id
    await house.decide(first, "return", Return(actor("li.wei"), "draft", "which lorry?"))
    status = await house.reaches(handle, ApplicationState.DRAFT)
    assert (status.round, "which lorry?" in status.waiting_for) == (2, True)
    lorry = replace(form.assets[0], description="一汽解放 J6P 6x4")
    status = await house.say(handle, "revise", Revise(actor("deng.chao"), replace(form, assets=(lorry,))))
    assert status.version == 2
    await house.say(handle, "submit", Submit(actor("deng.chao")))
    second = (await house.until(handle, lambda each: each.approval_id not in {"", first})).approval_id
    await house.decide(second, "approve", Approve(actor("zhang.min"), "now it is clear"))
    assert [each.username for each in house.approval_request(second).decided_before] == ["li.wei"]
    await house.reaches(handle, ApplicationState.CONTRACTING)
    assert house.states(form.application_id) == [
        "screening", "approving", "draft", "draft", "screening", "approving", "offered", "contracting",
    ]  # fmt: skip
    assert [(ask.version, ask.round) for ask in house.rules.asked] == [(1, 1), (2, 2)]


# ---------------------------------------------------------------- papers


async def test_missing_papers_refuse_the_submission_by_name_and_doubts_are_shown(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    house.papers.needed = ("invoice", "resident-id")
    handle = await house.apply(forms.form(), submit=True)
    status = await house.reaches(handle, ApplicationState.DRAFT)
    assert status.missing == ("invoice", "resident-id")
    await add(handle, DocumentKind.INVOICE)
    told = await house.refusal(handle, "submit", Submit(actor("deng.chao")))
    assert told.startswith("IncompleteApplicationError")
    assert "lacks resident-id" in told
    await add(handle, DocumentKind.RESIDENT_ID)
    status = await house.say(handle, "submit", Submit(actor("deng.chao")))
    assert status.state is not ApplicationState.DRAFT
    assert [each.doubts for each in status.documents] == [("blurred",), ("blurred",)]


async def test_a_submission_waits_for_papers_that_are_being_read(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    house.papers.needed = ("invoice",)
    house.papers.hold.clear()
    handle = await house.apply(forms.form(), submit=False)
    await house.reaches(handle, ApplicationState.DRAFT)
    reading = asyncio.create_task(add(handle, DocumentKind.INVOICE))
    await house.until(handle, lambda status: bool(status.reading))
    submitting = asyncio.create_task(house.say(handle, "submit", Submit(actor("deng.chao"))))
    house.papers.hold.set()
    assert (await submitting).state is not ApplicationState.DRAFT
    await reading


async def test_what_is_decided_on_stays_as_it_is(house: ApplyingHouse, forms: LeaseFactory) -> None:
    handle, _ = await asked(house, forms)
    told = await house.refusal(handle, "add_document", document(DocumentKind.INVOICE))
    assert "is approving and cannot be given another invoice" in told
    await add(handle, DocumentKind.INSURANCE)
    told = await house.refusal(handle, "revise", Revise(actor("deng.chao"), forms.express()))
    assert "is approving and cannot be revised" in told


# ---------------------------------------------------------------- no


async def test_rules_refuse_with_their_reasons(house: ApplyingHouse, forms: LeaseFactory) -> None:
    house.rules.screened = REFUSED
    form = forms.express()
    outcome = await house.result(await house.apply(form))
    assert (outcome.state, outcome.sentence) == (ApplicationState.REFUSED, "lessee is blacklisted")
    assert house.row(form.application_id).sentence == "lessee is blacklisted"


async def test_a_rejection_ends_it_and_frees_its_asset(house: ApplyingHouse, forms: LeaseFactory) -> None:
    form = forms.express()
    house.rules.screened = TO_PEOPLE
    handle = await house.apply(form)
    approval_id = (await house.reaches(handle, ApplicationState.APPROVING)).approval_id
    taken = forms.express(assets=form.assets)
    assert f"the asset is in application {form.application_id}" in await failure(await house.apply(taken))
    await house.decide(approval_id, "reject", Reject(actor("li.wei"), "too little income"))
    outcome = await house.result(handle)
    assert (outcome.state, outcome.sentence) == (ApplicationState.REFUSED, "too little income")
    again = await house.apply(taken)
    await house.reaches(again, ApplicationState.APPROVING)


async def test_a_form_with_faults_enters_nothing_and_leaves_its_id_free(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    form = forms.express()
    faulty = replace(form, dealer="D999", financing=replace(form.financing, instalments=99))
    told = await failure(await house.apply(faulty))
    assert "there is no dealer of this code" in told
    assert "the number of rents must be 6 to 36" in told
    await house.reaches(await house.apply(form), ApplicationState.CONTRACTING)


async def test_a_revision_with_faults_leaves_the_version_in_force(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    form = forms.express()
    handle = await house.apply(form, submit=False)
    await house.reaches(handle, ApplicationState.DRAFT)
    faulty = replace(form, financing=replace(form.financing, instalments=99))
    assert "must be 6 to 36" in await house.refusal(handle, "revise", Revise(actor("deng.chao"), faulty))
    assert (await house.until(handle, lambda _: True)).version == 1
    other = forms.express()
    told = await house.refusal(handle, "revise", Revise(actor("deng.chao"), other))
    assert told.startswith("ApplicationExistsError")


async def test_an_offer_is_declined_for_good(house: ApplyingHouse, forms: LeaseFactory) -> None:
    handle, _ = await offered(house, forms)
    await house.say(handle, "decline", Decline(actor("deng.chao"), "paid in cash"))
    outcome = await house.result(handle)
    assert (outcome.state, outcome.sentence) == (ApplicationState.DECLINED, "paid in cash")


async def test_another_offer_than_the_one_read_is_not_accepted(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    handle, _ = await offered(house, forms)
    told = await house.refusal(handle, "accept", Accept(actor("deng.chao"), "0" * 64))
    assert told.startswith("OtherOfferError")


async def test_what_cannot_be_decided_is_a_draft_again_and_says_why(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    house.rules.fails = True
    handle = await house.apply(forms.express())
    status = await house.reaches(handle, ApplicationState.DRAFT)
    assert "could not be decided: table standard has no row" in status.waiting_for
    house.rules.fails = False
    await house.say(handle, "submit", Submit(actor("deng.chao")))
    await house.reaches(handle, ApplicationState.CONTRACTING)


async def test_what_changed_since_the_approval_is_seen_before_the_offer(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    handle, approval_id = await asked(house, forms)
    house.rules.rechecked = REFUSED
    await house.decide(approval_id, "approve", Approve(actor("li.wei")))
    assert (await house.result(handle)).state is ApplicationState.REFUSED


# ---------------------------------------------------------------- blacklisted, withdrawn


async def test_blacklisted_while_in_approval_it_is_refused_and_the_approval_recalled(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    handle, approval_id = await asked(house, forms)
    word = Blacklisted(actor("risk.desk"), "anybody", "forged papers")
    await handle.signal("blacklisted", word)
    outcome = await house.result(handle)
    assert (outcome.state, outcome.sentence) == (
        ApplicationState.REFUSED,
        "anybody is blacklisted: forged papers",
    )
    assert house.approval_state(approval_id) == "withdrawn"


async def test_blacklisted_with_an_offer_open_the_offer_is_recalled(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    handle, _ = await offered(house, forms)
    await handle.signal("blacklisted", Blacklisted(actor("risk.desk"), "anybody", "forged papers"))
    assert (await house.result(handle)).state is ApplicationState.REFUSED


@pytest.mark.parametrize(
    ("late", "end"), [(False, ApplicationState.REFUSED), (True, ApplicationState.ACTIVE)]
)
async def test_blacklisted_under_contract_the_contract_is_recalled_unless_it_is_paid(
    house: ApplyingHouse, forms: LeaseFactory, late: bool, end: ApplicationState
) -> None:
    handle = await house.apply(forms.express())
    number = (await house.reaches(handle, ApplicationState.CONTRACTING)).contract_number
    if late:
        await house.make_contract_late(number)
    await handle.signal("blacklisted", Blacklisted(actor("risk.desk"), "anybody", "forged papers"))
    if late:
        await house.end_contract(number)
    assert (await house.result(handle)).state is end


async def test_a_cancelled_contract_cancels_the_application(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    handle = await house.apply(forms.express())
    number = (await house.reaches(handle, ApplicationState.CONTRACTING)).contract_number
    await house.end_contract(number, ContractState.CANCELLED)
    assert (await house.result(handle)).state is ApplicationState.CANCELLED


@pytest.mark.parametrize("state", ["draft", "approving", "offered", "contracting"])
async def test_it_is_withdrawn_wherever_it_stands(
    house: ApplyingHouse, forms: LeaseFactory, state: str
) -> None:
    house.rules.screened = TO_PEOPLE if state == "approving" else house.rules.screened
    form = forms.express(accept_unchanged=state == "contracting")
    handle = await house.apply(form, submit=state != "draft")
    await house.reaches(handle, ApplicationState(state))
    word = WithdrawApplication(actor("deng.chao"), "changed plans")
    assert (await house.say(handle, "withdraw", word)).state is ApplicationState.WITHDRAWN
    outcome = await house.result(handle)
    assert (outcome.state, outcome.sentence) == (ApplicationState.WITHDRAWN, "changed plans")
    assert house.row(form.application_id).state == "withdrawn"


async def test_a_withdrawal_that_comes_too_late_is_answered_with_where_it_stands(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    handle = await house.apply(forms.express())
    number = (await house.reaches(handle, ApplicationState.CONTRACTING)).contract_number
    await house.make_contract_late(number)
    word = WithdrawApplication(actor("deng.chao"), "changed plans")
    assert (await house.say(handle, "withdraw", word)).state is ApplicationState.CONTRACTING
    await house.end_contract(number)
    assert (await house.result(handle)).state is ApplicationState.ACTIVE


# ---------------------------------------------------------------- not theirs


@pytest.mark.parametrize("name", ["ma.jun", "zhang.min", "sun.yue", "risk.desk"])
async def test_only_the_applicants_side_answers_an_offer(
    house: ApplyingHouse, forms: LeaseFactory, name: str
) -> None:
    handle, terms = await offered(house, forms)
    for update, command in (
        ("accept", Accept(actor(name), terms)),
        ("decline", Decline(actor(name), "no")),
    ):
        assert (await house.refusal(handle, update, command)).startswith("WrongActorError")


async def test_the_officer_who_captured_it_speaks_for_the_applicant(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    handle = await house.apply(forms.express(accept_unchanged=False), "li.wei")
    status = await house.reaches(handle, ApplicationState.OFFERED)
    assert status.offer is not None
    terms = status.offer.terms_sha256
    assert (await house.say(handle, "accept", Accept(actor("li.wei"), terms))).contract_number


@pytest.mark.parametrize("name", ["ma.jun", "luo.dan"])
async def test_others_neither_revise_nor_submit_nor_withdraw(
    house: ApplyingHouse, forms: LeaseFactory, name: str
) -> None:
    form = forms.express()
    handle = await house.apply(form, submit=False)
    await house.reaches(handle, ApplicationState.DRAFT)
    for update, command in (
        ("revise", Revise(actor(name), form)),
        ("submit", Submit(actor(name))),
        ("withdraw", WithdrawApplication(actor(name), "no")),
    ):
        assert (await house.refusal(handle, update, command)).startswith("WrongActorError")


async def test_nobody_decides_an_application_that_they_had_a_hand_in(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    house.rules.screened = TO_PEOPLE
    handle = await house.apply(forms.express(), "li.wei")
    approval_id = (await house.reaches(handle, ApplicationState.APPROVING)).approval_id
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await house.decide(approval_id, "approve", Approve(actor("li.wei")))
    assert "may not decide it (four eyes)" in str(refused.value.cause)


async def test_commands_after_the_end_are_refused(house: ApplyingHouse, forms: LeaseFactory) -> None:
    handle, terms = await offered(house, forms)
    draft = await house.refusal(handle, "submit", Submit(actor("deng.chao")))
    assert "is offered and cannot be submitted" in draft
    await house.say(handle, "accept", Accept(actor("deng.chao"), terms))
    assert "is contracting and cannot be accepted" in await house.refusal(
        handle, "accept", Accept(actor("deng.chao"), terms)
    )


async def test_a_manager_withdraws_any_application(house: ApplyingHouse, forms: LeaseFactory) -> None:
    handle, _ = await offered(house, forms)
    manager = Actor("sun.yue", (Role.MANAGER,))
    await house.say(handle, "withdraw", WithdrawApplication(manager, "dealer closed"))
    assert (await house.result(handle)).state is ApplicationState.WITHDRAWN


# ---------------------------------------------------------------- words of these stories


def document(kind: DocumentKind) -> DocumentAdded:
    return DocumentAdded(actor("deng.chao"), kind.value, kind.value, "0" * 64)


async def add(handle: Handle, kind: DocumentKind) -> DocumentRead:
    command = document(kind)
    read: DocumentRead = await handle.execute_update(
        "add_document", command, id=uuid.uuid4().hex, result_type=DocumentRead
    )
    return read


async def failure(handle: Handle) -> str:
    """Why the workflow failed."""
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    return first_cause(failed.value)


# ---------------------------------------------------------------- what fails for good waits for a person


def _retry(by: str = "sun.yue") -> RetryStep:
    return RetryStep(actor(by), "the table is mended")


async def test_what_people_approved_waits_for_a_person_when_a_step_fails_for_good(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    handle, approval_id = await asked(house, forms)
    nothing = await house.refusal(handle, "retry", _retry())
    assert nothing.startswith("NothingToRetryError")
    house.rules.fails = True
    await house.decide(approval_id, "approve", Approve(actor("li.wei"), "sound"))
    status = await house.until(handle, lambda status: status.needs_person)
    assert status.state is ApplicationState.APPROVING
    assert status.waiting_for == "a person: table standard has no row for this"
    assert (
        house.row(approval_id.rpartition("-")[0]).sentence
        == "needs a person: table standard has no row for this"
    )
    assert "may not have a step done again" in await house.refusal(handle, "retry", _retry("deng.chao"))
    await house.say(handle, "retry", _retry())
    await house.until(handle, lambda status: status.needs_person)  # it is at fault still
    house.rules.fails = False
    await house.say(handle, "retry", _retry())
    status = await house.reaches(handle, ApplicationState.CONTRACTING)
    assert not status.needs_person


async def test_an_application_in_trouble_can_be_withdrawn(house: ApplyingHouse, forms: LeaseFactory) -> None:
    handle, approval_id = await asked(house, forms)
    house.rules.fails = True
    await house.decide(approval_id, "approve", Approve(actor("li.wei"), "sound"))
    await house.until(handle, lambda status: status.needs_person)
    await house.say(handle, "withdraw", WithdrawApplication(actor("deng.chao"), "too slow"))
    assert (await house.result(handle)).state is ApplicationState.WITHDRAWN


async def test_an_approval_or_contract_that_an_operator_ended_is_begun_again(
    house: ApplyingHouse, forms: LeaseFactory
) -> None:
    handle, approval_id = await asked(house, forms)
    for ended in (approval_workflow(approval_id), ""):
        status = await house.until(handle, lambda status: bool(status.waiting_for))
        running = ended or contract_workflow(status.contract_number)
        await house.temporal.client.get_workflow_handle(running).cancel()
        await house.until(handle, lambda status: status.needs_person)
        await house.say(handle, "retry", _retry())
        await house.until(handle, lambda status: not status.needs_person)
        if ended:
            await house.decide(approval_id, "approve", Approve(actor("li.wei"), "sound"))
            await house.reaches(handle, ApplicationState.CONTRACTING)
    await house.end_contract(status.contract_number)
    assert (await house.result(handle)).state is ApplicationState.ACTIVE
