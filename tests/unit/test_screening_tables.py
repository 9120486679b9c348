"""The shipped decision tables: worse facts never advise better, and what is unknown is never good."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.adapters.decision_tables import ZenTables
from models.errors import InvalidInputError
from models.lease.screening.facts import (
    ALL_WELL,
    NOTHING_KNOWN,
    ApplicationFacts,
    BillFacts,
    BlacklistFacts,
    BureauFacts,
    DealerFacts,
    ExposureFacts,
    Facts,
    FraudFacts,
    PaperFacts,
)
from models.lease.screening.judging import GRADES, GRAVITY, Decision, judge
from models.lease.screening.messages import Advice
from models.parameters.registry import SCREENING

TABLES: Final = SCREENING.default.sets["standard"]  # type: ignore[union-attr]
COMPILED: Final = ZenTables().compiled(TABLES)


def decide(facts: Facts) -> Decision:
    return judge(COMPILED, facts)


# ------------------------------------------------------------ worse is never better

RISING: Final = {
    "bureau.overdue_accounts": st.integers(0, 5),
    "bureau.overdue_90": st.integers(0, 3),
    "bureau.enquiries": st.integers(0, 14),
    "fraud.risk": st.integers(0, 100),
    "fraud.phone_uses": st.integers(0, 9),
    "fraud.device_uses": st.integers(0, 9),
    "blacklist.parties": st.integers(0, 2),
    "blacklist.assets": st.integers(0, 2),
    "blacklist.contacts": st.integers(0, 2),
    "dealer.over": st.integers(0, 2),
    "exposure.lessee_over": st.integers(0, 2),
    "exposure.group_over": st.integers(0, 2),
    "exposure.related_over": st.integers(0, 2),
    "exposure.all_related_over": st.integers(0, 2),
    "bills.months": st.integers(0, 6),
    "fraud.ring": st.booleans(),
    "fraud.photo_mismatch": st.booleans(),
}
"""The more, the worse."""
FALLING: Final = {
    "bureau.score": st.integers(0, 1000),
    "application.down_payment": st.integers(0, 80),
    "application.guarantors": st.integers(0, 3),
}
"""The less, the worse."""
WORDS: Final = {
    "papers.identity": ("agrees", "unknown", "differs"),
    "papers.statement": ("clean", "unknown", "doctored"),
    "papers.face": ("match", "person-verified", "unknown", "mismatch"),
    "papers.altered": ("none", "suspected", "proven"),
    "dealer.status": ("active", "unknown", "suspended"),
    "dealer.rating": ("A", "B", "C", "D"),
}
"""Best first."""
PARTS: Final = {
    "application": ApplicationFacts,
    "bureau": BureauFacts,
    "fraud": FraudFacts,
    "blacklist": BlacklistFacts,
    "dealer": DealerFacts,
    "exposure": ExposureFacts,
    "bills": BillFacts,
    "papers": PaperFacts,
}


def setting(facts: Facts, path: str, value: Any) -> Facts:
    part, name = path.split(".")
    return replace(facts, **{part: replace(getattr(facts, part), **{name: value})})


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    facts = ALL_WELL
    for path, values in {**RISING, **FALLING}.items():
        facts = setting(facts, path, draw(values))
    for path, words in WORDS.items():
        facts = setting(facts, path, draw(st.sampled_from(words)))
    return facts


@given(any_facts(), st.data())
def test_worse_facts_never_advise_better(facts: Facts, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([*RISING, *FALLING, *WORDS]))
    if path in WORDS:
        pair = data.draw(st.lists(st.sampled_from(WORDS[path]), min_size=2, max_size=2))
        better, worse = sorted(pair, key=WORDS[path].index)
    else:
        values = RISING[path] if path in RISING else FALLING[path]
        better, worse = sorted((data.draw(values), data.draw(values)), reverse=path in FALLING)
    before, after = decide(setting(facts, path, better)), decide(setting(facts, path, worse))
    assert GRAVITY[after.advice] >= GRAVITY[before.advice]
    assert after.grade >= before.grade


@given(any_facts(), st.sampled_from(["bureau", "fraud", "dealer", "bills"]))
def test_what_is_unknown_never_beats_the_best(facts: Facts, part: str) -> None:
    best = decide(replace(facts, **{part: getattr(ALL_WELL, part)}))
    unknown = decide(replace(facts, **{part: getattr(NOTHING_KNOWN, part)}))
    assert GRAVITY[unknown.advice] >= GRAVITY[best.advice]
    assert unknown.points < best.points or part == "dealer"


@given(any_facts())
def test_every_reason_has_a_name_and_a_sentence_without_holes(facts: Facts) -> None:
    decision = decide(facts)
    assert decision.reasons
    for reason in decision.reasons:
        assert reason.rule
        assert reason.sentence
        assert "{" not in reason.sentence
    for table in decision.tables:
        assert table.hits, table.table
    assert decision.advice in {reason.advice for reason in decision.reasons}


@given(any_facts())
def test_the_grade_never_lets_pass_what_people_must_look_at(facts: Facts) -> None:
    decision = decide(facts)
    at_best = {Advice.APPROVE: "A", Advice.REFER: "C", Advice.REFUSE: "D"}
    assert decision.grade in GRADES
    assert decision.grade >= at_best[decision.advice]


# ------------------------------------------------------------ examples


def test_an_application_of_which_all_is_well_is_approved() -> None:
    decision = decide(ALL_WELL)
    assert (decision.advice, decision.grade) == (Advice.APPROVE, "A")
    assert [reason.rule for reason in decision.reasons] == ["well-graded"]


def test_an_application_of_which_nothing_is_known_is_for_people() -> None:
    decision = decide(NOTHING_KNOWN)
    assert decision.advice is Advice.REFER
    assert {"bureau-unknown", "fraud-unknown"} <= {reason.rule for reason in decision.reasons}


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("blacklist.parties", 1, "blacklisted-party"),
        ("blacklist.assets", 1, "blacklisted-asset"),
        ("exposure.lessee_over", 1, "limit-lessee"),
        ("exposure.group_over", 1, "limit-group"),
        ("exposure.related_over", 1, "limit-related"),
        ("exposure.all_related_over", 1, "limit-all-related"),
        ("dealer.status", "suspended", "dealer-out"),
        ("dealer.over", 5, "dealer-limit"),
        ("fraud.ring", True, "fraud-ring"),
        ("papers.statement", "doctored", "statement-doctored"),
        ("papers.face", "mismatch", "face-mismatch"),
        ("bills.months", 3, "bills-persistent"),
        ("bureau.overdue_90", 1, "bureau-90-days"),
    ],
)
def test_a_knock_out_refuses_whatever_else_is_well(path: str, value: Any, rule: str) -> None:
    decision = decide(setting(ALL_WELL, path, value))
    assert decision.advice is Advice.REFUSE
    assert decision.grade == "D"
    assert decision.reasons[0].rule == rule


def test_a_set_is_asked_in_a_few_milliseconds() -> None:
    decide(ALL_WELL)
    began = time.perf_counter()
    for _ in range(20):
        decide(ALL_WELL)
    assert (time.perf_counter() - began) / 20 < 0.02


# ------------------------------------------------------------ what may not come into force


def changed(table: str, row: int, **cells: str) -> dict[str, Any]:
    value: dict[str, Any] = SCREENING.default.model_dump(mode="json")  # type: ignore[union-attr]
    value["sets"]["standard"][table]["rules"][row] |= cells
    return value


def faults(value: dict[str, Any]) -> tuple[str, ...]:
    return ZenTables().faults(SCREENING.checked(value).sets["standard"])


def test_the_shipped_tables_have_no_fault() -> None:
    assert ZenTables().faults(TABLES) == ()


@pytest.mark.parametrize(
    ("table", "row", "cells", "told"),
    [
        ("knock_outs", 0, {"blacklist_parties": "> >"}, "row 1 'blacklisted-party': blacklist.parties '> >'"),
        ("knock_outs", 0, {"blacklist_parties": '"many"'}, "is about a text"),
        ("knock_outs", 3, {"dealer_status": "> 3"}, "cannot be tested on text"),
        ("knock_outs", 0, {"advice": "refuse"}, "must be"),
        ("scorecard", 0, {"points": '"ten"'}, "a whole number"),
        ("grading", 0, {"grade": '"E"'}, "must be"),
    ],
)
def test_a_cell_that_the_engine_would_pass_over_is_named(
    table: str, row: int, cells: dict[str, str], told: str
) -> None:
    (fault,) = faults(changed(table, row, **cells))
    assert fault.startswith(f"table {table}, row {row + 1}")
    assert told in fault


def test_tables_that_approve_the_unknown_are_named() -> None:
    value = changed("advice", 0, knock_outs_advice="", advice='"approve"')
    for rule in value["sets"]["standard"]["knock_outs"]["rules"]:
        rule["advice"] = '"approve"'
    assert any("bureau reports are unknown" in fault for fault in faults(value))


def test_tables_that_approve_whom_the_bureau_cannot_score_are_named() -> None:
    value = changed("scorecard", 0)
    for rule in value["sets"]["standard"]["knock_outs"]["rules"]:
        if rule["_id"] == "bureau-no-score":
            rule["advice"] = '"approve"'
    assert faults(value) == ("table advice approves although bureau.score is unknown: refer it",)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"_id": ""}, "row 1 has no _id"),
        ({"_description": ""}, "has no _description"),
        ({"_description": "because of {weather.rain}"}, "speaks of {weather.rain}"),
        ({"weather": "> 3"}, "a cell 'weather'"),
        ({"_id": "blacklisted-asset"}, "has its name from another rule"),
        ({"advice": ""}, "gives no advice"),
    ],
)
def test_a_row_that_cannot_be_told_is_refused(change: dict[str, str], told: str) -> None:
    with pytest.raises(InvalidInputError, match="knock_outs") as refused:
        SCREENING.checked(changed("knock_outs", 0, **change))
    assert told in str(refused.value)


def test_a_table_without_a_catch_all_is_refused() -> None:
    value = changed("grading", 3, scorecard_points="> 0")
    with pytest.raises(
        InvalidInputError, match="table grading: its last row, 'grade-d', must have no condition"
    ):
        SCREENING.checked(value)


def test_a_column_that_reads_no_fact_is_refused() -> None:
    value = changed("knock_outs", 0)
    value["sets"]["standard"]["knock_outs"]["inputs"][0]["field"] = "bureau.colour"
    with pytest.raises(InvalidInputError, match="bureau\\.colour"):
        SCREENING.checked(value)


def test_every_part_of_the_facts_is_tried() -> None:
    assert {each.name for each in fields(Facts)} == set(PARTS)
