"""Asking the played bureau and anti-fraud data: once, safely, and silence is unknown."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import pytest_asyncio

from activities.lease.screening.outside import AskedOutside
from activities.store.database import Database
from activities.store.lease import screening
from activities.store.tables.screening import OutsideAnswerRow
from models.lease.application.form import LeaseForm
from models.lease.parties import PartyRole
from models.lease.screening.messages import Advice, Screened
from tests.factories.leases import LeaseFactory
from tests.factories.screening import Offices, ScreeningHouse, asking, emptied, own_database, played_offices

pytestmark = pytest.mark.stack

_SEEDS = itertools.count(501)
"""The offices are shared by all tests here and remember references: each test has applications of its own."""
GOOD = {"score": 760, "accounts_now": 0, "times_over_90_days": 0, "enquiries_90_days": 1}
CLEAN = {"risk": 4, "known_ring": False, "photo_mismatch": False, "phone": 0, "address": 0, "device": 0}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    with played_offices(tmp_path_factory.mktemp("offices")) as offices:
        yield offices


@pytest.fixture
def offices(played: Offices) -> Offices:
    """Well-behaved offices that know nothing bad of anybody."""
    played.behave()
    played.set_record("bureau", "*", **GOOD)
    played.set_record("antifraud", "*", **CLEAN)
    return played


@pytest.fixture(scope="module")
def database(postgres_url: str, migrated_template: str) -> Iterator[Database]:
    with own_database(postgres_url, migrated_template) as database:
        yield database


@pytest.fixture
def house(database: Database) -> ScreeningHouse:
    house = ScreeningHouse(emptied(database), LeaseFactory(seed=next(_SEEDS)))
    house.ask_quickly()
    return house


@pytest_asyncio.fixture
async def hands(house: ScreeningHouse, offices: Offices) -> AsyncIterator[AskedOutside]:
    async with asking(house.database, offices.url) as hands:
        yield hands


def told(house: ScreeningHouse, form: LeaseForm, *, round_: int = 1) -> dict[str, OutsideAnswerRow]:
    with house.database.transaction() as session:
        return {row.source: row for row in screening.answers(session, house.ask(form, round_=round_))}


async def screened(house: ScreeningHouse, hands: AskedOutside, form: LeaseForm) -> Screened:
    await hands.ask_outside(house.ask(form))
    return house.rules.screen(house.ask(form))


async def test_every_party_is_asked_about_at_both_and_the_answers_are_kept(
    house: ScreeningHouse, offices: Offices, hands: AskedOutside
) -> None:
    lessee = house.factory.organisation()
    guarantor = house.factory.person(PartyRole.GUARANTOR)
    form = house.take(parties=(lessee, guarantor))
    heard = await hands.ask_outside(house.ask(form))
    assert {(each.source, each.party) for each in heard.answers} == {
        (source, party.identifier) for source in ("bureau", "anti-fraud") for party in (lessee, guarantor)
    }
    assert all(each.sha256 and not each.fault for each in heard.answers)
    (asked,) = offices.asked("bureau", guarantor.identifier)
    assert asked["times"] == 1
    assert form.application_id in asked["consent"]


async def test_a_party_that_signs_twice_is_asked_about_once(
    house: ScreeningHouse, offices: Offices, hands: AskedOutside
) -> None:
    person = house.factory.person()
    form = house.take(parties=(person, replace(person, role=PartyRole.GUARANTOR)))
    assert len((await hands.ask_outside(house.ask(form))).answers) == 2
    assert len(offices.asked("bureau", person.identifier)) == 1


async def test_a_repetition_asks_nothing_anew(
    house: ScreeningHouse, offices: Offices, hands: AskedOutside
) -> None:
    form = house.take()
    first = await hands.ask_outside(house.ask(form))
    charges = offices.charges("bureau")
    assert await hands.ask_outside(house.ask(form)) == first
    assert offices.charges("bureau") == charges


async def test_another_round_takes_a_young_report_over_but_asks_anti_fraud_anew(
    house: ScreeningHouse, offices: Offices, hands: AskedOutside
) -> None:
    form = house.take()
    await hands.ask_outside(house.ask(form))
    charges = offices.charges("bureau"), offices.charges("antifraud")
    heard = await hands.ask_outside(house.ask(form, round_=2))
    assert all(each.sha256 for each in heard.answers)
    assert (offices.charges("bureau"), offices.charges("antifraud")) == (charges[0], charges[1] + 1)


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({"kind": "timeout", "seconds": 0.6}, "did not answer in 0.3 s"),
        ({"kind": "cut"}, "does not answer"),
        ({"kind": "error", "status": 503}, "says 503"),
        ({"kind": "error", "status": 403}, "refuses: 403 out of order"),
        ({"kind": "malformed"}, "is malformed: subject"),
        ({"kind": "wrong-subject"}, "somebody else"),
        ({"kind": "unsigned"}, "not signed by bureau"),
    ],
    ids=["timeout", "cut", "error", "refused", "malformed", "wrong-subject", "unsigned"],
)
async def test_an_answer_that_cannot_be_had_or_believed_is_unknown_and_never_good(
    house: ScreeningHouse, offices: Offices, hands: AskedOutside, rule: dict[str, object], fault: str
) -> None:
    form = house.take()
    offices.misbehave("bureau", **rule)
    result = await screened(house, hands, form)
    row = told(house, form)["bureau"]
    assert fault in row.fault
    assert row.findings is None
    assert result.advice is Advice.REFER
    assert result.grade >= "C"
    assert "bureau-unknown" in {reason.rule for reason in result.reasons}
    (asked,) = offices.asked("bureau", form.lessee.identifier)
    assert asked["times"] <= 2


async def test_a_second_try_succeeds_under_the_same_reference_and_is_charged_once(
    house: ScreeningHouse, offices: Offices, hands: AskedOutside
) -> None:
    form = house.take()
    charges = offices.charges("bureau")
    offices.misbehave("bureau", kind="cut", next=1)
    assert (await screened(house, hands, form)).advice is Advice.APPROVE
    (asked,) = offices.asked("bureau", form.lessee.identifier)
    assert asked["times"] == 2
    assert offices.charges("bureau") == charges + 1


async def test_a_double_charge_is_noticed(
    house: ScreeningHouse, offices: Offices, hands: AskedOutside
) -> None:
    form = house.take()
    offices.misbehave("bureau", kind="duplicate-charge", next=1)
    await hands.ask_outside(house.ask(form))
    assert told(house, form)["bureau"].charges == 2


async def test_bad_records_refuse(house: ScreeningHouse, offices: Offices, hands: AskedOutside) -> None:
    form = house.take()
    offices.set_record("antifraud", form.lessee, known_ring=True)
    result = await screened(house, hands, form)
    assert (result.advice, result.reasons[0].rule) == (Advice.REFUSE, "fraud-ring")


async def test_offices_that_are_not_configured_are_unknown(house: ScreeningHouse) -> None:
    form = house.take()
    async with asking(house.database, None) as hands:
        result = await screened(house, hands, form)
    assert "LEASEFLOW_BUREAU_URL is not set" in told(house, form)["bureau"].fault
    assert result.advice is Advice.REFER


def test_the_same_identifier_always_gives_the_same_record(house: ScreeningHouse, played: Offices) -> None:
    party = house.factory.person()
    assert played.record("bureau", party) == played.record("bureau", party)


async def test_asking_and_screening_take_a_moment(house: ScreeningHouse, hands: AskedOutside) -> None:
    forms = [house.take() for _ in range(12)]
    await screened(house, hands, forms.pop())
    asked, judged = [], []
    for form in forms:
        began = time.perf_counter()
        await hands.ask_outside(house.ask(form))
        between = time.perf_counter()
        house.rules.screen(house.ask(form))
        asked.append(between - began)
        judged.append(time.perf_counter() - between)
    print(f"ask {sorted(asked)[5] * 1000:.0f} ms, screen {sorted(judged)[5] * 1000:.0f} ms")  # noqa: T201
    assert sorted(asked)[5] < 0.15
    assert sorted(judged)[5] < 0.15
