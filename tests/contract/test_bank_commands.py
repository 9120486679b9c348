"""What a treasurer asks of banks on the command line, against the played banks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from activities.adapters.banks.http import HttpBank
from activities.store.database import Database
from activities.store.payments import files, notices
from activities.store.payments.files import FileState
from cli.banks import app
from models.errors import InvalidInputError, LeaseflowError, RefusedByRuleError
from models.money import Money
from models.parameters.banks import BankProfile, FileFormats
from models.payments.banking import BankAnswer, BankSaid, Heard
from models.payments.errors import UnknownBankError
from models.people import WrongActorError
from tests.contract.bank_site import (
    DAY,
    OWN_ACCOUNT,
    BankSite,
    GivenSecrets,
    file_profile,
    file_secrets,
    http_profile,
    http_secrets,
    order,
)
from tests.factories.payments import PayingHouse

pytestmark = pytest.mark.stack
pytest_plugins = ["tests.contract.bank_fixtures"]

Leaseflow = Callable[..., Result]


@pytest.fixture
def house(fresh_database: Database, banks: BankSite) -> PayingHouse:
    house = PayingHouse(fresh_database)
    house.open(http_profile(banks), file_profile(banks))
    return house


@pytest.fixture
def leaseflow(house: PayingHouse, banks: BankSite, monkeypatch: pytest.MonkeyPatch) -> Leaseflow:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", house.database.url)
    monkeypatch.setenv("LEASEFLOW_AS", "he.ting")
    _give(monkeypatch, http_secrets(banks))
    _give(monkeypatch, file_secrets(banks))

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(app, arguments)
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        return result

    return run


def _give(monkeypatch: pytest.MonkeyPatch, secrets: GivenSecrets) -> None:
    for name, value in secrets.values.items():
        monkeypatch.setenv(f"LEASEFLOW_SECRET_{name.upper()}", value)


def tried(leaseflow: Leaseflow, code: str) -> dict[str, tuple[bool, str]]:
    result = leaseflow("try", code, "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == (0 if all(each["works"] for each in found) else 1)
    return {each["what"]: (each["works"], each["sentence"]) for each in found}


def test_banks_are_listed_with_how_they_are_reached(leaseflow: Leaseflow) -> None:
    harbour, river = json.loads(leaseflow("list", "--json").stdout)
    assert (harbour["code"], harbour["interfaces"], harbour["version"]) == ("harbour", "http", 1)
    assert (river["interfaces"], river["per_payment"]) == ("files", "50000000")
    shown = json.loads(leaseflow("show", "river", "--json").stdout)
    assert (shown["version"], shown["profile"]["name"], shown["to_come"]) == (1, "River Bank", [])
    assert "River Bank" in leaseflow("show", "river").stdout
    with pytest.raises(UnknownBankError, match="bank 'nobody' has no profile"):
        leaseflow("show", "nobody")


async def test_balance_and_lines_are_asked_for(leaseflow: Leaseflow, http_bank: HttpBank) -> None:
    paid = order("12.30")
    assert (await http_bank.instruct(paid)).said is BankSaid.SETTLED
    result = await asyncio.to_thread(leaseflow, "fetch", "harbour", "--day", DAY.isoformat(), "--json")
    (line,) = [each for each in json.loads(result.stdout) if each["reference"] == paid.reference]
    assert (line["amount"], line["currency"], line["booking_date"]) == ("-12.30", "CNY", DAY.isoformat())
    told = json.loads((await asyncio.to_thread(leaseflow, "balance", "harbour", "--json")).stdout)
    assert told["account"] == OWN_ACCOUNT
    assert Money.of(told["balance"]) == await http_bank.balance(OWN_ACCOUNT)


def test_a_profile_that_works_is_found_to_work(leaseflow: Leaseflow) -> None:
    harbour = tried(leaseflow, "harbour")
    assert {name for name, (works, _) in harbour.items() if works} == {
        "active",
        "http keys",
        "http sign-in",
        "http account",
        "formats.credit_transfer",
        "formats.direct_debit",
    }
    works, sentence = tried(leaseflow, "river")["files"]
    assert works
    assert "files wait for us" in sentence


def test_what_does_not_work_is_told(
    leaseflow: Leaseflow, house: PayingHouse, banks: BankSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = http_profile(banks, client_id="stranger")
    formats = FileFormats(credit_transfer="pain.001.001.99", statement="nowhere")
    house.change(stranger.model_copy(update={"formats": formats, "active": False}))
    found = tried(leaseflow, "harbour")
    assert {name for name, (works, _) in found.items() if not works} == {
        "active",
        "http sign-in",
        "formats.credit_transfer",
        "formats.statement",
    }
    assert "refuses client 'stranger'" in found["http sign-in"][1]
    assert "none of pain.001.001.03, pain.001.001.09" in found["formats.credit_transfer"][1]
    monkeypatch.delenv("LEASEFLOW_SECRET_BANK_HARBOUR_KEY")
    works, sentence = tried(leaseflow, "harbour")["http keys"]
    assert not works
    assert "LEASEFLOW_SECRET_BANK_HARBOUR_KEY" in sentence


@pytest.mark.parametrize(
    ("change", "words"),
    [({"host_key": ""}, "host"), ({"address": "sftp://leaseflow@127.0.0.1:9/"}, "river")],
)
def test_a_file_server_that_is_not_trusted_or_not_there_is_told(
    leaseflow: Leaseflow, house: PayingHouse, banks: BankSite, change: dict[str, Any], words: str
) -> None:
    profile: BankProfile = file_profile(banks)
    assert profile.files is not None
    house.change(profile.model_copy(update={"files": profile.files.model_copy(update=change)}))
    works, sentence = tried(leaseflow, "river")["files"]
    assert not works
    assert words in sentence


def test_a_kept_file_is_written_out_and_never_over_another(
    leaseflow: Leaseflow, house: PayingHouse, tmp_path: Path
) -> None:
    with house.database.transaction() as session:
        file_id, _ = files.enter_arrival(session, "river", "s.xml", b"<x/>", at=datetime.now(UTC))
    (listed,) = json.loads(leaseflow("files", "river", "--json").stdout)
    assert (listed["file_id"], listed["state"]) == (file_id, FileState.KEPT)
    assert "s.xml" in leaseflow("files").stdout
    out = tmp_path / "s.xml"
    leaseflow("file", file_id, "--out", str(out))
    assert out.read_bytes() == b"<x/>"
    with pytest.raises(InvalidInputError, match="cannot be written"):
        leaseflow("file", file_id, "--out", str(out))


def test_a_discrepancy_is_settled_once_by_a_treasurer(
    leaseflow: Leaseflow, house: PayingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    answer = BankAnswer(BankSaid.SETTLED, Heard.NOTIFICATION, "HB-1", Money.of("5.00"))
    with house.database.transaction() as session:
        row, _ = notices.enter(session, "harbour", "n-1", "X-1", evidence="", content=answer, at=now)
        notices.note_unmatched(session, row, answer, at=now)
    (notice,) = json.loads(leaseflow("notices", "harbour", "--json").stdout)
    assert (notice["reference"], notice["state"]) == ("X-1", "unmatched")
    (found,) = json.loads(leaseflow("discrepancies", "--json").stdout)
    assert (found["kind"], found["sentence"]) == ("unknown-order", "settled as HB-1, and no order of ours")
    number = str(found["discrepancy_id"])
    leaseflow("settle", number, "--note", "their test order")
    assert leaseflow("discrepancies").stdout == "nothing is open\n"
    with pytest.raises(RefusedByRuleError, match="was settled by he"):
        leaseflow("settle", number, "--note", "again")
    monkeypatch.setenv("LEASEFLOW_AS", "luo.dan")
    with pytest.raises(WrongActorError):
        leaseflow("settle", number, "--note", "again")
