"""`leaseflow banks read`: JSON for machines, tables for people, one line for what is broken."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from activities.adapters.bank_files.reading import read_bank_file
from models.payments.bank_files.fingerprints import fingerprint, numbered
from tests.factories.bank_files import MT940, PAIN_002, WECHAT, Camt, Entry, Statement

GOLDEN = Path(__file__).parents[1] / "golden" / "bank_files"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.app", "banks", "read", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


BATCH = Camt(
    statements=(
        Statement((Entry(), Entry("50.5", "DBIT", "PDNG", "R2", ("E2", "E3"))), opening="-20.00"),
        Statement((Entry(), Entry()), closing="0.01", id="S2"),
    )
)


@pytest.mark.parametrize(
    ("name", "content"),
    [("camt053", BATCH.xml()), ("mt940", MT940), ("pain002", PAIN_002), ("wechat", WECHAT)],
)
def test_the_json_is_what_it_was(name: str, content: str, tmp_path: Path) -> None:
    outcome = run(write(tmp_path / name, content), "--json")
    assert (outcome.returncode, outcome.stderr) == (0, "")
    answer = json.loads(outcome.stdout)
    del answer["file"]
    expected = GOLDEN / f"{name}.json"
    assert answer == json.loads(expected.read_text(encoding="utf-8"))


def test_the_promised_names_come_first(tmp_path: Path) -> None:
    answer = json.loads(run(write(tmp_path / "a.xml", BATCH.bytes()), "--json").stdout)
    promised = ["format", "version", "statements", "payments", "statuses", "totals", "flags"]
    assert list(answer)[:7] == promised
    assert {"account", "id", "currency", "opening", "closing", "entries"} <= set(answer["statements"][0])
    entry = answer["statements"][0]["entries"][1]
    assert {"booking_date", "value_date", "reference", "end_to_end_id", "reversal", "details"} <= set(entry)
    assert (entry["amount"], entry["direction"], entry["status"]) == ("50.50", "debit", "pending")


def test_a_person_sees_balances_signs_counterparties_and_flags(tmp_path: Path) -> None:
    outcome = run(write(tmp_path / "a.xml", BATCH.bytes()))
    assert outcome.returncode == 0
    for text in (
        "camt.053.001.02",
        "opening -20.00 EUR",
        "+100.00",
        "-50.50",
        "Max Müller",
        "! duplicate-entry",
    ):
        assert text in outcome.stdout


def test_several_files_are_a_list_and_a_broken_one_is_told_on_stderr(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "a.sta", MT940), write(tmp_path / "b.xml", "<a><b>\n</a>")
    outcome = run(good, bad, good, "--json")
    assert outcome.returncode == 1
    assert [answer["format"] for answer in json.loads(outcome.stdout)] == ["mt940", "mt940"]
    (line,) = outcome.stderr.splitlines()
    assert "b.xml:2:" in line
    assert "Traceback" not in outcome.stderr


def test_usage_errors_exit_2(tmp_path: Path) -> None:
    good = write(tmp_path / "a.sta", MT940)
    assert run(tmp_path / "missing.xml").returncode == 2
    outcome = run(good, "--profile", "no-such-bank")
    assert outcome.returncode == 2
    assert "no-such-bank" in outcome.stderr


def test_a_given_profile_that_does_not_fit_exits_1(tmp_path: Path) -> None:
    outcome = run(write(tmp_path / "a.sta", MT940), "--profile", "icbc", "--json")
    assert (outcome.returncode, outcome.stdout) == (1, "")


def test_identical_entries_have_one_fingerprint_and_two_numbers() -> None:
    entries = read_bank_file(BATCH.bytes()).statements[1].entries
    assert numbered(entries) == [(fingerprint(entries[0]), 1), (fingerprint(entries[0]), 2)]


def test_a_fingerprint_does_not_depend_on_the_place_in_the_file() -> None:
    first = read_bank_file(BATCH.bytes()).statements[0].entries[0]
    again = read_bank_file(Camt(declaration="\n\n").bytes()).statements[0].entries[0]
    assert fingerprint(first) == fingerprint(again)
