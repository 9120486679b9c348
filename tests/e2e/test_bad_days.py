"""What goes wrong outside and inside: each bad day ends with a result, or waits where people see it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.e2e.conftest import Stack, start

pytestmark = [
    pytest.mark.stack,
    pytest.mark.ocr,
    pytest.mark.browser,
    pytest.mark.slow,
]

PATIENCE = 120


def until(what: Callable[[], object], *, seconds: float = PATIENCE) -> Any:
    """Look again until something is there."""
    deadline = time.monotonic() + seconds
    while not (seen := what()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)  # polls a process of its own; nothing here is timed
    return seen


@pytest.fixture(scope="module")
def house(stack: Stack) -> Stack:
    stack.import_customers()
    stack.run("params", "set", "crawl.retry_minutes=1", "--reason=test", "--as=risk.desk")
    return stack


@pytest.fixture(autouse=True)
def outside_is_well_afterwards(house: Stack) -> Any:
    yield
    house.behave()


def order(house: Stack, list_date: str) -> str:
    """Start a scan in the background; its workflow id."""
    started = house.json("bills", "scan", "--list-date", list_date, "--no-wait")
    return str(started["workflow_id"])


def status(house: Stack, workflow_id: str) -> dict[str, Any]:
    """What an operator sees of a workflow."""
    outcome = subprocess.run(
        [
            "temporal",
            "workflow",
            "query",
            "--address",
            house.state["temporal_address"],
            "-w",
            workflow_id,
            "--type",
            "status",
            "-o",
            "json",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if outcome.returncode != 0:
        return {"state": "", "waiting_for": ""}
    return json.loads(outcome.stdout)["queryResult"][0]


def ended(house: Stack, list_date: str) -> dict[str, Any] | None:
    rows = [row for row in house.json("bills", "scans") if row["wanted_list_date"] == list_date]
    return next((row for row in rows if row["ended_at"]), None)


def test_a_captcha_waits_for_a_person_and_the_scan_goes_on(house: Stack) -> None:
    house.misbehave(challenge="characters")
    workflow_id = order(house, "2026-05-31")
    seen = until(lambda: (s := status(house, workflow_id)) and s["state"] == "waiting-for-person" and s)
    assert "captcha" in seen["waiting_for"]
    picture = house.home / "captcha.png"
    house.run("bills", "challenge", workflow_id, "--out", str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")

    refused = house.attempt("bills", "challenge", workflow_id, "--answer", "XXXX", "--as", "li.wei")
    assert refused.returncode == 1
    assert "may not answer" in refused.stderr

    (waiting,) = house.exchange("/admin/challenges")["waiting"]
    answer = waiting["answer"]
    house.run("bills", "challenge", workflow_id, "--answer", answer, "--as", "ops")
    until(lambda: ended(house, "2026-05-31"))
    assert ended(house, "2026-05-31")["state"] == "completed"


def test_an_exchange_that_is_down_is_waited_for_in_sight(house: Stack) -> None:
    house.misbehave(down=True)
    workflow_id = order(house, "2026-06-30")
    seen = until(lambda: (s := status(house, workflow_id)) and s["state"] == "waiting-for-exchange" and s)
    assert "the exchange to answer again" in seen["waiting_for"]
    house.behave()
    until(lambda: ended(house, "2026-06-30"), seconds=240)
    assert ended(house, "2026-06-30")["state"] == "completed"


def test_a_killed_robot_goes_on_at_its_page(house: Stack) -> None:
    house.exchange("/admin/log", method="DELETE")
    house.misbehave(slow=0.5)
    workflow_id = order(house, "2026-07-31")
    until(lambda: status(house, workflow_id).get("progress", {}).get("files_fetched", 0) > 0)
    os.kill(house.pid("worker-robot"), signal.SIGKILL)
    house.behave()
    until(lambda: ended(house, "2026-07-31"), seconds=240)
    assert ended(house, "2026-07-31")["state"] == "completed"
    fetched = [entry["path"] for entry in house.exchange("/admin/log?path=/files/")["entries"]]
    again = {path for path in fetched if fetched.count(path) > 1}
    assert len(again) <= 1, "only the file that was on its way is fetched twice"


def test_a_session_that_ends_in_mid_list_is_renewed(house: Stack) -> None:
    house.misbehave(expire_after=6)
    order(house, "2026-08-31")
    until(lambda: ended(house, "2026-08-31"), seconds=240)
    assert ended(house, "2026-08-31")["state"] == "completed"


def test_a_changed_layout_is_said_not_parsed(house: Stack) -> None:
    house.misbehave(layout="fields")
    outcome = house.attempt("bills", "scan", "--list-date", "2026-09-30")
    assert outcome.returncode == 0, outcome.stderr
    assert "the exchange's page has changed" in outcome.stderr


def test_uploaded_files_are_scanned_like_the_site(house: Stack, tmp_path: Path) -> None:
    listed = house.json("bills", "lists")[0]
    report = house.attempt("bills", "upload", str(tmp_path), "--list-date", "2026-04-30", "--as", "risk.desk")
    assert report.returncode == 2
    assert "no readable file" in report.stderr
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n truncated")
    item = house.run("bills", "upload", str(broken), "--list-date", "2026-04-30", "--as", "risk.desk")
    assert "0 records" in item
    assert listed["list_id"]


def test_nothing_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    stack = start(tmp_path / "short-lived")
    state = stack.state
    pids = [entry["pid"] for entry in state["services"]] + [state["postgres_pid"]]
    family = [child for pid in pids for child in psutil.Process(pid).children(recursive=True)]
    os.kill(state["pid"], signal.SIGKILL)
    _, alive = psutil.wait_procs(
        [psutil.Process(p) for p in pids if psutil.pid_exists(p)] + family, timeout=60
    )
    assert not alive
