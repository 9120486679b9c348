"""Whoever approves other decision tables sees which past decisions they would have changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from activities.parameters import books
from activities.parameters.previews import preview
from activities.store import people
from activities.store.database import Database
from models.parameters.changes.messages import Proposal
from models.parameters.changes.previews import EffectKind, Preview
from models.parameters.registry import SCREENING
from models.people import Actor, Role
from tests.factories.screening import AT, ScreeningHouse, emptied, own_database
from workers.directory import DEMO_STAFF

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def database(postgres_url: str, migrated_template: str) -> Iterator[Database]:
    with own_database(postgres_url, migrated_template) as database:
        yield database


@pytest.fixture
def house(database: Database) -> ScreeningHouse:
    return ScreeningHouse(emptied(database))


def shipped() -> dict[str, Any]:
    value: dict[str, Any] = SCREENING.default.model_dump(mode="json")  # type: ignore[union-attr]
    return value


def seen(house: ScreeningHouse, value: dict[str, Any]) -> Preview:
    with house.database.transaction() as session:
        at = AT + timedelta(hours=1)
        return preview(session, "screening", SCREENING.checked(value), effective_from=at, at=at, days=30)


def test_a_stricter_rule_names_the_applications_that_it_would_have_refused(house: ScreeningHouse) -> None:
    good, middling = house.take(), house.take()
    house.screen(good, score=800)
    house.screen(middling, score=640)
    value = shipped()
    rules = value["sets"]["standard"]["knock_outs"]["rules"]
    next(rule for rule in rules if rule["_id"] == "bureau-score-low")["bureau_score"] = "< 650"
    found = seen(house, value)
    assert [each.sentence for each in found.differences] == [
        "sets.standard.knock_outs.rules[bureau-score-low].bureau_score < 400 → < 650"
    ]
    assert found.looked_at == 2
    (effect,) = found.effects
    assert (effect.kind, effect.count) == (EffectKind.GRAVER_ADVICE, 1)
    (example,) = effect.examples
    assert example.key == f"{middling.application_id} round 1"
    assert example.sentence.endswith("refuse D (bureau-score-low, knocked-out)")
    assert found.outcome() == (
        "1 of 2 past screenings would have ended worse for the applicant (80000.00 CNY)",
    )


def test_a_set_that_changes_no_decision_says_so(house: ScreeningHouse) -> None:
    house.screen(house.take())
    value = shipped()
    value["outside"]["tries"] = 3
    assert seen(house, value).outcome() == (
        "none of 1 screenings since 2026-10-24 would have gone otherwise",
    )


def test_milder_rules_and_other_grades_are_told_apart(house: ScreeningHouse) -> None:
    house.screen(house.take(), overdue_accounts=1)
    house.screen(house.take(), score=640)
    value = shipped()
    rules = value["sets"]["standard"]["knock_outs"]["rules"]
    next(rule for rule in rules if rule["_id"] == "bureau-overdue")["bureau_overdue_accounts"] = "> 1"
    value["sets"]["standard"]["grading"]["rules"][0]["scorecard_points"] = ">= 800"
    assert {effect.kind for effect in seen(house, value).effects} == {
        EffectKind.MILDER_ADVICE,
        EffectKind.OTHER_GRADE,
    }


def test_tables_that_do_not_run_are_refused_when_they_are_proposed(house: ScreeningHouse) -> None:
    value = shipped()
    value["sets"]["standard"]["scorecard"]["rules"][0]["bureau_score"] = "[700.."
    proposal = Proposal(
        number=1,
        set_name="screening",
        value=value,
        base_version=0,
        reason="a slip",
        proposed_by=Actor("risk.desk", (Role.RISK,)),
    )
    with house.database.transaction() as session:
        people.enter_staff(session, DEMO_STAFF)
        refusal = books.propose(session, proposal, at=AT).refusal
    assert refusal is not None
    assert "decision tables 'standard': table scorecard, row 1 'points-score-700'" in refusal
