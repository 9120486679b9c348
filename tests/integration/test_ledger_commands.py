"""The ledger from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from activities.ledger.chart import open_chart
from activities.store import people
from activities.store.database import Database
from cli.ledger import app
from models.errors import LeaseflowError
from models.ledger.errors import UnbalancedJournalError
from models.people import WrongActorError
from workers.directory import DEMO_STAFF

pytestmark = pytest.mark.stack

Leaseflow = Callable[..., Result]


@pytest.fixture
def leaseflow(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> Leaseflow:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", fresh_database.url)
    monkeypatch.setenv("LEASEFLOW_AS", "song.lin")
    with fresh_database.transaction() as session:
        people.enter_staff(session, DEMO_STAFF)
        open_chart(session, opened_by="song.lin")

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(app, arguments)
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        return result

    return run


def capital(leaseflow: Leaseflow, amount: str = "100.00", *more: str) -> Result:
    lines = ("--line", f"1002.01 debit {amount}", "--line", f"4001 credit {amount} S-1")
    return leaseflow(
        "post", *lines, "--key", "capital-1", "--narrative", "实收资本", "--date", "2026-11-02", *more
    )


def test_a_journal_by_hand_and_what_the_books_say_then(leaseflow: Leaseflow) -> None:
    assert capital(leaseflow).stdout == "voucher/2026-11/000001 posted\n"
    assert "had posted" in capital(leaseflow).stderr
    (bank,) = json.loads(leaseflow("balance", "1002.01", "--json").stdout)
    assert (bank["balance"], bank["held"]) == ("100.00", "0.00")
    (equity,) = json.loads(leaseflow("balance", "4001", "--date", "2026-11-30", "--json").stdout)
    assert equity["balance"] == "100.00"
    (line,) = json.loads(leaseflow("statement", "4001", "--json").stdout)
    assert (line["amount"], line["balance"], line["reference"]) == ("-100.00", "-100.00", "S-1")
    trial = json.loads(leaseflow("trial-balance", "--date", "2026-11-30", "--json").stdout)
    assert trial["totals"] == [
        {"currency": "CNY", "opening": "0.00", "debits": "100.00", "credits": "100.00", "closing": "0.00"}
    ]


def test_a_dry_run_leaves_nothing(leaseflow: Leaseflow) -> None:
    assert "nothing was posted" in capital(leaseflow, "100.00", "--dry-run").stdout
    assert json.loads(leaseflow("trial-balance", "--json").stdout)["accounts"] == []


@pytest.mark.parametrize("name", ["lines.json", "lines.csv"])
def test_lines_from_a_file(leaseflow: Leaseflow, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    rows = [("1002.01", "debit", "5.00"), ("4001", "credit", "5.00")]
    if name.endswith("csv"):
        file.write_text("account,side,amount\n" + "\n".join(",".join(row) for row in rows))
    else:
        keys = ("account", "side", "amount")
        file.write_text(json.dumps({"lines": [dict(zip(keys, row, strict=True)) for row in rows]}))
    assert "posted" in leaseflow("post", str(file), "--key", "f", "--narrative", "x").stdout


def test_what_is_wrong_is_told(leaseflow: Leaseflow) -> None:
    lines = ("--line", "1002.01 debit 1.00", "--line", "4001 credit 2.00")
    with pytest.raises(UnbalancedJournalError, match=r"1.00 CNY"):
        leaseflow("post", *lines, "--key", "k", "--narrative", "x")
    for bad in ("1002.01", "1002.01 left 1.00", "1002.01 debit 1.001", "1002.01 debit -1.00"):
        with pytest.raises(LeaseflowError):
            leaseflow("post", "--line", bad, "--key", "k", "--narrative", "x")
    with pytest.raises(WrongActorError, match="accountant"):
        capital(leaseflow, "1.00", "--as", "li.wei")


def test_reversal_block_limit_and_close(leaseflow: Leaseflow) -> None:
    capital(leaseflow)
    back = leaseflow("reverse", "capital-1", "--reason", "wrong", "--date", "2026-11-03")
    assert back.stdout == "voucher/2026-11/000002 reverses capital-1\n"
    assert "is blocked" in leaseflow("accounts", "block", "1002.03").stdout
    assert "is open" in leaseflow("accounts", "open", "1002.03").stdout
    assert "79 accounts opened" in leaseflow("accounts", "open", "--chart", "--branch", "Suzhou").stdout
    assert "keeps at least 5.00" in leaseflow("accounts", "limit", "4001", "--floor", "5.00").stdout
    assert "month/2026-09 closed" in leaseflow("close-month", "2026-09", "--yes").stdout
    assert len(json.loads(leaseflow("accounts", "list", "--branch", "Suzhou", "--json").stdout)) == 79
    assert json.loads(leaseflow("holds", "--all", "--json").stdout) == []


def test_seal_verify_and_export(leaseflow: Leaseflow, tmp_path: Path) -> None:
    capital(leaseflow)
    assert "1 journals sealed in 1 blocks" in leaseflow("seal").stdout
    seen = json.loads(leaseflow("verify", "--json").stdout)
    assert (seen["clean"], seen["sealed"]) == (True, 1)
    assert leaseflow("verify", "--expect", seen["head"]).exit_code == 0
    assert leaseflow("verify", "--expect", "00").exit_code == 1
    for form in ("csv", "beancount", "sap"):
        out = tmp_path / form
        leaseflow("export", "--format", form, "--out", str(out))
        assert "2026-11/000001" in out.read_text()


@pytest.mark.parametrize("view", ["balance", "trial-balance", "accounts list", "holds", "verify"])
def test_every_view_has_a_table(leaseflow: Leaseflow, view: str) -> None:
    capital(leaseflow)
    assert leaseflow(*view.split()).exit_code == 0
