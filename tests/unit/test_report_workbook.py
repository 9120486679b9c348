"""The report as a workbook, read back as Excel would."""

from __future__ import annotations

import io

import openpyxl
import pytest

from activities.adapters.workbooks import write_workbook
from activities.templates.catalogue import catalogue
from tests.factories.reports import finding, full_report, report


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_workbook(full_report(), catalogue("zh-CN"))))


def test_sheets_and_charts(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == ["概览", "风险明细", "在榜期数", "文件情况"]
    assert [len(sheet._charts) for sheet in book.worksheets] == [3, 0, 1, 0]  # noqa: SLF001


def test_findings_can_be_filtered_and_added_up(book: openpyxl.Workbook) -> None:
    sheet, shown = book["风险明细"], full_report()

    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == f"A1:N{len(shown.findings) + 1}"
    head = [cell.value for cell in sheet[1]]
    overdue = head.index("逾期余额")
    for row, one in zip(sheet.iter_rows(min_row=2), shown.findings, strict=True):
        assert row[0].value == one.customer_id
        if one.overdue_balance is None:
            assert row[overdue].value is None
        else:
            assert f"{row[overdue].value:.2f}" == str(one.overdue_balance)
        assert row[overdue].number_format == "#,##0.00"


def test_large_amounts_keep_their_cents() -> None:
    shown = report((finding(balance="987654321098.76"),))
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(shown, catalogue("en"))))

    assert f"{book['Findings']['G2'].value:.2f}" == "987654321098.76"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    shown = report((finding(name='=HYPERLINK("http://evil.example","x")'),))
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(shown, catalogue("en"))))

    cell = book["Findings"]["B2"]
    assert cell.value == '=HYPERLINK("http://evil.example","x")'
    assert cell.data_type == "s"


def test_the_same_report_gives_the_same_bytes() -> None:
    texts = catalogue("zh-CN")

    assert write_workbook(full_report(), texts) == write_workbook(full_report(), texts)
