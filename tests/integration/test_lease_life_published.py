"""Published cases, each through the documented JSON of the command line, to the cent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.lease.life import app

CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in sorted((Path(__file__).parents[1] / "golden" / "servicing").glob("*.json"))
    for case in json.loads(file.read_text("utf-8"))
]


def told(tmp_path: Path, command: str, story: dict[str, Any]) -> dict[str, Any]:
    """What a command answers to a story, as JSON."""
    file = tmp_path / "story.json"
    file.write_text(json.dumps(story), "utf-8")
    answer = CliRunner().invoke(app, [command, str(file), "--json"], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    read: dict[str, Any] = json.loads(answer.stdout)
    return read


def as_expected(row: dict[str, Any], length: int) -> list[str]:
    return [row["due"], row["principal"]["asked"], row["interest"]["asked"], row["total_open"]][:length]


@pytest.mark.parametrize("case", CASES)
def test_a_published_case_comes_out_to_the_cent(case: dict[str, Any], tmp_path: Path):
    expect = case["expect"]
    if "quote" in expect:
        quote = told(tmp_path, "settle", case["story"])
        parts = {part["name"]: part["amount"] for part in quote["parts"]}
        assert {name: quote[name] for name in expect["quote"] if name != "parts"} | (
            {"parts": {name: parts.get(name) for name in expect["quote"]["parts"]}}
            if "parts" in expect["quote"]
            else {}
        ) == expect["quote"]
        return
    state = told(tmp_path, "life", case["story"])
    assert {name: state[name] for name in expect.get("state", {})} == expect.get("state", {})
    rents = [row for row in state["instalments"] if row["kind"] == "rent"]
    expected = expect.get("rows", [])
    assert [as_expected(row, len(given)) for row, given in zip(rents, expected, strict=False)] == expected
    if "last_rent" in expect:
        last = {"total": rents[-1]["total_asked"]} | {
            name: rents[-1][name]["asked"] for name in ("principal", "interest")
        }
        assert {name: last[name] for name in expect["last_rent"]} == expect["last_rent"]
    assert len(rents) == expect.get("rents", len(rents))
    for event, components in expect.get("payments", {}).items():
        paid: dict[str, int] = {}
        for each in state["allocations"]:
            if each["event"] == event:
                cents = int(each["amount"].replace(".", ""))
                paid[each["component"]] = paid.get(each["component"], 0) + cents
        assert paid == {name: int(amount.replace(".", "")) for name, amount in components.items()}


def test_every_published_case_names_its_source():
    assert len(CASES) >= 130
    assert all(case.values[0]["source"] for case in CASES)  # type: ignore[union-attr, call-overload, index]
