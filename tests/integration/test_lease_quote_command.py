"""The commands `leaseflow lease quote` and `compare`, as they are typed."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image
from typer.testing import CliRunner

from cli.lease.compare import app as compare_app
from cli.lease.quote import app as quote_app
from models.errors import InvalidInputError
from models.lease.plan.quoting import quote

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "quotes.md"
ASKED = ["--price", "200000", "--down-payment", "20%", "--instalments", "36", "--rate", "8.88%"]
DATED = [*ASKED, "--start", "2026-12-01"]


def ask(*arguments: str, given: str = "") -> Any:
    return CliRunner().invoke(quote_app, list(arguments), input=given)


def test_flags_make_a_table_with_totals_and_yields() -> None:
    told = ask(*DATED, "--deposit", "10%", "--fee", "1%").stdout
    assert "5,079.03" in told
    assert "due at signing  57,600.00" in re.sub(r" {2,}", "  ", told)
    assert "APR, US (nominal)" in told
    assert max(len(line.rstrip()) for line in told.splitlines()) <= 90


def test_json_is_the_document_of_the_library() -> None:
    asked = {
        "price": "200000",
        "down_payment": "20%",
        "instalments": 36,
        "rate": "8.88%",
        "start": "2026-12-01",
    }
    assert json.loads(ask(*DATED, "--json").stdout) == quote(asked)


def test_flags_win_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "q.json"
    file.write_text('{"amount": 1000.10, "instalments": 12, "rate": "5%", "start": "2026-01-01"}')
    told = json.loads(ask("--file", str(file), "--rate", "0", "--json").stdout)
    assert told["financed"] == "1000.10"
    assert told["totals"]["interest"] == "0.00"


def test_a_list_is_answered_entry_by_entry() -> None:
    given = (
        '[{"amount": "1000", "instalments": 2, "rate": "1%"}, {"amount": "x"}, 7, {"flows": [-100, 60, 60]}]'
    )
    told = ask("--file", "-", given=given)
    answers = json.loads(told.stdout)
    assert [answer["kind"] for answer in answers] == ["plan", "error", "error", "flows"]
    assert [answer["index"] for answer in answers] == [0, 1, 2, 3]
    assert "amount 'x'" in answers[1]["error"]
    assert isinstance(told.exception, InvalidInputError)


def test_chart_and_workbook_are_written(tmp_path: Path) -> None:
    svg, png, book = (tmp_path / f"plan.{end}" for end in ("svg", "png", "xlsx"))
    ask(*DATED, "--residual", "10%", "--advance", "--chart", str(svg), "--xlsx", str(book))
    ask(*DATED, "--chart", str(png))
    assert svg.read_text().lstrip().startswith("<?xml")
    assert Image.open(io.BytesIO(png.read_bytes())).size[0] > 1000
    sheet = load_workbook(book, data_only=True)["Schedule"]
    assert sheet.max_row == 39  # head, 36 rents, residual, total
    assert sheet.cell(row=2, column=5).value == pytest.approx(4549.72, abs=200)
    assert sheet.cell(row=39, column=7).value == 160_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "nothing is asked"),
        (["--amount", "1000", "--instalments", "3", "--rate", "abc"], "rate 'abc'"),
        (
            ["--amount", "1000", "--instalments", "3", "--rate", "1%", "--day-count", "31/360"],
            "day_count '31/360'",
        ),
        ([*DATED, "--chart", "plan.gif"], "plan.gif"),
        ([*DATED, "--grace", "some"], "--grace 'some'"),
        (["--file", "/nowhere.json"], "cannot be read"),
        (["--product", "moon", "--price", "1000"], "product 'moon'"),
    ],
)
def test_what_cannot_be_understood_is_named(arguments: list[str], sentence: str) -> None:
    told = ask(*arguments)
    assert isinstance(told.exception, InvalidInputError)
    assert sentence in str(told.exception)


def test_the_schema_describes_every_field() -> None:
    plan, *_ = json.loads(ask("--schema").stdout)["anyOf"]
    bare = [name for name, field in plan["properties"].items() if not field.get("description")]
    assert set(bare) <= {"currency", "method", "grace", "rounding", "business_days", "deposit", "fees"}


def test_two_plans_side_by_side(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    plan = {"price": "200000", "instalments": 12, "rate": "8%", "start": "2026-01-01"}
    first.write_text(json.dumps(plan))
    second.write_text(json.dumps(plan | {"fees": "1%"}))
    told = json.loads(
        CliRunner().invoke(compare_app, [str(first), str(second), "--rate", "8%", "--json"]).stdout
    )
    assert told["cheaper"] == "first"
    assert told["saved"] == "2000.00"
    assert told["dates"][0] == {
        "on": "2026-01-01",
        "first": "0.00",
        "second": "2000.00",
        "difference": "2000.00",
    }
    shown = CliRunner().invoke(compare_app, [str(first), str(second)]).stdout
    assert "the first costs 2000.00 less today" in shown


def test_the_examples_of_the_guide_are_answered() -> None:
    blocks = re.findall(r"```json\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    examples = [part for block in blocks for part in re.split(r"\n(?=\{)", block)]
    examples += re.findall(r"`(\{\"(?:convert|days)\": .*?\}+)`", GUIDE.read_text(encoding="utf-8"))
    assert len(examples) >= 9
    for example in (each for each in examples if "…" not in each):
        assert quote(json.loads(example))["kind"]


@pytest.mark.parametrize(
    "document",
    [
        '{"amount": "1000", "instalments": 2, "rate": 8.88}',
        '{"tvm": {"periods": 2, "rate": "8.88", "present_value": 1000}}',
        '[{"rent": "10", "instalments": 2, "rate": 8.88}, {"rent": "10", "instalments": 2, "rate": 8.88}]',
    ],
)
def test_a_rate_above_a_hundred_percent_is_told_once_where_no_percent_sign_was_written(document: str) -> None:
    told = ask("--file", "-", "--json", given=document)
    assert told.stderr == "rate 8.88 is 888 %; for 8.88 percent write 8.88%\n"
    assert json.loads(told.stdout)
    assert ask("--file", "-", "--json", given=document.replace("8.88", "0.0888")).stderr == ""


def test_a_plan_discounted_at_its_own_yield_is_worth_what_it_finances(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    first.write_text('{"amount": "100000", "instalments": 36, "rate": "8%", "start": "2026-01-01"}')
    second.write_text('{"amount": "100000", "instalments": 24, "rate": "8%", "start": "2026-01-01"}')
    told = json.loads(CliRunner().invoke(compare_app, [str(first), str(second), "--json"]).stdout)
    assert told["first"]["present_value"] == "100000.00"
    assert told["rate"] == told["first"]["yields"]["xirr"]
    second.write_text('{"flows": [-1, 2]}')
    refused = CliRunner().invoke(compare_app, [str(first), str(second)])
    assert "cannot be compared" in str(refused.exception)
