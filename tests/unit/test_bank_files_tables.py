"""Tables of wallets and banks are read by profile data alone."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from activities.adapters.bank_files.profiles import find_profile, parse_profile, shipped_profiles
from activities.adapters.bank_files.reading import read_bank_file
from activities.adapters.bank_files.tables.values import DateReader, read_number
from models.payments.bank_files.errors import UnknownProfileError, UnreadableBankFileError
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.statements import BankFile, Direction, EntryStatus
from tests.factories.bank_files import (
    ALIPAY_BUSINESS,
    BOC_CORPORATE,
    CMB,
    ENGLISH,
    ICBC,
    SPARKASSE,
    WECHAT,
)


def codes(file: BankFile) -> list[FlagCode]:
    return [flag.code for flag in file.flags]


@pytest.mark.parametrize(
    ("text", "encoding", "profile", "credit", "debit"),
    [
        (WECHAT, "utf-8-sig", "wechat-pay", "0.35", "128.26"),
        (ALIPAY_BUSINESS, "gb18030", "alipay-business", "100.00", "600.00"),
        (ICBC, "gb18030", "icbc", "1000.00", "13.40"),
        (CMB, "gb18030", "cmb-columns", "100.00", "50.00"),
        (BOC_CORPORATE, "gb18030", "boc-corporate", "50.00", "100.00"),
        (SPARKASSE, "cp1252", "generic-european", "500.00", "1234.56"),
        (ENGLISH, "utf-8", "generic-english-columns", "1000.00", "6.50"),
        (ENGLISH, "utf-16", "generic-english-columns", "1000.00", "6.50"),
    ],
)
def test_the_profile_is_found_by_the_content(
    text: str, encoding: str, profile: str, credit: str, debit: str
) -> None:
    file = read_bank_file(text.encode(encoding))
    assert (file.format, file.version, file.profile) == ("csv", profile, profile)
    assert (file.computed.credit_sum, file.computed.debit_sum) == (Decimal(credit), Decimal(debit))


def test_a_wallet_bill_tells_account_period_totals_and_neutral_rows() -> None:
    file = read_bank_file(WECHAT.encode())
    (statement,) = file.statements
    assert (statement.account, statement.from_date) == ("星河租赁", date(2026, 1, 1))
    spent, received, withdrawn = statement.entries
    assert (spent.direction, spent.reference, spent.booked_at) == (
        Direction.DEBIT,
        "3985734",
        "2026-01-26T12:45:27",
    )
    assert received.details[0].counterparty == "同事"
    assert (withdrawn.status, withdrawn.direction) == (EntryStatus.INFO, Direction.DEBIT)
    assert file.declared.entries == 3
    assert codes(file) == [FlagCode.NOT_BOOKED]


def test_balances_follow_from_the_balance_column_in_either_order() -> None:
    newest_first = read_bank_file(ICBC.encode("gb18030")).statements[0]
    assert (newest_first.opening, newest_first.closing) == (Decimal("213.40"), Decimal("1200.00"))
    oldest_first = read_bank_file(ALIPAY_BUSINESS.encode("gb18030"))
    assert (oldest_first.statements[0].opening, oldest_first.statements[0].closing) == (
        Decimal("1000.00"),
        Decimal("500.00"),
    )
    assert codes(oldest_first) == []


def test_facts_around_the_rows_are_found() -> None:
    file = read_bank_file(CMB.encode("gb18030"))
    (statement,) = file.statements
    assert (statement.account, statement.from_date) == ("622588******1234", date(2026, 1, 1))
    assert (file.declared.credit_entries, file.declared.debit_sum) == (1, Decimal("50.00"))
    assert codes(file) == []


def test_of_payer_and_payee_the_counterparty_is_the_other_one() -> None:
    (statement,) = read_bank_file(BOC_CORPORATE.encode("gb18030")).statements
    assert statement.account == "1234567890"
    assert [entry.details[0].counterparty for entry in statement.entries] == ["张三", "李四"]


def test_a_european_export_keeps_references_and_pending_rows() -> None:
    booked, pending = read_bank_file(SPARKASSE.encode("cp1252")).statements[0].entries
    assert (booked.amount, booked.end_to_end_id) == (Decimal("1234.56"), "E1")
    assert (booked.booking_date, booked.value_date) == (date(2026, 8, 16), date(2026, 8, 17))
    assert booked.details[0].remittance == ("Strom für August",)
    assert pending.status is EntryStatus.PENDING


def test_odd_rows_are_kept_and_flagged() -> None:
    file = read_bank_file(ENGLISH.encode())
    entries = file.statements[0].entries
    assert [entry.booking_date for entry in entries] == [
        date(2026, 1, 15),
        date(2026, 1, 31),
        None,
        date(2026, 2, 1),
    ]
    assert {FlagCode.UNREADABLE_DATE, FlagCode.EXTRA_COLUMNS, FlagCode.MISSING_CURRENCY} <= set(codes(file))


def test_a_workbook_is_read_like_its_table() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        sheet = workbook.add_worksheet()
        rows = [
            ["交易日期", "收入", "支出", "余额", "对方户名", "摘要"],
            ["2026-01-05", 10.5, "", 110.5, "张三", "租金"],
        ]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    (entry,) = read_bank_file(target.getvalue()).statements[0].entries
    assert (entry.amount, entry.direction, entry.currency) == (Decimal("10.5"), Direction.CREDIT, "CNY")


OWN_PROFILE = """
name = "our-branch"
kind = "csv"
header = false
delimiters = "|"
decimal_mark = ","
date_formats = ["%y%m%d"]
sign = "words"
credit_words = ["IN"]
debit_words = ["OUT"]
reversal_words = ["REV"]
reversal_sign = "original"
currency = "CNY"
[columns]
date = { position = 1 }
direction = { position = 2 }
amount = { position = 3 }
kind = { position = 4 }
counterparty = { position = 5, pattern = '^(.*?)/' }
"""


def test_a_bank_is_added_by_a_data_file(tmp_path: Path) -> None:
    path = tmp_path / "our-branch.toml"
    path.write_text(OWN_PROFILE)
    profile = find_profile(str(path))
    file = read_bank_file(
        "260105|IN|1.000,5|PAY|张三/6222\n260106|IN|2|REV|张三/6222\n".encode(), profile=profile
    )
    first, reversal = file.statements[0].entries
    assert (first.amount, first.booking_date) == (Decimal("1000.5"), date(2026, 1, 5))
    assert first.details[0].counterparty == "张三"
    assert (reversal.reversal, reversal.direction) == (True, Direction.DEBIT)


def test_fixed_width_lines_count_bytes_where_the_profile_says() -> None:
    head = f"H20260105{'6222021234567890':20}CNY"
    blanks = " " * 36
    row = f"D2026010520260106C000000000012345CNY{'REF1':20}{'62170001':32}张三{blanks}租金"
    content = f"{head}\r\n{row}\r\nT00000001000000000012345\r\n".encode("gb18030")
    file = read_bank_file(content)
    assert (file.format, file.version) == ("fixed", "fixed-example")
    (entry,) = file.statements[0].entries
    assert (entry.amount, entry.direction) == (Decimal("123.45"), Direction.CREDIT)
    assert (entry.details[0].counterparty, entry.details[0].remittance) == ("张三", ("租金",))
    assert file.declared.entries == 1


def test_a_profile_with_wrong_data_is_told_field_by_field() -> None:
    with pytest.raises(UnknownProfileError, match=r"sign.*columns lack"):
        parse_profile(
            'name = "x"\nsign = "columns"\n[columns]\ndate = { names = ["D"] }\n', where="sign x.toml"
        )
    with pytest.raises(UnknownProfileError, match="colour"):
        parse_profile('name = "x"\ncolour = 1\n', where="x.toml")


def test_shipped_profiles_are_valid_and_named_like_their_files() -> None:
    profiles = shipped_profiles()
    assert {"wechat-pay", "alipay", "icbc", "ccb", "abc", "boc", "bocom", "cmb", "generic-european"} <= set(
        profiles
    )
    assert all(profile.name == name for name, profile in profiles.items())


def test_a_table_that_no_profile_fits_is_refused() -> None:
    with pytest.raises(UnreadableBankFileError, match="no profile fits"):
        read_bank_file(b"colour,size\nred,1\n")
    with pytest.raises(UnreadableBankFileError, match="does not fit"):
        read_bank_file(b"colour,size\nred,1\n", profile=find_profile("icbc"))


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("1,234.50", ".", "1234.50"),
        ("1.234,50", ".", "1234.50"),
        ("1.234", ",", "1234"),
        ("1,234", ".", "1234"),
        ("12,5", ".", "12.5"),
        ("¥-12.00", ".", "-12.00"),
        ("12,00-", ",", "-12.00"),
        ("(12.00)", ".", "-12.00"),
        ("CNY 123.18", ".", "123.18"),
        ("1'234.50", ".", "1234.50"),
        ("8,000.00(CN)", ".", "8000.00"),
    ],
)
def test_amounts_as_people_write_them(text: str, mark: str, expected: str) -> None:
    number = read_number(text, mark)
    assert number is not None
    assert str(number.amount) == expected


@pytest.mark.parametrize("text", ["", "abc", "1.2.3,4.5", "12 apples", "xx,yyyy.zz"])
def test_what_is_no_amount_is_not_guessed(text: str) -> None:
    assert read_number(text, ".") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026/1/5 09:00:01", date(2026, 1, 5)),
        ("20260105", date(2026, 1, 5)),
        ("2026年1月5日", date(2026, 1, 5)),
        ("05.01.2026", date(2026, 1, 5)),
        ("05.01.26", date(2026, 1, 5)),
        ("5 Jan 2026", date(2026, 1, 5)),
        ("2026-02-30", None),
    ],
)
def test_dates_as_people_write_them(text: str, expected: date | None) -> None:
    assert DateReader([text]).read(text)[0] == expected


def test_month_first_is_told_by_a_day_above_twelve() -> None:
    assert DateReader(["01/02/2026", "01/31/2026"]).read("01/02/2026")[0] == date(2026, 1, 2)
    assert DateReader(["01/02/2026", "31/01/2026"]).read("01/02/2026")[0] == date(2026, 2, 1)


def test_a_column_of_kinds_is_not_taken_for_one_of_directions() -> None:
    kinds = "Type,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
    kinds += "CARD_PAYMENT,2026-01-05 10:00:00,Coffee,-4.50,0.00,EUR,COMPLETED,95.50\n"
    kinds += "TOPUP,2026-01-06 10:00:00,Top-up,10.00,0.00,EUR,PENDING,105.50\n"
    spent, topped_up = read_bank_file(kinds.encode()).statements[0].entries
    assert (spent.direction, spent.amount) == (Direction.DEBIT, Decimal("4.50"))
    assert topped_up.status is EntryStatus.PENDING
    directions = "Date,Description,Type,Amount\n2026-01-05,Coffee,Debit,4.50\n2026-01-06,Pay,Credit,10.00\n"
    (statement,) = read_bank_file(directions.encode()).statements
    assert [entry.direction for entry in statement.entries] == [Direction.DEBIT, Direction.CREDIT]
