"""From list to list: who is new, worse, better, cleared, and what is asked only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from activities.bill_monitoring.analysis import SetBasedAnalysis
from activities.bill_monitoring.books import PostgresScanBooks
from activities.bill_monitoring.reporting import ReportWriter
from activities.store.bill_monitoring import findings, reviews
from activities.store.bill_monitoring.lists import records
from activities.store.database import Database
from activities.store.people import find_member
from models.bill_monitoring.errors import IncompleteResolutionError, ReviewItemSettledError
from models.bill_monitoring.messages import (
    FindingCounts,
    ReviewDecision,
    ReviewResolution,
    ReviewResolved,
    ScanStep,
)
from models.errors import InvalidInputError
from tests.factories.bills import House

pytestmark = pytest.mark.stack

SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 31)


@pytest.fixture
def house(fresh_database: Database) -> House:
    house = House(fresh_database)
    house.import_customers(4)
    return house


def assess(house: House, step: ScanStep) -> FindingCounts:
    analysis = SetBasedAnalysis(house.database, ReportWriter(house.database, None))
    analysis.match_records(step)
    counts = analysis.assess_findings(step)
    house.close(step)
    return counts


def changes(house: House, step: ScanStep) -> dict[str, str]:
    with house.database.transaction() as session:
        return {row.customer_id: row.change for row in findings.findings_of_scan(session, step.scan_id)}


def settle(house: House, step: ScanStep, decision: ReviewDecision, **corrections: str) -> ReviewResolved:
    with house.database.transaction() as session:
        (item_id,) = reviews.open_items(session, step.scan_id)
        actor = find_member(session, "risk.desk").actor()
    resolution = ReviewResolution(actor, item_id, decision, **corrections)  # type: ignore[arg-type]
    return PostgresScanBooks(house.database).settle_review_item(resolution)


def test_changes_against_the_list_before(house: House) -> None:
    first = house.scan({0: "100.00", 1: "200.00", 2: "300.00"}, list_date=SEPTEMBER)
    assert assess(house, first).new == 3
    second = house.scan({0: "150.00", 1: "50.00", 3: "9.00"}, list_date=OCTOBER)
    counts = assess(house, second)
    assert changes(house, second) == {
        house.customer_id(0): "worse",
        house.customer_id(1): "better",
        house.customer_id(2): "cleared",
        house.customer_id(3): "new",
    }
    assert counts.changed == 4


def test_a_scan_of_the_same_list_later_finds_everything_unchanged(house: House) -> None:
    assess(house, house.scan({0: "100.00"}, list_date=SEPTEMBER))
    again = assess(house, house.scan({0: "100.00"}, list_date=SEPTEMBER))
    assert (again.unchanged, again.changed, again.officers) == (1, 0, ())


def test_part_of_a_list_clears_nobody(house: House) -> None:
    assess(house, house.scan({0: "100.00", 1: "200.00"}, list_date=SEPTEMBER))
    part = replace(house.scan({0: "150.00"}, list_date=OCTOBER), partial=True)
    assert assess(house, part).cleared == 0
    whole = house.scan({0: "150.00"}, list_date=OCTOBER)
    counts = assess(house, whole)
    assert changes(house, whole) == {house.customer_id(0): "unchanged", house.customer_id(1): "cleared"}
    assert counts.officers == ("li.wei",)


def test_a_list_of_the_past_is_entered_but_nobody_is_warned(house: House) -> None:
    assess(house, house.scan({0: "100.00"}, list_date=OCTOBER))
    late = assess(house, house.scan({0: "90.00", 1: "10.00"}, list_date=SEPTEMBER))
    assert late.new == 2
    assert late.officers == ()


def test_assessing_again_changes_nothing(house: House) -> None:
    step = house.scan({0: "100.00"}, list_date=SEPTEMBER)
    first = assess(house, step)
    assert assess(house, step) == first


def test_a_doubtful_record_is_no_finding_until_it_is_settled(house: House) -> None:
    step = house.scan(
        {0: "100.00"},
        list_date=SEPTEMBER,
        doubts={0: "overdue_balance: read with confidence 0.41 only"},
    )
    counts = assess(house, step)
    assert (counts.new, counts.review_items) == (0, 1)
    answer = settle(house, step, ReviewDecision.CORRECT, overdue_balance="1000000.00")
    assert answer.officer == "li.wei"
    with house.database.transaction() as session:
        (finding,) = findings.findings_of_scan(session, step.scan_id)
        assert finding.overdue_balance_minor == 100_000_000
        assert finding.grade == "elevated"


def test_the_same_decision_again_gives_the_same_answer(house: House) -> None:
    step = house.scan({0: "100.00"}, list_date=SEPTEMBER, doubts={0: "name: doubtful"})
    assess(house, step)
    with house.database.transaction() as session:
        (item_id,) = reviews.open_items(session, step.scan_id)
        actor = find_member(session, "risk.desk").actor()
    books = PostgresScanBooks(house.database)
    confirm = ReviewResolution(actor, item_id, ReviewDecision.CONFIRM)
    assert books.settle_review_item(confirm) == books.settle_review_item(confirm)
    with pytest.raises(ReviewItemSettledError, match="is settled already"):
        books.settle_review_item(ReviewResolution(actor, item_id, ReviewDecision.REJECT))


def test_a_rejected_record_leaves_no_finding(house: House) -> None:
    step = house.scan({0: "100.00"}, list_date=SEPTEMBER, doubts={0: "name: doubtful"})
    assess(house, step)
    assert settle(house, step, ReviewDecision.REJECT).finding_id is None
    assert changes(house, step) == {}


@pytest.mark.parametrize(
    ("corrections", "message"),
    [
        ({"customer_id": "C-unknown"}, "customer 'C-unknown' is not known"),
        ({"uscc": "913101150000000000"}, "fails its check digit"),
        ({"overdue_balance": "1,000"}, "is not a number"),
    ],
)
def test_a_wrong_correction_is_refused_and_leaves_no_trace(
    house: House, corrections: dict[str, str], message: str
) -> None:
    step = house.scan({0: "100.00"}, list_date=SEPTEMBER, doubts={0: "name: doubtful"})
    assess(house, step)
    with pytest.raises((InvalidInputError, IncompleteResolutionError), match=message):
        settle(house, step, ReviewDecision.CORRECT, **corrections)
    with house.database.transaction() as session:
        assert len(reviews.open_items(session, step.scan_id)) == 1
        (record,) = records(session, step.list_ids)
        assert record.doubts == ["name: doubtful"]


def test_a_corrected_name_is_matched_again(house: House) -> None:
    step = house.scan({0: "100.00"}, list_date=SEPTEMBER, doubts={0: "uscc: misread"})
    assess(house, step)
    answer = settle(house, step, ReviewDecision.CORRECT, name=house.name(2), uscc=house.uscc(2))
    assert answer.finding_id is not None
    assert changes(house, step) == {house.customer_id(2): "new"}
