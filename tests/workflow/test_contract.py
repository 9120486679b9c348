"""A contract is drawn up, signed by everybody, registered, paid and started; or ends cancelled, with why."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.adapters.pades.adapter import PyhankoSignatures
from activities.store.database import Database
from activities.store.lease import blacklist, contracts
from models.lease.contract.messages import (
    AmendmentOrder,
    CancelContract,
    ConditionsStanding,
    ConfirmCondition,
    ContractState,
    SignatureState,
)
from models.lease.disbursement.messages import DisbursementState
from models.lease.parties import PartyRole
from models.lease.screening.blacklist import BlacklistKind, NewEntry
from models.lease.trouble import RetryStep
from models.money import Money
from tests.contract.authority_site import AuthoritySite
from tests.factories.contracts import DAY, ContractHouse, SigningRoom, signing_room
from workflows.lease.amendment import ContractAmendment
from workflows.queues import Queue

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.authority_fixtures"]


@pytest.fixture
async def room(
    temporal: WorkflowEnvironment, database: Database, authority: AuthoritySite
) -> AsyncIterator[SigningRoom]:
    house = ContractHouse(database)
    house.open()
    async with signing_room(house, temporal, authority) as opened:
        yield opened


async def _verified(room: SigningRoom, number: str, paper: int = 0) -> list[str]:
    """Whose signatures hold, on a paper that is intact and complete."""
    signatures = PyhankoSignatures(lambda: b"")
    pdf, root = room.house.pdf(number, paper), room.authority.root
    verification = await asyncio.to_thread(signatures.verify, pdf, root)
    assert verification.intact, verification
    assert verification.complete
    return [each.name for each in verification.signatures]


# ---------------------------------------------------------------- everybody signs


async def test_it_goes_straight_through_and_the_books_tie(room: SigningRoom) -> None:
    order = room.house.order()
    outcome = await room.outcome(await room.start(order))
    number = order.contract_number
    assert outcome.state is ContractState.ACTIVE, outcome.sentence
    row = room.house.contract(number)
    assert (row.state, row.voucher, row.registration_number) == ("active", outcome.voucher, f"R-{number}")
    assert room.house.states(number)[-3:] == ["signing", "disbursing", "active"]
    assert await _verified(room, number) == ["示范融资租赁有限公司", row.lessee_name]
    schedule = room.house.schedule(number)
    assert len(schedule) == 24
    assert sum(each.principal_minor for each in schedule) == row.financed_minor
    assert all(each.open_minor == each.rent_minor + each.fee_minor for each in schedule)
    assert room.house.balance("1461") == Money(0)
    receivable, unearned = room.house.balance("1531"), room.house.balance("1532")
    cost = purchase = room.house.paid[0].amount - room.house.balance("2221.02")
    assert receivable + unearned == cost == purchase
    assert {row.name: bool(row.met_at) for row in room.house.conditions(number).values()} == {
        "signed": True,
        "registered": True,
    }


async def test_guarantors_sign_after_the_lessee(room: SigningRoom) -> None:
    leases = room.house.leases
    form = leases.form(lessee=leases.organisation())
    parties = (leases.person(PartyRole.GUARANTOR), *form.parties, leases.organisation(PartyRole.GUARANTOR))
    order = room.house.order(replace(form, parties=parties))
    outcome = await room.outcome(await room.start(order))
    assert outcome.state is ContractState.ACTIVE
    names = [party.name for party in (parties[1], parties[0], parties[2])]
    assert await _verified(room, order.contract_number) == ["示范融资租赁有限公司", *names]
    roles = [each.role for each in room.house.signatures(order.contract_number)]
    assert roles == ["lessor", "lessee", "guarantor-1", "guarantor-2"]


async def test_a_leaseback_starts_with_its_own_accounts(room: SigningRoom) -> None:
    order = room.house.order(room.house.leases.form("vehicle-leaseback"))
    assert (await room.outcome(await room.start(order))).state is ContractState.ACTIVE
    assert room.house.balance("1461.01") == Money(0)
    assert room.house.balance("1303") + room.house.balance("1532") == room.house.paid[0].amount


async def test_a_silent_signer_is_waited_for(room: SigningRoom) -> None:
    order = room.house.order()
    room.authority.misbehave("wait", who=f"{order.contract_number}/0/lessee")
    handle = await room.start(order)
    session = await room.asked(order.contract_number)
    status = await room.reaches(handle, ContractState.SIGNING, "(lessee) to sign")
    assert [bool(each.signed_at) for each in status.signers] == [True, False]
    room.authority.act(session["id"], "sign")
    assert (await room.outcome(handle, skipping=True)).state is ContractState.ACTIVE
    assert len(room.authority.sessions(order.contract_number)) == 2


@pytest.mark.parametrize(
    "kind", [{"kind": "silent"}, {"kind": "cut"}, {"kind": "refuse", "status": 503}, {"kind": "no-time"}]
)
async def test_an_answer_that_is_lost_signs_nothing_twice(room: SigningRoom, kind: dict[str, Any]) -> None:
    order = room.house.order()
    room.authority.misbehave(next=1, **kind)
    outcome = await room.outcome(await room.start(order), skipping=True)
    assert outcome.state is ContractState.ACTIVE
    assert len(room.authority.sessions(order.contract_number)) == 2
    assert len(await _verified(room, order.contract_number)) == 2


# ---------------------------------------------------------------- somebody does not


async def test_who_declines_ends_the_contract_with_the_reason(room: SigningRoom) -> None:
    order = room.house.order()
    room.authority.misbehave("decline", who=f"{order.contract_number}/0/lessee", reason="rate too high")
    outcome = await room.outcome(await room.start(order))
    assert outcome.state is ContractState.CANCELLED
    assert "declined to sign: rate too high" in outcome.sentence
    assert room.house.contract(order.contract_number).state == "cancelled"
    assert room.house.paper(order.contract_number).state == "cancelled"
    assert (room.registry.registered, room.house.paid) == ([], [])


async def test_a_signature_that_is_not_given_reminds_and_lapses(room: SigningRoom) -> None:
    order = room.house.order()
    room.authority.misbehave("wait", who=f"{order.contract_number}/0/lessee")
    outcome = await room.outcome(await room.start(order), skipping=True)
    assert outcome.state is ContractState.CANCELLED
    assert "did not sign within 14 days" in outcome.sentence
    (session,) = room.authority.sessions(order.contract_number, state="cancelled")
    assert session["reminders"] == 4
    assert [each.state for each in room.house.signatures(order.contract_number)] == ["signed", "lapsed"]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("wrong-name", "names '张冠李戴'"),
        ("wrong-digest", "does not fit the digest"),
        ("self-made", "not to be trusted"),
    ],
)
async def test_what_is_no_signature_of_the_party_is_refused(room: SigningRoom, kind: str, told: str) -> None:
    order = room.house.order()
    room.authority.misbehave(kind, who=f"{order.contract_number}/0/lessee")
    outcome = await room.outcome(await room.start(order))
    assert outcome.state is ContractState.CANCELLED
    assert told in outcome.sentence
    assert room.house.paid == []


async def test_a_certificate_revoked_before_signing_signs_nothing(room: SigningRoom) -> None:
    order = room.house.order()
    room.authority.misbehave("wait", who=f"{order.contract_number}/0/lessee")
    handle = await room.start(order)
    session = await room.asked(order.contract_number)
    room.authority.revoke(session["subject"]["identifier"])
    room.authority.act(session["id"], "sign")
    outcome = await room.outcome(handle, skipping=True)
    assert outcome.state is ContractState.CANCELLED
    assert "revoked" in outcome.sentence


# ---------------------------------------------------------------- people end it


async def test_people_cancel_before_the_money_goes(room: SigningRoom) -> None:
    order = room.house.order()
    room.authority.misbehave("wait", who=f"{order.contract_number}/0/lessee")
    handle = await room.start(order)
    await room.asked(order.contract_number)
    command = CancelContract(room.house.actor("luo.dan"), "changed their mind")
    assert "may not cancel contracts" in await room.refused(handle, "cancel", command)
    command = replace(command, actor=room.house.actor("li.wei"))
    state = await handle.execute_update("cancel", command, id=uuid.uuid4().hex, result_type=ContractState)
    assert state is ContractState.CANCELLED
    assert "li.wei: changed their mind" in (await handle.result()).sentence
    assert room.authority.sessions(order.contract_number, state="cancelled")


async def test_a_recall_after_registering_takes_it_off_the_registry(room: SigningRoom) -> None:
    form = room.house.leases.form("equipment-direct")
    order = room.house.order(form)
    handle = await room.start(order)
    await room.reaches(handle, ContractState.CONDITIONS, "deposit")
    await handle.signal("recall", "the applicant is blacklisted")
    outcome = await room.outcome(handle)
    assert (outcome.state, outcome.sentence) == (ContractState.CANCELLED, "the applicant is blacklisted")
    assert [each.contract_number for each in room.registry.taken_off] == [order.contract_number]


async def test_what_the_registry_refuses_is_not_paid(room: SigningRoom) -> None:
    room.registry.refusal = "another lessor has registered it"
    outcome = await room.outcome(await room.start(room.house.order()))
    assert outcome.state is ContractState.CANCELLED
    assert "another lessor" in outcome.sentence
    assert room.house.paid == []


async def test_a_disbursement_that_is_cancelled_ends_the_contract(room: SigningRoom) -> None:
    room.house.pays = DisbursementState.CANCELLED
    order = room.house.order()
    outcome = await room.outcome(await room.start(order))
    assert (outcome.state, outcome.sentence) == (ContractState.CANCELLED, "not paid: stopped")
    assert len(room.registry.taken_off) == 1
    assert room.house.schedule(order.contract_number) == []


async def test_a_disbursement_that_fails_waits_for_a_person_and_is_done_again(room: SigningRoom) -> None:
    room.house.pays_fail = True
    handle = await room.start(room.house.order())
    status = await room.reaches(handle, ContractState.DISBURSING, "a person: the ledger's month is closed")
    assert status.needs_person
    number = room.house.paid[0].contract_number
    await room.told(number, "needs a person: the ledger's month is closed")
    command = RetryStep(room.house.actor("luo.dan"), "the month is open")
    assert "may not have a step done again" in await room.refused(handle, "retry", command)
    room.house.pays_fail = False
    command = replace(command, actor=room.house.actor("li.wei"))
    await handle.execute_update("retry", command, id=uuid.uuid4().hex)
    assert (await room.outcome(handle)).state is ContractState.ACTIVE
    assert "done again: the month is open" in room.house.events(number)
    assert room.house.balance("2202.01") == -room.house.paid[0].amount


async def test_who_was_blacklisted_while_it_was_signed_is_not_paid(room: SigningRoom) -> None:
    order = room.house.order()
    number = order.contract_number
    room.authority.misbehave("wait", who=f"{number}/0/lessee")
    handle = await room.start(order)
    session_ = await room.asked(number)
    with room.house.database.transaction() as session:
        lessee = contracts.find(session, number).lessee_identifier
        entry = NewEntry(BlacklistKind.PERSON, lessee, "forged papers", DAY)
        entered = blacklist.add(session, entry, by="risk.desk").entry_id or 0
    room.authority.act(session_["id"], "sign")
    outcome = await room.outcome(handle, skipping=True)
    assert outcome.state is ContractState.CANCELLED
    assert "forged papers" in outcome.sentence
    assert (room.house.paid, len(room.registry.taken_off)) == ([], 1)
    with room.house.database.transaction() as session:
        assert [hit.occasion for hit in blacklist.hits_of(session, entered)] == ["contract"]


# ---------------------------------------------------------------- conditions precedent


async def test_conditions_are_met_by_books_and_by_people(room: SigningRoom) -> None:
    leases = room.house.leases
    order = room.house.order(leases.form("vehicle-direct"))
    room.house.change_conditions("vehicle-direct", ("signed", "registered", "insurance", "delivery"))
    handle = await room.start(order)
    await room.reaches(handle, ContractState.CONDITIONS, "insurance, delivery")
    evidence = room.house.keep(b"%PDF policy")
    own = ConfirmCondition(room.house.actor("li.wei"), "insurance", evidence)
    assert "may not confirm conditions" in await room.refused(handle, "confirm_condition", own)
    by_books = ConfirmCondition(room.house.actor("jiang.nan"), "registered", evidence)
    assert "found out by the books" in await room.refused(handle, "confirm_condition", by_books)
    unknown = replace(by_books, name="blessing")
    assert "none of signed, registered" in await room.refused(handle, "confirm_condition", unknown)
    unkept = replace(by_books, name="insurance", evidence="0" * 64)
    assert "is kept" in await room.refused(handle, "confirm_condition", unkept)
    for name in ("insurance", "delivery"):
        await handle.execute_update(
            "confirm_condition",
            replace(by_books, name=name),
            id=uuid.uuid4().hex,
            result_type=ConditionsStanding,
        )
    assert (await room.outcome(handle, skipping=True)).state is ContractState.ACTIVE
    assert room.house.conditions(order.contract_number)["delivery"].met_by == "jiang.nan"


async def test_money_that_clears_at_the_counter_lets_it_go_on(room: SigningRoom) -> None:
    form = room.house.leases.form("vehicle-direct")
    form = replace(form, financing=replace(form.financing, deposit=Money.of("5000.00")))
    room.house.change_conditions("vehicle-direct", ("signed", "registered", "down-payment", "deposit"))
    order = room.house.order(form)
    number = order.contract_number
    handle = await room.start(order)
    await room.reaches(handle, ContractState.CONDITIONS, "down-payment, deposit")
    owed = room.house.conditions(number)["down-payment"].amount_minor or 0
    room.house.take_cash("down-payment", number, Money(owed - 1))
    room.house.take_cash("deposit", number, Money.of("5000.00"))
    assert room.house.balance("2203.02") == Money(1 - owed)
    room.house.take_cash("down-payment", number, Money(1))
    outcome = await room.outcome(handle, skipping=True)
    assert outcome.state is ContractState.ACTIVE, outcome.sentence
    # the seller is paid the whole price, the part that came in at the counter too
    assert room.house.paid[0].amount == form.price
    assert [room.house.balance(code) for code in ("2203.02", "1461")] == [Money(0), Money(0)]
    assert room.house.balance("2711") == Money.of("-5000.00")
    assert len(room.house.conditions(number)["down-payment"].evidence.split(", ")) == 2


# ---------------------------------------------------------------- supplementary agreements


async def test_a_signed_contract_is_amended_and_linked(room: SigningRoom) -> None:
    order = room.house.order()
    await room.outcome(await room.start(order))
    number = order.contract_number
    clauses = ("自 2027 年 1 月起，支付日改为每月 25 日。",)
    amendment = AmendmentOrder(number, 1, "承租人发薪日变更", clauses, room.house.actor("li.wei"))
    outcome = await room.outcome(
        await room.client.start_workflow(
            ContractAmendment.run, amendment, id=f"{number}-A1", task_queue=Queue.ENGINE
        )
    )
    assert outcome.state is SignatureState.SIGNED, outcome.sentence
    assert len(await _verified(room, number, paper=1)) == 2
    assert room.house.paper(number, 1).reason == "承租人发薪日变更"
    assert any(f"{number}-A1 drawn up" in each for each in room.house.events(number))
    assert room.house.paper(number).signed_at is not None
    assert room.house.contract(number).changed_at > datetime.now(UTC) - timedelta(days=60)
