"""The command that matches two files with nothing else running."""

from __future__ import annotations

import json

import typer
from typer.testing import CliRunner

from cli.match_files import match_command

CUSTOMERS = "customer_id,name,uscc,region,former_names,parent_customer_id\nC1,上海华信贸易有限公司,,,,\n"
RECORDS = (
    "record_id,name,uscc,overdue_balance,as_of\n"
    "R2,上海华信贸易有限公司苏州分公司,,,\nR1,上海華信貿易有限公司,,1.00,2025-12-31\n"
)


def run(folder, records=RECORDS, *more):
    app = typer.Typer()
    app.command()(match_command)
    (folder / "c.csv").write_text(CUSTOMERS, encoding="gbk")
    (folder / "r.csv").write_text(records, encoding="utf-8")
    return CliRunner().invoke(
        app, ["--customers", str(folder / "c.csv"), "--records", str(folder / "r.csv"), *more]
    )


def test_one_line_for_each_record_in_order(tmp_path):
    result = run(tmp_path)
    branch, same = (json.loads(line) for line in result.stdout.splitlines())
    assert list(same) == [
        "record_id",
        "decision",
        "match_id",
        "relation",
        "related_id",
        "score",
        "reason",
        "candidates",
    ]
    assert (branch["record_id"], branch["match_id"], branch["relation"], branch["related_id"]) == (
        "R2",
        None,
        "branch",
        "C1",
    )
    assert (same["decision"], same["match_id"], same["candidates"][0]["customer_id"]) == ("match", "C1", "C1")


def test_results_go_to_a_file(tmp_path):
    out = tmp_path / "out.jsonl"
    assert run(tmp_path, RECORDS, "--out", str(out)).exit_code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2


def test_refused_rows_leave_no_file(tmp_path):
    out = tmp_path / "out.jsonl"
    result = run(tmp_path, RECORDS + "R1,甲,,x,\n", "--out", str(out))
    assert (result.exit_code, result.stdout, out.exists()) == (1, "", False)
    assert "r.csv line 4: overdue_balance 'x'" in result.stderr


def test_wrong_columns_name_the_expected_ones(tmp_path):
    result = run(tmp_path, "a,b\n1,2\n")
    assert result.exit_code == 1
    assert "Expected record_id, name, uscc, overdue_balance, as_of" in result.stderr
