"""The played banks' own parts: switches, books and the reading of order files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.banks.__main__ import main
from sandbox.banks.bank import Bank, ReferenceTakenError
from sandbox.banks.books import Books, Kept
from sandbox.banks.keys import Keyring
from sandbox.banks.misbehaviour import Misbehaviour, UnknownMisbehaviourError
from sandbox.banks.order_files import BadFileError, read_order_file
from sandbox.banks.orders import COLLECTION, PAY_OUT, Order, Status, minor_units, refusal_by_account, written
from sandbox.banks.settings import Settings, UnknownSettingError


def order(
    reference: str = "P1", *, to: str = "6228480000000012345", minor: int = 100, kind: str = PAY_OUT
) -> Order:
    return Order(reference, kind, "6222", "租赁公司", to, "甲", "", minor, "CNY", "2026-11-20")


PAIN_001 = b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.03'"
MakeBank = Callable[..., Bank]


@pytest.fixture
def bank() -> Iterator[MakeBank]:
    made = []

    def make(path: Path | None = None, **settings) -> Bank:
        habits = Settings(business_day="2026-11-20", **settings)
        made.append(Bank("harbour", Books(path), habits, Misbehaviour("harbour")))
        return made[-1]

    yield make
    for played in made:
        played.books.close()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, {"rate": 1.0, "next": None}),
        (0.25, {"rate": 0.25}),
        ("5%", {"rate": 0.05}),
        ("next=3", {"next": 3}),
        ({"next": 1, "reference": "P-*", "rate": 0.5}, {"next": 1, "reference": "P-*", "rate": 0.5}),
    ],
)
def test_a_switch_takes_several_forms(value, expected):
    switches = Misbehaviour("harbour")
    switches.change({"timeout_after_booking": value})
    assert switches.shown()["timeout_after_booking"].items() >= expected.items()


@pytest.mark.parametrize(
    ("bank_name", "wishes", "told"),
    [
        ("harbour", {"explode": True}, "'explode' is none of idempotent, timeout_before_booking"),
        ("harbour", {"partial_file": True}, "'partial_file' is none of"),
        ("river", {"error_500": True}, "'error_500' is none of"),
        ("river", {"malformed": "signature"}, "mode 'signature' is none of cut, encoding"),
        ("harbour", {"slow": {"secs": 1}}, "'secs' is none of"),
        ("harbour", {"reject": "many%"}, "write 5%"),
        ("harbour", {"reject": 2.0}, "rate is 0 to 1"),
        ("harbour", {"idempotent": "yes"}, "say true or false"),
        ("harbour", {"slow": {"on": "dance"}}, "on 'dance' is none of"),
    ],
)
def test_what_is_not_known_is_refused_and_changes_nothing(bank_name, wishes, told):
    switches = Misbehaviour(bank_name)
    with pytest.raises(UnknownMisbehaviourError, match=told):
        switches.change({"timeout_after_booking": True} | wishes)
    assert switches.shown() == {"idempotent": True}


def test_rules_are_merged_counted_and_taken_back():
    switches = Misbehaviour("harbour")
    switches.change({"reject": {"next": 1}, "slow": 2})
    switches.change({"slow": False, "idempotent": False})
    assert switches.shown().keys() == {"idempotent", "reject"}
    assert switches.due("reject", "P1", on="instruct")
    assert switches.due("reject", "P2", on="instruct") is None
    switches.clear()
    assert switches.shown() == {"idempotent": True}


def test_a_rate_strikes_the_same_requests_in_whatever_order_they_come():
    references = [f"P{number}" for number in range(400)]
    first, second = Misbehaviour("harbour", seed=5), Misbehaviour("harbour", seed=5)
    for switches in (first, second):
        switches.change({"reject": 0.2})
    struck = {r for r in references if first.due("reject", r, on="instruct")}
    assert struck == {r for r in reversed(references) if second.due("reject", r, on="instruct")}
    assert 40 < len(struck) < 120


def test_books_survive_a_restart_and_go_on_where_they_were(tmp_path: Path, bank: MakeBank):
    first = bank(tmp_path / "books.sqlite")
    (kept,) = first.take([order()])
    (waiting,) = first.take([order("P2")], hold=60.0)
    first.books.close()

    again = bank(tmp_path / "books.sqlite")
    assert again.known("P1") == [kept]
    assert again.known("P2") == [waiting]
    assert again.books.next_due() is not None
    (third,) = again.take([order("P3")])
    assert third.bank_reference != kept.bank_reference
    assert again.take([order()]) == [kept]
    account = again.books.account("6222")
    assert account is not None
    assert account["opening"] - account["balance"] == 200


def test_a_reference_stands_for_one_order_and_a_refused_batch_leaves_no_trace(bank: MakeBank):
    played = bank()
    played.take([order()])
    with pytest.raises(ReferenceTakenError, match="P1"):
        played.take([order("P2"), order("P1", minor=200)])
    assert played.known("P2") == []


def test_a_batch_cannot_spend_the_balance_twice(bank: MakeBank):
    played = bank()
    half = 6_000_000_000_00
    first, second = played.take([order("P1", minor=half), order("P2", minor=half)])
    assert (first.status, second.status, second.code) == (Status.SETTLED, Status.REJECTED, "AM04")


def test_each_balance_is_its_opening_and_its_entries(bank: MakeBank):
    played = bank(fee="0.50")
    played.take([order("P1"), order("P2", kind=COLLECTION, minor=300)])
    (returned,) = played.take([order("P3", minor=700)])
    played.give_back(returned)
    account = played.books.account("6222")
    (booked,) = played.books.rows("SELECT sum(minor) AS minor FROM entries")
    assert account is not None
    assert account["balance"] - account["opening"] == booked["minor"] == -100 - 50 + 300 - 50


async def test_the_agenda_is_kept_in_time(bank: MakeBank):
    played = bank(settle_seconds=0.05)
    told: asyncio.Queue[Kept] = asyncio.Queue()
    played.on_final.append(lambda orders: told.put_nowait(orders[0]))
    running = asyncio.create_task(played.run())
    await asyncio.sleep(0)
    (kept,) = played.take([order()])
    assert kept.status is Status.ACCEPTED
    async with asyncio.timeout(10):
        assert (await told.get()).status is Status.SETTLED
    running.cancel()
    assert played.known("P1")[0].status is Status.SETTLED


def test_settings_are_checked_by_name_and_type():
    with pytest.raises(UnknownSettingError, match="'colour' is none of settle_seconds"):
        Settings().changed({"colour": 1})
    with pytest.raises(UnknownSettingError, match="fee=5 is no str"):
        Settings().changed({"fee": 5})
    assert Settings().changed({"settle_seconds": 2}).settle_seconds == 2


def test_account_endings_decide_only_whom_they_concern():
    assert refusal_by_account(order(to="628499902")) is None
    refusal = refusal_by_account(order(to="628499902", kind=COLLECTION))
    assert refusal is not None
    assert refusal.code == "AM04"


@pytest.mark.parametrize(
    ("text", "currency", "minor"), [("1.5", "CNY", 150), ("7", "JPY", 7), ("-2.00", "EUR", -200)]
)
def test_amounts_are_whole_minor_units(text, currency, minor):
    assert minor_units(text, currency) == minor
    assert minor_units(written(minor, currency), currency) == minor


@pytest.mark.parametrize(("text", "currency"), [("1.005", "CNY"), ("x", "CNY"), ("1", "XXX"), ("NaN", "CNY")])
def test_impossible_amounts_are_refused(text, currency):
    with pytest.raises(ValueError, match=r"decimals|number|known"):
        minor_units(text, currency)


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b"<a", "FF01", "no well-formed XML"),
        (PAIN_001 + b"/>", "FF01", "the document is empty"),
        (b"<Document xmlns='urn:x'><A/></Document>", "FF01", "namespace urn:x"),
        (
            PAIN_001 + b"><A><GrpHdr/></A></Document>",
            "FF01",
            "MsgId is missing",
        ),
    ],
)
def test_files_that_are_no_orders_are_refused_with_a_code(content, code, told):
    with pytest.raises(BadFileError, match=told) as caught:
        read_order_file("a.xml", content)
    assert caught.value.code == code


def test_a_csv_file_says_what_is_missing():
    with pytest.raises(BadFileError, match="column 'kind' is missing"):
        read_order_file("a.csv", b"reference\r\nP1\r\n")


def test_keys_are_kept_for_the_owner_alone(tmp_path):
    first = Keyring(tmp_path / "keys").client_secrets("leaseflow")
    assert Keyring(tmp_path / "keys").client_secrets("leaseflow") == first
    assert Keyring(None).client_secrets("leaseflow") != first
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "keys").iterdir()} == {0}


@pytest.mark.parametrize("wish", ["harbour.explode=true", "lagoon.slow=1", "slow=1", "harbour.slow"])
def test_a_wrong_switch_on_the_command_line_ends_with_a_sentence(wish, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--misbehave", wish])
    assert caught.value.code == 2
    assert "--misbehave" in capsys.readouterr().err
