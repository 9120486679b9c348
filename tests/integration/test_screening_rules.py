"""Screening by what the house itself knows: blacklist, limits, dealers, overdue acceptors, papers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from activities.lease.screening.rules import standing_reasons
from activities.store import documents
from activities.store.bill_monitoring import lists
from activities.store.bill_monitoring.readings import acceptor_key
from activities.store.database import Database
from activities.store.lease import applications, blacklist, dealers, exposure, screening
from activities.store.tables.bills import ListRow, RecordRow, ScanRow
from models.errors import InvalidInputError
from models.lease.application.form import Financing, LeaseForm
from models.lease.application.messages import ApplicationState
from models.lease.parties import PartyRole
from models.lease.screening.blacklist import BlacklistKind, EntryLiftedError, NewEntry, UnknownEntryError
from models.lease.screening.dealers import Dealer, DealerStatus
from models.lease.screening.exposure import Relation
from models.lease.screening.messages import Advice, Occasion, Screened
from models.money import Money
from models.parameters.registry import LEASE_EXPOSURE, SCREENING
from models.payments.banking import BankAccount
from tests.factories.leases import DEALER
from tests.factories.screening import AT, ScreeningHouse, emptied, own_database

pytestmark = pytest.mark.stack

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def database(postgres_url: str, migrated_template: str) -> Iterator[Database]:
    with own_database(postgres_url, migrated_template) as database:
        yield database


@pytest.fixture
def house(database: Database) -> ScreeningHouse:
    return ScreeningHouse(emptied(database))


def rules(result: Screened) -> set[str]:
    return {reason.rule for reason in result.reasons}


def ban(house: ScreeningHouse, kind: BlacklistKind, value: str, until: date | None = None) -> int:
    entry = NewEntry(kind, value, reason="fraud in 2025", from_=TODAY - timedelta(days=1), until=until)
    with house.database.transaction() as session:
        row = blacklist.add(session, entry, by="risk.desk")
    assert row.entry_id is not None
    return row.entry_id


def relate(house: ScreeningHouse, *relations: Relation) -> None:
    with house.database.transaction() as session:
        exposure.enter_relations(session, relations, by="risk.desk")


def move(house: ScreeningHouse, form: LeaseForm, state: ApplicationState) -> None:
    with house.database.transaction() as session:
        row = applications.application(session, form.application_id, lock=True)
        applications.move(session, row, state, "test", key=f"test-{state}", at=AT)


# ------------------------------------------------------------ a decision and its trace


def test_an_application_of_which_all_is_well_is_approved_and_its_trace_is_kept(house: ScreeningHouse) -> None:
    form = house.take()
    result = house.screen(form)
    assert (result.advice, result.grade) == (Advice.APPROVE, "A")
    with house.database.transaction() as session:
        trace = json.loads(documents.fetch(session, result.trace_sha256).content)
        kept = screening.latest(session, form.application_id)
    assert trace["facts"]["bureau"]["score"] == 760
    assert [table["table"] for table in trace["decision"]["tables"]] == [
        "knock_outs",
        "scorecard",
        "grading",
        "advice",
    ]
    assert kept.screened == result
    assert kept.facts.application.financed == 80_000
    assert kept.facts.application.down_payment == 20


def test_a_repetition_gives_the_first_answer(house: ScreeningHouse) -> None:
    form = house.take()
    first = house.screen(form)
    ban(house, BlacklistKind.PERSON, form.lessee.identifier)
    assert house.rules.screen(house.ask(form)) == first


def test_without_outside_answers_nothing_is_approved(house: ScreeningHouse) -> None:
    form = house.take()
    result = house.rules.screen(house.ask(form))
    assert result.advice is Advice.REFER
    assert {"bureau-unknown", "fraud-unknown"} <= rules(result)


def test_a_product_that_names_unknown_tables_says_so(house: ScreeningHouse) -> None:
    value = SCREENING.default.model_dump(mode="json")  # type: ignore[union-attr]
    value["sets"] = {"other": value["sets"]["standard"]}
    house.change(SCREENING, value)
    with pytest.raises(InvalidInputError, match="decision tables 'standard' are not in force"):
        house.screen(house.take())


# ------------------------------------------------------------ blacklist


@pytest.mark.parametrize("where", ["person", "firm", "signs", "phone", "vin", "account", "payee"])
def test_whatever_of_it_is_blacklisted_is_refused_and_the_hit_is_kept(
    house: ScreeningHouse, where: str
) -> None:
    firm = house.factory.organisation()
    form = house.take(lessee=firm, parties=(firm, house.factory.person(PartyRole.GUARANTOR)))
    assert firm.account is not None
    kind, value, rule = {
        "person": (BlacklistKind.PERSON, form.parties[1].identifier.lower(), "guarantor"),
        "firm": (BlacklistKind.FIRM, firm.identifier, "lessee"),
        "signs": (BlacklistKind.PERSON, firm.representative_identifier, "representative of lessee"),
        "phone": (BlacklistKind.PHONE, f"{firm.phone[:3]}-{firm.phone[3:]}", "phone of lessee"),
        "vin": (BlacklistKind.VIN, form.assets[0].identifier, "asset 1"),
        "account": (BlacklistKind.ACCOUNT, firm.account.number, "account of lessee"),
        "payee": (BlacklistKind.ACCOUNT, form.payee.number, "payee"),
    }[where]
    entry = ban(house, kind, value)
    result = house.screen(form)
    assert (result.advice, result.grade) == (Advice.REFUSE, "D")
    assert result.reasons[0].sentence == f"{rule} is on the blacklist (entry {entry}: fraud in 2025)"
    with house.database.transaction() as session:
        (hit,) = blacklist.hits_of(session, entry)
    assert (hit.rule, hit.occasion, hit.application_id) == (rule, "screening", form.application_id)


def test_an_entry_that_ended_or_was_lifted_refuses_nobody(house: ScreeningHouse) -> None:
    form = house.take()
    ban(house, BlacklistKind.PERSON, form.lessee.identifier, until=TODAY - timedelta(days=1))
    entry = ban(house, BlacklistKind.PHONE, form.lessee.phone)
    with house.database.transaction() as session:
        blacklist.lift(session, entry, by="gao.ling", reason="mistaken identity")
    assert house.screen(form).advice is Advice.APPROVE
    with house.database.transaction() as session:
        assert blacklist.listed(session, lifted=True)[0].entry_id == entry
        with pytest.raises(EntryLiftedError):
            blacklist.lift(session, entry, by="gao.ling", reason="again")
        with pytest.raises(UnknownEntryError):
            blacklist.lift(session, 999, by="gao.ling", reason="?")


def test_who_is_blacklisted_while_an_approval_runs_is_stopped_before_the_offer(house: ScreeningHouse) -> None:
    form = house.take()
    assert house.screen(form).advice is Advice.APPROVE
    assert house.recheck(form).advice is Advice.APPROVE
    move(house, form, ApplicationState.APPROVING)
    ban(house, BlacklistKind.PERSON, form.lessee.identifier)
    again = house.recheck(form)
    assert again.advice is Advice.REFUSE
    assert rules(again) == {"blacklist-person"}


def test_contract_and_disbursement_find_who_was_blacklisted_since(house: ScreeningHouse) -> None:
    form = house.take()
    corrected = "6222020000000000000"
    ban(house, BlacklistKind.ACCOUNT, corrected)
    with house.database.transaction() as session:
        look = partial(standing_reasons, session, form, round_=1, occasion=Occasion.DISBURSEMENT, at=AT)
        assert look() == ()
        (reason,) = look(accounts=(corrected,))
        assert reason.rule == "blacklist-account"


def test_running_applications_of_who_is_blacklisted_are_found(house: ScreeningHouse) -> None:
    firm = house.factory.organisation()
    running, ended = house.take(lessee=firm), house.take(lessee=replace(firm, phone="13800000000"))
    house.take()
    move(house, ended, ApplicationState.REFUSED)
    looked_for = (
        (BlacklistKind.FIRM, firm.identifier),
        (BlacklistKind.PERSON, firm.representative_identifier),
        (BlacklistKind.PHONE, f"{firm.phone[:3]} {firm.phone[3:]}"),
        (BlacklistKind.VIN, running.assets[0].identifier),
    )
    with house.database.transaction() as session:
        for kind, value in looked_for:
            assert blacklist.running_applications(session, kind, value) == [running.application_id]


def test_a_running_application_is_found_by_a_serial_number_however_it_is_hyphenated(
    house: ScreeningHouse,
) -> None:
    running = house.take(house.factory.form(assets=(house.factory.equipment(identifier="SN-77-12"),)))
    with house.database.transaction() as session:
        for value in ("SN-77-12", "sn7712"):
            found = blacklist.running_applications(session, BlacklistKind.VIN, value)
            assert found == [running.application_id]


# ------------------------------------------------------------ limits


def narrow(house: ScreeningHouse, net_assets: int, **shares: str) -> None:
    value = LEASE_EXPOSURE.default.model_dump(mode="json")  # type: ignore[union-attr]
    house.change(LEASE_EXPOSURE, value | {"net_assets": str(net_assets)} | shares)


def test_a_lease_over_the_limit_for_a_single_lessee_is_refused(house: ScreeningHouse) -> None:
    narrow(house, 300_000)  # 30 %: 90,000 for a lessee
    person = house.factory.person()
    first = house.take(lessee=person)
    assert house.screen(first).advice is Advice.APPROVE
    move(house, first, ApplicationState.APPROVING)
    second = house.screen(house.take(lessee=person))
    assert second.advice is Advice.REFUSE
    assert second.reasons[0].sentence == "the limit for a single lessee would be passed by 70000 yuan"


def test_what_came_to_nothing_takes_no_room(house: ScreeningHouse) -> None:
    narrow(house, 300_000)
    person = house.factory.person()
    first = house.take(lessee=person)
    house.screen(first)
    move(house, first, ApplicationState.WITHDRAWN)
    assert house.screen(house.take(lessee=person)).advice is Advice.APPROVE


def test_a_group_has_a_limit_for_all_of_its_members(house: ScreeningHouse) -> None:
    narrow(house, 300_000)  # 50 %: 150,000 for a group
    one, other = house.factory.person(), house.factory.person()
    relate(house, Relation(one.identifier, "G1"), Relation(other.identifier, "G1"))
    house.screen(house.take(lessee=one))
    result = house.screen(house.take(lessee=other))
    assert result.advice is Advice.REFUSE
    assert "limit-group" in rules(result)
    assert "limit-lessee" not in rules(result)


def test_related_parties_have_limits_one_by_one_and_together(house: ScreeningHouse) -> None:
    narrow(house, 300_000, lessee="1", related_party="0.2", all_related="0.5")
    one, other = house.factory.person(), house.factory.person()
    relate(house, Relation(one.identifier, related=True), Relation(other.identifier, related=True))
    assert "limit-related" in rules(house.screen(house.take(lessee=one)))  # 60,000
    narrow(house, 300_000, lessee="1", related_party="1", all_related="0.5")
    assert house.screen(house.take(lessee=one)).advice is Advice.APPROVE
    together = house.screen(house.take(lessee=other))
    assert "limit-all-related" in rules(together)


def test_two_at_once_do_not_both_pass_a_limit_that_has_room_for_one(house: ScreeningHouse) -> None:
    narrow(house, 300_000)
    members = [house.factory.person() for _ in range(4)]
    relate(house, *(Relation(each.identifier, "G1") for each in members))
    forms = [house.take(lessee=each) for each in members]
    for form in forms:
        house.hear_well(form)
    together = threading.Barrier(len(forms))

    def screen(form: LeaseForm) -> Advice:
        together.wait(timeout=30)
        return house.rules.screen(house.ask(form)).advice

    with ThreadPoolExecutor(len(forms)) as pool:
        advice = list(pool.map(screen, forms))
    assert sorted(advice) == [Advice.APPROVE, Advice.REFUSE, Advice.REFUSE, Advice.REFUSE]


def test_a_draft_takes_no_room_until_it_is_screened(house: ScreeningHouse) -> None:
    narrow(house, 300_000)
    person = house.factory.person()
    house.take(lessee=person, state="draft")
    house.take(lessee=person)  # submitted, not screened yet: the other one of the two will be counted by it
    assert house.screen(house.take(lessee=person)).advice is Advice.APPROVE


# ------------------------------------------------------------ dealers


def change_dealer(house: ScreeningHouse, **changes: object) -> None:
    with house.database.transaction() as session:
        known = dealers.dealer(session, DEALER)
        dealers.enter(session, [replace(known, **changes)], by="gao.ling", reason="test")  # type: ignore[arg-type]


def test_a_dealer_that_is_suspended_or_out_is_refused(house: ScreeningHouse) -> None:
    change_dealer(house, status=DealerStatus.SUSPENDED)
    result = house.screen(house.take())
    assert (result.advice, result.reasons[0].sentence) == (Advice.REFUSE, "the dealer is suspended")


def test_a_dealer_has_a_limit_for_all_that_comes_through_it(house: ScreeningHouse) -> None:
    change_dealer(house, limit=Money.of(100_000))
    assert house.screen(house.take()).advice is Advice.APPROVE
    result = house.screen(house.take())
    assert result.reasons[0].sentence == "the dealer's limit would be passed by 60000 yuan"


def test_a_worse_rating_costs_points(house: ScreeningHouse) -> None:
    house.screen(best := house.take())
    change_dealer(house, rating="D")
    house.screen(worse := house.take())
    with house.database.transaction() as session:
        kept = [screening.latest(session, form.application_id).points for form in (best, worse)]
    assert kept[0] - kept[1] == 70


def test_an_application_without_a_dealer_needs_none(house: ScreeningHouse) -> None:
    assert house.screen(house.take(dealer="")).advice is Advice.APPROVE


def test_a_dealer_whom_nobody_recorded_is_unknown(house: ScreeningHouse) -> None:
    assert "dealer-unknown" in rules(house.screen(house.take(dealer="D999")))


def test_every_change_of_a_dealer_is_kept_with_its_reason(house: ScreeningHouse) -> None:
    change_dealer(house, rating="B", limit=Money.of(1))
    with house.database.transaction() as session:
        newest, entered = dealers.events(session, DEALER)
    assert newest.change == "rating A → B; limit 500000000.00 → 1.00"
    assert newest.reason == "test"
    assert entered.change.startswith("entered")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"identifier": "91310115MA1K4QQ99X"}, "no unified social credit code"),
        ({"rating": "E"}, "rating 'E'"),
        ({"code": "D009"}, "is dealer D001's"),
        ({"name": " "}, "name of the dealer is empty"),
    ],
)
def test_a_dealer_that_cannot_be_is_not_entered(
    house: ScreeningHouse, changes: dict[str, str], told: str
) -> None:
    wrong: Dealer = replace(dealers.DEMO_DEALERS[0], **changes)  # type: ignore[arg-type]
    with house.database.transaction() as session, pytest.raises(InvalidInputError, match=told):
        dealers.enter(session, [wrong], by="gao.ling", reason="test")


# ------------------------------------------------------------ overdue acceptors (bill monitoring)


def overdue(house: ScreeningHouse, uscc: str, *months: date) -> None:
    with house.database.transaction() as session:
        if session.get(ScanRow, "scan") is None:
            session.add(
                ScanRow(
                    scan_id="scan",
                    run_id="run",
                    source="upload",
                    state="done",
                    ordered_by="risk.desk",
                    parameters_version=0,
                    started_at=AT,
                )
            )
            session.flush()
        for month in months:
            list_id = f"list-{uscc}-{month}"
            session.add(
                ListRow(
                    list_id=list_id,
                    source="upload",
                    title="list",
                    list_date=month,
                    published_at=AT,
                    table_pages=1,
                    scanned_by="scan",
                )
            )
            session.flush()
            session.add(
                RecordRow(
                    record_id=f"r-{list_id}",
                    list_id=list_id,
                    list_date=month,
                    part="1",
                    row_no=1,
                    name="X",
                    acceptor_key=uscc,
                    uscc=uscc,
                    overdue_balance_minor=1_234_567,
                    origin="site",
                )
            )


def test_an_acceptor_that_was_overdue_is_referred_and_a_persistent_one_refused(house: ScreeningHouse) -> None:
    once, often = house.factory.organisation(), house.factory.organisation()
    overdue(house, once.identifier, date(2026, 9, 30))
    overdue(house, often.identifier, date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31))
    listed, persistent = house.take(lessee=once), house.take(lessee=often)
    assert "bills-listed" in rules(house.screen(listed))
    assert house.screen(persistent).reasons[0].rule == "bills-persistent"
    with house.database.transaction() as session:
        kept = screening.latest(session, listed.application_id)
        assert kept.facts.bills.balance == 12_346
        assert len(lists.acceptor_history(session, acceptor_key=once.identifier, name=None)) == 1


def test_an_old_listing_is_forgotten_and_a_clean_acceptor_known_to_be_clean(house: ScreeningHouse) -> None:
    firm = house.factory.organisation()
    overdue(house, firm.identifier, date(2024, 6, 30))
    house.screen(form := house.take(lessee=firm))
    with house.database.transaction() as session:
        assert screening.latest(session, form.application_id).facts.bills.months == 0


def test_before_any_list_was_scanned_the_history_of_a_firm_is_unknown(house: ScreeningHouse) -> None:
    house.screen(form := house.take(lessee=house.factory.organisation()))
    with house.database.transaction() as session:
        assert screening.latest(session, form.application_id).facts.bills.months is None


# ------------------------------------------------------------ amounts


def test_a_part_of_a_yuan_over_a_limit_is_over(house: ScreeningHouse) -> None:
    narrow(house, 1_000_000, lessee="0.08")
    person = house.factory.person()
    fits = Financing(instalments=24, down_payment=Money.of("20000.00"), rate=Decimal("0.0988"))
    over = replace(fits, down_payment=Money.of("19999.99"))
    assert house.screen(house.take(lessee=person, financing=fits)).advice is Advice.APPROVE
    result = house.screen(house.take(lessee=house.factory.person(), financing=over))
    assert result.reasons[0].sentence == "the limit for a single lessee would be passed by 1 yuan"


def test_a_payee_account_may_be_anybodys_while_it_is_not_listed(house: ScreeningHouse) -> None:
    form = house.take(payee=BankAccount("31001520313050099999", "somebody"))
    assert house.screen(form).advice is Advice.APPROVE


def test_an_acceptor_that_was_listed_without_its_code_is_found_by_its_name(house: ScreeningHouse) -> None:
    firm = house.factory.organisation()
    overdue(house, acceptor_key(firm.name, None), date(2026, 9, 30))
    assert "bills-listed" in rules(house.screen(house.take(lessee=firm)))
