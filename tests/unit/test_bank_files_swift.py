"""MT940 and MT942 are read as banks write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from activities.adapters.bank_files.reading import read_bank_file
from activities.adapters.bank_files.swift.narratives import read_narrative
from models.payments.bank_files.errors import UnreadableBankFileError
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.statements import BankFile, Direction, EntryStatus
from tests.factories.bank_files import MT940, MT942


def codes(file: BankFile) -> list[FlagCode]:
    return [flag.code for flag in file.flags]


def statement_of(*lines: str) -> BankFile:
    body = "\n".join((":20:R", ":25:1", ":28C:1", ":60F:C260101EUR0,", *lines, ":62F:C260101EUR0,"))
    return read_bank_file(body.encode())


def test_each_message_of_a_file_is_a_statement_with_its_own_balances() -> None:
    file = read_bank_file(MT940.encode())
    assert file.format == "mt940"
    assert [(s.number, s.opening, s.closing) for s in file.statements] == [
        ("5/1", Decimal("1000.00"), Decimal("1200.00")),
        ("6/1", Decimal("1200.00"), Decimal("1200.00")),
    ]
    assert codes(file) == []


def test_entries_carry_dates_signs_and_references() -> None:
    credit, reversal, fee = read_bank_file(MT940.encode()).statements[0].entries
    assert (credit.booking_date, credit.value_date) == (date(2026, 1, 2), date(2025, 12, 31))
    assert (credit.amount, credit.direction, credit.reference) == (
        Decimal("250.50"),
        Direction.CREDIT,
        "BANKREF1",
    )
    assert (reversal.direction, reversal.reversal) == (Direction.DEBIT, True)
    assert (fee.booking_date, fee.reference) == (date(2026, 1, 2), None)


def test_german_subfields_are_joined_over_lines() -> None:
    (detail,) = read_bank_file(MT940.encode()).statements[0].entries[0].details
    assert detail.end_to_end_id == "E2E-1"
    assert detail.remittance == ("Miete Januar 2026 Nachtrag",)
    assert (detail.counterparty, detail.counterparty_account) == ("MAX MUSTERMANN", "DE89370400440532013000")


def test_an_unknown_word_ends_the_fact_before_it() -> None:
    told = read_narrative("159?00RETOURE?20EREF+TFNR 40005 00005?21MTLG:Grund nicht?22 genannt")
    assert told.end_to_end_id == "TFNR 40005 00005"
    assert told.remittance == ["MTLG: Grund nicht genannt"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/JAN/REMI/rent 1/EREF/E9", "E9"),
        ("/EREF/E9//CNTP/NL91ABNA0417164300/ABNANL2A/JAN///REMI/USTD//rent 1/", "E9"),
        ("/EREF/E9/BENM//NAME/JAN/REMI/rent 1/ISDT/2026-01-02", "E9"),
    ],
)
def test_code_words_between_slashes(text: str, expected: str) -> None:
    told = read_narrative(text)
    assert (told.end_to_end_id, told.name, told.remittance) == (expected, "JAN", ["rent 1"])


@pytest.mark.parametrize(
    ("line", "amount", "direction", "reversal"),
    [
        ("2601050105CR300,NTRFX", "300", Direction.CREDIT, False),
        ("260105D1,5NTRFX", "1.5", Direction.DEBIT, False),
        ("260105    DD212,39NMSCNONREF//", "212.39", Direction.DEBIT, False),
        ("2601050105RCR204,88NRTINONREF", "204.88", Direction.DEBIT, True),
        ("2601050105RD1,NRTINONREF", "1", Direction.CREDIT, True),
        ("2601050105DF2402,00S   X", "2402.00", Direction.DEBIT, False),
        ("260105D000000000025,00N102EREF            ", "25.00", Direction.DEBIT, False),
        ("2601050105C1.234,56NTRFX", "1234.56", Direction.CREDIT, False),
    ],
)
def test_lines_of_many_banks(line: str, amount: str, direction: Direction, reversal: bool) -> None:
    (entry,) = statement_of(f":61:{line}").statements[0].entries
    assert (entry.amount, entry.direction, entry.reversal) == (Decimal(amount), direction, reversal)


def test_a_line_that_is_no_entry_is_flagged_and_left_out() -> None:
    file = statement_of(":61:nonsense", ":61:260105C0,NTRFX")
    assert len(file.statements[0].entries) == 1
    assert FlagCode.UNREADABLE_LINE in codes(file)


def test_an_mt942_is_told_by_its_fields_and_its_totals_are_checked() -> None:
    file = read_bank_file(MT942.encode())
    assert file.format == "mt942"
    assert file.statements[0].account == "NL91ABNA0417164300"
    assert file.statements[0].entries[0].status is EntryStatus.BOOKED
    assert codes(file) == [FlagCode.DECLARED_TOTAL_MISMATCH]


def test_online_banking_writes_line_breaks_as_at_signs() -> None:
    file = read_bank_file(MT942.replace("\n", "@@").encode())
    assert len(file.statements[0].entries) == 1


@pytest.mark.parametrize("tag", [":20:", ":25:", ":60F:"])
def test_a_message_without_a_mandatory_field_is_refused(tag: str) -> None:
    text = "\n".join(line for line in MT940.split("\n") if not line.startswith(tag))
    with pytest.raises(UnreadableBankFileError, match=f"without {tag}"):
        read_bank_file(text.encode())


def test_a_cut_message_is_flagged() -> None:
    file = read_bank_file(MT940[: MT940.index(":62F:")].encode())
    assert {FlagCode.TRUNCATED, FlagCode.MISSING_BALANCE} <= set(codes(file))
