"""M1-M8 as the risk desk lives them: scan, look, settle, acknowledge, and the next list."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from typing import Any

import pytest

from tests.e2e.conftest import Stack

pytestmark = [
    pytest.mark.stack,
    pytest.mark.ocr,
    pytest.mark.browser,
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def truth(stack: Stack) -> dict[str, Any]:
    return stack.import_customers()


@pytest.fixture(scope="module")
def scanned(stack: Stack, truth: dict[str, Any]) -> dict[str, Any]:
    return stack.json("bills", "scan")


def test_scan_finds_the_customers_on_the_list(
    stack: Stack, scanned: dict[str, Any], truth: dict[str, Any]
) -> None:
    assert scanned["state"] == "completed"
    found = {row["customer_id"] for row in stack.json("bills", "findings")}
    in_review = {row["proposed_customer_id"] for row in stack.json("bills", "review", "list")}
    expected = {
        row["customer_id"] or row["related_id"] for row in truth["records"] if row["expected"] == "match"
    }
    assert expected <= found | in_review
    traps = {row["trap_customer_id"] for row in truth["records"] if row["trap_customer_id"]}
    assert not found & (traps - expected)


def test_amounts_of_every_finding_are_those_published(
    stack: Stack, scanned: dict[str, Any], truth: dict[str, Any]
) -> None:
    published = {row["uscc"]: row["overdue_balance"] for row in truth["records"]}
    checked = 0
    for row in stack.json("bills", "findings"):
        if row["acceptor_key"] in published and row["overdue_balance"] is not None:
            assert row["overdue_balance"] == published[row["acceptor_key"]], row
            checked += 1
    assert checked > 20


def test_each_officer_got_one_mail(stack: Stack, scanned: dict[str, Any]) -> None:
    recipients = [mail["to"] for mail in stack.mails()]
    flat = [address for entry in recipients for address in (entry if isinstance(entry, list) else [entry])]
    assert sorted(flat) == sorted(f"{name}@leasing.example" for name in scanned["findings"]["officers"])


def test_the_same_list_again_says_nothing_new(stack: Stack, scanned: dict[str, Any]) -> None:
    before = len(stack.mails())
    again = stack.json("bills", "scan")
    assert again["state"] == "nothing-new"
    assert len(stack.mails()) == before


def test_report_is_archived_in_every_form(stack: Stack, scanned: dict[str, Any]) -> None:
    starts = {"html": b"<!doctype html", "pdf": b"%PDF", "xlsx": b"PK"}
    for form, start in starts.items():
        target = stack.home / f"report.{form}"
        stack.run("bills", "report", "--format", form, "--out", str(target))
        assert target.read_bytes()[: len(start)].lower() == start.lower()


def test_acknowledging_by_command(stack: Stack, scanned: dict[str, Any]) -> None:
    mine = stack.json("bills", "findings", "--officer", "li.wei", "--open")
    first = mine[0]["finding_id"]
    refused = stack.attempt("bills", "ack", first, "--as", "zhang.min")
    assert refused.returncode == 1
    assert "may not acknowledge" in refused.stderr
    stack.run("bills", "ack", first, "--note", "called the lessee", "--as", "li.wei")
    twice = stack.attempt("bills", "ack", first, "--as", "li.wei")
    assert twice.returncode == 1
    assert "acknowledged already" in twice.stderr
    stack.run("bills", "ack", "--all", "--yes", "--as", "li.wei")
    assert stack.json("bills", "findings", "--officer", "li.wei", "--open") == []


def test_acknowledging_by_the_link_in_the_mail(stack: Stack, scanned: dict[str, Any]) -> None:
    officer = "zhang.min"
    mail = next(mail for mail in stack.mails() if f"{officer}@" in str(mail["to"]))
    (link,) = set(re.findall(r"http://[^\s\"<>]+/acknowledge/[\w.\-]+", str(mail)))
    with urllib.request.urlopen(link, timeout=30) as page:
        assert page.status == 200
    assert stack.json("bills", "findings", "--officer", officer, "--open") != []
    form = urllib.request.Request(link, data=urllib.parse.urlencode({}).encode(), method="POST")
    with urllib.request.urlopen(form, timeout=30) as page:
        assert page.status == 200
    assert stack.json("bills", "findings", "--officer", officer, "--open") == []


def test_history_of_an_acceptor(stack: Stack, scanned: dict[str, Any]) -> None:
    row = stack.json("bills", "findings")[0]
    appearances = stack.json("bills", "history", row["acceptor_name"])
    assert appearances[0]["list_date"] == scanned["list_date"]


def test_the_next_list_reports_only_what_changed(stack: Stack, scanned: dict[str, Any]) -> None:
    before = {row["finding_id"] for row in stack.json("bills", "findings")}
    stack.exchange("/admin/publish", {"next": True})
    outcome = stack.json("bills", "scan")
    assert outcome["list_date"] > scanned["list_date"]
    counts = outcome["findings"]
    assert counts["unchanged"] > 0
    after = stack.json("bills", "findings", "--list-date", outcome["list_date"])
    assert not before & {row["finding_id"] for row in after}
    assert counts["new"] + counts["worse"] + counts["better"] + counts["cleared"] > 0
    assert {row["change"] for row in after} >= {"unchanged"}


def test_correction_of_one_announcement_leaves_the_others_standing(
    stack: Stack, scanned: dict[str, Any]
) -> None:
    stack.exchange("/admin/publish", {"correct": "latest"})
    outcome = stack.json("bills", "scan")
    assert outcome["state"] == "completed"
    assert outcome["findings"]["cleared"] <= 1
    assert outcome["findings"]["unchanged"] > outcome["findings"]["cleared"]


def test_a_past_list_can_be_scanned_by_its_date(stack: Stack, scanned: dict[str, Any]) -> None:
    outcome = stack.json("bills", "scan", "--list-date", "2026-08-31")
    assert outcome["list_date"] == "2026-08-31"
    unknown = stack.attempt("bills", "scan", "--list-date", "2026-08-30")
    assert unknown.returncode == 1
    assert "has published no list of 2026-08-30" in unknown.stderr
