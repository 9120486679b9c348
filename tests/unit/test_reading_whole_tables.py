"""What a table as a whole tells about its rows: widths, totals, illegible headings, and parts that join."""

from __future__ import annotations

import pytest

from activities.adapters.ocr.ranges import joined, page_ranges
from activities.adapters.ocr.table_records import check_totals
from models.bill_monitoring.line_widths import deviating, printed_width
from models.bill_monitoring.list_headers import (
    has_doubtful_unit,
    obscure_columns,
    unplaced_fields,
    with_unnamed_columns,
)
from models.bill_monitoring.printed_text import TextLine
from models.bill_monitoring.reading import DocumentKind, DocumentReading, Field, ReadRecord
from models.money import Money

PITCH, SEPARATOR = 11.0, 5.5


def printed(text, *, read=None):
    """An amount as printed, and what was read of it."""
    width = sum(PITCH if c.isdigit() else SEPARATOR for c in text)
    return printed_width(read or text, width)


AMOUNTS = ("7,935,386.57", "592,453.44", "8,219.69", "74,677,340.79", "522,602,951.06", "19,168.42")


def test_amounts_of_one_type_face_confirm_each_other():
    assert not any(deviating([printed(text) for text in AMOUNTS]))


@pytest.mark.parametrize(
    ("text", "read"), [("11,051.08", "1,051.08"), ("11051.08", "1051.08"), ("500,000.00", "50,000.00")]
)
def test_a_digit_that_was_swallowed_leaves_its_room(text, read):
    assert deviating([*map(printed, AMOUNTS), printed(text, read=read)])[-1]


def test_too_few_amounts_and_other_texts_tell_nothing():
    assert not any(deviating([printed("1.00"), printed("10.00", read="1.00")]))
    assert printed_width("¥ 5", 40.0) is None


COLUMNS = {Field.NAME: (0, None), Field.USCC: (1, None), Field.OVERDUE_BALANCE: (2, None)}


def headings(*last):
    return [TextLine(text, 1.0) for text in ("企业名称", "信用代码", "逾期余额")] + list(last)


@pytest.mark.parametrize(("heading", "expected"), [("", {3}), ("系计", {3}), ("机构类型", set())])
def test_an_illegible_heading_is_told_from_one_that_is_never_read(heading, expected):
    assert obscure_columns(headings(TextLine(heading, 0.3)), COLUMNS) == expected


@pytest.mark.parametrize(
    ("text", "confidence", "doubtful"),
    [
        ("逾期余额", 0.9, False),
        ("逾期余额（万元）", 0.9, False),
        ("逾期余额(元)", 0.9, False),
        ("逾期余额（方元）", 0.9, True),
        ("逾期余额（元）", 0.5, True),
    ],
)
def test_a_unit_that_is_not_sure_is_told(text, confidence, doubtful):
    assert has_doubtful_unit(TextLine(text, confidence)) is doubtful


def test_the_other_column_of_amounts_is_told_if_it_is_never_the_smaller():
    names = ["企业名称", "信用代码", "逾期余额", ""]
    rows = [["甲乙丙丁公司", "", "10.00", "12.00"], ["甲乙丙戊公司", "", "10.00", "10.00"]]
    assert with_unnamed_columns(COLUMNS, names, rows, {3})[Field.CUMULATIVE_OVERDUE] == (3, None)
    smaller = [*rows, ["甲乙丙己公司", "", "10.00", "9.00"]]
    assert Field.CUMULATIVE_OVERDUE not in with_unnamed_columns(COLUMNS, names, smaller, {3})
    assert unplaced_fields(COLUMNS, smaller, {3}) == {Field.CUMULATIVE_OVERDUE}


def records(*amounts, review=()):
    return [ReadRecord(overdue_balance=Money.of(amount), review=review) for amount in amounts]


def test_a_printed_total_that_adds_up_says_nothing():
    found, notes = records("1.00", "2.00"), []
    check_totals(found, 0, {Field.OVERDUE_BALANCE: Money.of("3.00")}, notes)
    assert not notes
    assert not any(record.review for record in found)


def test_a_printed_total_that_does_not_add_up_puts_every_amount_in_doubt():
    found, notes = records("1.00", "2.00"), []
    check_totals(found, 0, {Field.OVERDUE_BALANCE: Money.of("13.00")}, notes)
    assert "13.00" in notes[0]
    assert all("add up to 3.00" in record.review[0] for record in found)


def test_a_printed_total_blames_no_other_amount_where_one_is_doubted_already():
    found = [*records("1.00"), *records("2.00", review=("overdue_balance: read with confidence 0.50 only",))]
    check_totals(found, 0, {Field.OVERDUE_BALANCE: Money.of("13.00")}, [])
    assert not found[0].review


@pytest.mark.parametrize(
    ("pages", "processes", "expected"),
    [(8, 2, [(1, 8)]), (9, 1, [(1, 9)]), (9, 2, [(1, 8), (9, 9)]), (20, 2, [(1, 8), (9, 16), (17, 20)])],
)  # fmt: skip
def test_long_documents_are_shared_out_by_pages(pages, processes, expected):
    assert page_ranges(pages, processes) == expected


def test_parts_join_in_page_order():
    first = DocumentReading(DocumentKind.OVERDUE_LIST, 8, (ReadRecord(name="甲"),), "text", ("page 2: a",))
    blank = DocumentReading(DocumentKind.UNKNOWN, 12, (ReadRecord(name="乙"),), "none", ("page 9: b",))
    whole = joined([first, blank])
    assert (whole.kind, whole.pages, whole.engine) == (DocumentKind.OVERDUE_LIST, 12, "text")
    assert [record.name for record in whole.records] == ["甲", "乙"]
    assert whole.notes == ("page 2: a", "page 9: b")
