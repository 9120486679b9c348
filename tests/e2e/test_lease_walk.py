"""The guide's walk, typed as it stands there: two leases from application to money."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import pytest
from fpdf import FPDF
from sqlalchemy import text

from activities.store.database import Database
from models.calendar import business_date
from tests.e2e.conftest import ROOT, Stack, start
from tests.e2e.lease_guide import Said, Walker, sections
from workers.settings import load_settings
from workers.setup import open_database

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.ocr]

GUIDE: Final = sections(ROOT / "docs" / "guides" / "lease-walk.md")
SHOWN_HASH: Final = "c13c5280"
"""Of the changed offer, as the guide shows it: its dates are those of the day on which it was written."""
PATIENCE: Final = 120.0
STATES: Final = {
    "application": "SELECT state FROM lease_application WHERE application_id = :key",
    "contract": "SELECT state FROM lease_contract WHERE contract_number = :key",
    "disbursement": "SELECT state FROM disbursement WHERE disbursement_id = :key",
    "payment": "SELECT state FROM payment WHERE payment_id = :key",
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = start(tmp_path_factory.mktemp("leasing"))
    try:
        yield running
    finally:
        running.run("down")


@pytest.fixture(scope="module")
def typed(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[Said]]:
    """Types a section of the guide; gives what each line said."""
    directory = tmp_path_factory.mktemp("reader")
    for name in ("policy", "delivery"):
        paper = FPDF()
        paper.add_page()
        paper.set_font("helvetica", size=18)
        paper.cell(0, 10, f"{name} SN0000012345")
        paper.output(str(directory / f"{name}.pdf"))
    walker = Walker(stack, directory)
    instead = {
        "http://127.0.0.1:8640": stack.url("offices"),
        "SH-2026-": f"SH-{business_date(datetime.now(UTC)).year}-",
    }

    def type_section(heading: str, **more: str) -> list[Said]:
        lines = [line for line in GUIDE[heading] if not line.startswith("leaseflow up")]
        return walker.walk(lines, instead | more)

    type_section("")
    return type_section


@dataclass(frozen=True, slots=True)
class Books:
    """What waits for the house between two commands: a reader would look again, and so does this."""

    database: Database

    def until(self, what: str, key: str, state: str) -> None:
        """Look again until something stands so."""
        deadline = time.monotonic() + PATIENCE
        while (found := self._one(STATES[what], key)) != state:
            assert time.monotonic() < deadline, f"{what} {key}: {found}, not {state}"
            time.sleep(0.2)  # polls processes of their own; nothing here is timed

    def contract_of(self, application_id: str) -> str:
        """The number of an application's contract."""
        query = "SELECT contract_number FROM lease_application WHERE application_id = :key"
        return str(self._one(query, application_id))

    def offered(self, application_id: str) -> str:
        """The hash of an application's terms as they are offered."""
        query = "SELECT terms_sha256 FROM lease_offer WHERE application_id = :key AND state = 'open'"
        return str(self._one(query, application_id))

    def _one(self, query: str, key: str) -> object:
        with self.database.transaction() as session:
            return session.execute(text(query), {"key": key}).scalar()


@pytest.fixture(scope="module")
def books(stack: Stack) -> Iterator[Books]:
    database = open_database(load_settings(home=stack.home), pool_size=1)
    yield Books(database)
    database.close()


def test_three_tiers_decide_a_machine(typed: Callable[..., list[Said]], books: Books) -> None:
    applied = typed("A dealer applies")
    assert "lacks business-licence" in applied[3].err
    added, listed = applied[5].out, applied[6].out
    assert added.count("document/") == 4
    assert "doubt" not in added
    assert re.search(r"\d+ entries", added)
    assert len(re.findall(r" read +yes +none ", listed)) == 4

    books.until("application", "L2026-0001", "approving")
    traced = typed("What the rules say")[0].out
    assert "advice approve, grade A" in traced
    assert "points-statement-clean" in traced
    assert "charges" in traced

    decided = typed("Three tiers decide")
    assert "yours" in decided[0].out
    assert "Only the house's own people do" in decided[1].err
    assert "li.wei holds it" in decided[2].out
    assert "li.wei holds L2026-0001-1" in decided[3].err
    assert "to decide as manager" in decided[5].out
    assert "to decide as officer" in decided[6].out
    assert "to decide as director" in decided[8].out
    assert decided[9].out.startswith("approval/L2026-0001-1 approved")
    history = decided[10].out
    told = ("reassigned  to zhang.min", "ask for more deposit", "approve on deposit = 720000", "fan.li")
    assert [each for each in told if each not in history] == []

    books.until("application", "L2026-0001", "offered")
    answered = typed(
        "The applicant's side takes the changed offer", **{SHOWN_HASH: books.offered("L2026-0001")[:8]}
    )
    assert "Deposit 720000 instead of 360000.00" in answered[0].out
    assert "then accept it with --terms" in answered[1].err
    assert "contracting" in answered[2].out


def test_the_contract_is_signed_and_an_outside_verifier_says_so(
    typed: Callable[..., list[Said]], books: Books
) -> None:
    number = books.contract_of("L2026-0001")
    books.until("contract", number, "conditions")
    status, _, _, ours, theirs = typed("Signed by everybody, and verified by somebody else")
    assert len(re.findall(r" signed +2", status.out)) == 3
    assert ours.out.endswith("contract.pdf: valid\n")
    verdicts = theirs.out.splitlines()
    assert [each.split(":")[0] for each in verdicts] == ["lessor", "lessee", "guarantor-1"]
    assert all(":INTACT:TRUSTED,TIMESTAMP_TOKEN<INTACT:TRUSTED>" in each for each in verdicts)


def test_the_money_reaches_the_dealer_and_the_books_balance(
    stack: Stack, typed: Callable[..., list[Said]], books: Books
) -> None:
    number = books.contract_of("L2026-0001")
    met = typed("Conditions before money goes")
    assert "cleared" in met[1].out
    assert "It takes the role disburser" in met[2].err
    payment = f"{number}-D1"
    books.until("disbursement", payment, "waiting-for-review")
    reviewed = typed("The desk reviews")
    assert payment in reviewed[0].out
    assert "locked by jiang.nan" in reviewed[2].out
    books.until("payment", payment, "waiting-for-release")
    released = typed("A second person lets it go")
    assert "It takes the role treasurer" in released[0].err
    assert "paid by" in released[2].out
    books.until("contract", number, "active")

    (booked,) = stack.banks(f"harbour/books?reference={payment}")["entries"]
    assert (booked["amount"], booked["kind"], booked["status"]) == ("7200000.00", "order", "SETTLED")
    assert booked["counterparty"] == "31001520313050012345"
    shown, statement, balance, verified = typed("The books")
    assert " active: active, voucher " in shown.out
    assert re.search(rf"-7200000.00 +\S+ +{payment}", statement.out)
    assert re.search(r"^total +CNY +0.00 +(\S+) +\1 +0.00$", balance.out, re.MULTILINE)
    assert verified.out.startswith("clean: ")


def test_rules_alone_bring_a_truck_to_its_money(
    stack: Stack, typed: Callable[..., list[Said]], books: Books
) -> None:
    added = typed("The same by rules alone")[3].out
    assert "doubt" not in added
    books.until("application", "L2026-0002", "active")
    number = books.contract_of("L2026-0002")
    history, verified, payment, ledger = typed("What it came to")
    states = [line.split()[2] for line in history.out.splitlines()[1:6]]
    assert states == ["draft", "screening", "offered", "contracting", "active"]
    assert verified.out.endswith(": valid\n")
    assert "settled" in payment.out
    assert ledger.out.startswith("clean: ")
    (booked,) = stack.banks(f"harbour/books?reference={number}-D1")["entries"]
    assert booked["amount"] == "96000.00"
    registered = stack.offices("movables/admin/registrations")["registrations"]
    assert [each["reference"] for each in registered if not each["ended_at"]] == [
        books.contract_of("L2026-0001"),
        number,
    ]
