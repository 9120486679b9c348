"""`leaseflow lease life` and `settle` as people and programs use them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.lease.life import app
from models.errors import InvalidInputError, RefusedByRuleError

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "servicing-maths.md"


def guide_story() -> dict[str, Any]:
    """The story that the guide prints."""
    block = re.search(r"```json\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert block is not None
    story: dict[str, Any] = json.loads(block[1])
    return story


def ask(tmp_path: Path, story: object, command: str, *options: str) -> Result:
    file = tmp_path / "story.json"
    file.write_text(json.dumps(story), "utf-8")
    return CliRunner().invoke(app, [command, str(file), *options], catch_exceptions=False)


def test_the_guides_story_can_be_read_and_told(tmp_path: Path):
    state = json.loads(ask(tmp_path, guide_story(), "life", "--json").stdout)
    assert state["status"] == "active"
    assert state["received"] == "46739.58"
    assert [row["kind"] for row in state["instalments"]].count("prepayment") == 1


def test_tables_show_instalments_and_what_paid_what(tmp_path: Path):
    told = ask(tmp_path, guide_story(), "life", "--as-of", "2026-03-25").stdout
    assert "outstanding principal" in told
    assert re.search(r"2 +2026-03-15 +43\.70", told)
    assert re.search(r"P2 +2026-03-25 +2 +2026-03-15 +penalty +43\.70", told)
    assert "X1" not in told


def test_no_line_of_the_tables_is_wider_than_a_terminal(tmp_path: Path):
    story = guide_story()
    for told in (ask(tmp_path, story, "life").stdout, ask(tmp_path, story, "life", "--without", "P2").stdout):
        assert max(len(line) for line in told.splitlines()) <= 80


def test_a_reversal_is_shown_as_mirror_entries(tmp_path: Path):
    change = json.loads(ask(tmp_path, guide_story(), "life", "--without", "P2", "--json").stdout)
    lost = [each for each in change["allocations"] if each["event"] == "P2"]
    assert sum(int(each["amount"].replace(".", "")) for each in lost) == -800_000
    assert change["received"] == "-8000.00"


def test_a_quote_names_each_part_and_how_it_was_computed(tmp_path: Path):
    quote = json.loads(ask(tmp_path, guide_story(), "settle", "--on", "2026-05-01", "--json").stdout)
    parts = {part["name"]: part for part in quote["parts"]}
    assert list(parts) == ["principal", "interest", "fee"]
    assert parts["fee"]["formula"] == "share 0.03 of principal"
    total = sum(int(part["amount"].replace(".", "")) for part in quote["parts"])
    assert total == int(quote["total"].replace(".", ""))
    assert f"{quote['total']}" in ask(tmp_path, guide_story(), "settle", "--on", "2026-05-01").stdout


def test_a_story_comes_from_standard_input_too():
    answer = CliRunner().invoke(app, ["settle", "-", "--json"], input=json.dumps(guide_story()))
    assert json.loads(answer.stdout)["on"] == "2026-04-20"


@pytest.mark.parametrize("command", ["life", "settle"])
def test_the_schema_describes_every_field(command: str):
    schema = json.loads(CliRunner().invoke(app, [command, "--schema"]).stdout)
    assert set(schema["properties"]) == {"currency", "terms", "plan", "servicing", "events", "as_of"}
    terms = schema["$defs"]["SettlementPolicy"]["properties"]
    assert "sum-of-digits" in json.dumps(schema["$defs"]["SettlementInterest"]) or terms


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            {"events": [{"id": "P", "kind": "payment", "on": "2026-02-30", "amount": "1"}]},
            "events.0.payment.on",
        ),
        (
            {"events": [{"id": "P", "kind": "payment", "on": "2026-02-15", "amount": "-1"}]},
            "events.0.payment.amount",
        ),
        ({"events": [{"id": "P", "kind": "gift", "on": "2026-02-15"}]}, "events.0"),
        (
            {
                "events": [
                    {"id": "P", "kind": "payment", "on": "2026-02-15", "amount": "1", "order": ["gifts"]}
                ]
            },
            "events.0.payment.order",
        ),
        ({"servicing": {"overdue": {"daily_rate": "1%", "annual_rate": "1%"}}}, "servicing.overdue"),
        ({"servicing": {"waterfall": {"order": ["gifts"]}}}, "servicing.waterfall"),
        ({"servicing": {"day_count": "ACT/1"}}, "day_count"),
        ({"serviing": {}}, "serviing"),
        ({"plan": {"start": "2026-01-01", "rows": [{"due": "2026-02-01", "rent": "1"}]}}, "terms and plan"),
        ({"events": [{"id": "R", "kind": "reversal", "on": "2026-02-15", "of": "P9"}]}, "R.of 'P9'"),
        ({"events": [{"id": "P", "kind": "payment", "on": "2025-02-15", "amount": "1"}]}, "P.on 2025-02-15"),
    ],
)
def test_bad_input_names_the_field(change: dict[str, Any], named: str, tmp_path: Path):
    with pytest.raises(InvalidInputError, match=re.escape(named)):
        ask(tmp_path, guide_story() | change, "life")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"servicng": {}}, "servicng: there is no such field; did you mean servicing"),
        (
            {"servicing": {"waterfall": {"over_payment": "credit"}}},
            "servicing.waterfall.over_payment: there is no such field; did you mean overpayment",
        ),
        (
            {"events": [{"id": "P", "kind": "correction", "on": "2026-02-15", "of": "P", "amonut": "1"}]},
            "events.0.correction.amonut: there is no such field; did you mean amount",
        ),
        (
            {"events": [{"id": "P", "kind": "payment", "date": "2026-02-15", "amount": "1"}]},
            "events.0.payment.on: is not given; events.0.payment.date: there is no such field; did you",
        ),
        ({"events": [{"id": "P", "on": "2026-02-15"}]}, "events.0: kind is not given; it is one of payment,"),
        (
            {"events": [{"id": "P", "kind": "gift"}]},
            "events.0: kind 'gift' is not known; it is one",
        ),
        (
            {"events": [{"id": "P", "kind": "payment", "on": "15/02/2026", "amount": "1"}]},
            "events.0.payment.on: is no date; write it like 2026-12-31 (given '15/02/2026')",
        ),
        (
            {"servicing": {"prepayment": {"interest": "todate"}}},
            "servicing.prepayment.interest: is none of to-date, on-prepaid, next-instalment (given 'todate')",
        ),
        (
            {"servicing": {"settlement": {"interest": "rule-of-78", "rebate_share": "20%"}}},
            "servicing.settlement: rebate_share is read by remaining alone, and interest is rule-of-78",
        ),
        (
            {"events": [{"id": "X", "kind": "correction", "on": "2026-02-15", "of": "P"}]},
            "events.0.correction: corrects nothing: give value_date or amount",
        ),
        (
            {"events": [{"id": "W", "kind": "waiver", "on": "2026-02-15", "amount": "1", "share": "5%"}]},
            "events.0.waiver: give amount or share, not both",
        ),
    ],
)
def test_bad_input_says_what_was_probably_meant(change: dict[str, Any], told: str, tmp_path: Path):
    with pytest.raises(InvalidInputError, match=re.escape(told)):
        ask(tmp_path, guide_story() | change, "life")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"kind": "settlement", "amount": "1"}, "is less than"),
        ({"kind": "refund", "amount": "1"}, "more than the credit"),
        ({"kind": "waiver", "component": "penalty", "amount": "9999"}, "is more than"),
    ],
)
def test_what_rules_do_not_allow_is_refused_with_the_reason(
    event: dict[str, Any], reason: str, tmp_path: Path
):
    story = guide_story()
    story["events"] = [*story["events"], {"id": "E", "on": "2026-04-21"} | event]
    with pytest.raises(RefusedByRuleError, match=reason):
        ask(tmp_path, story, "life")
