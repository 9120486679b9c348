"""The report writer on real books."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from activities.adapters.printing import ChromiumPrinter
from activities.bill_monitoring.report_facts import gather
from activities.bill_monitoring.reporting import ReportWriter
from activities.store import documents
from activities.store.bill_monitoring import scans
from activities.store.database import Database
from activities.templates.catalogue import catalogue
from models.bill_monitoring.messages import ScanStep
from models.bill_monitoring.report import RiskReport
from models.bill_monitoring.rules import Change
from models.errors import InvalidInputError
from models.money import Money
from tests.factories.books import Books

pytestmark = pytest.mark.stack


@pytest.fixture
def books(database: Database) -> Books:
    books = Books(database)
    books.hire()
    books.take_over_customers(4)
    return books


def gathered(books: Books, step: ScanStep) -> RiskReport:
    with books.database.transaction() as session:
        return gather(session, step, catalogue("zh-CN"))


def test_counts_consecutive_lists_and_the_trend_up_to_this_list(books: Books) -> None:
    # dates long past, so that other tests' lists do not stand between these
    books.scan(date(2001, 1, 31), {1: "100.00", 2: "50.00"})
    books.scan(date(2001, 2, 28), {1: "100.00", 3: "7.00"}, changes={1: Change.UNCHANGED, 2: Change.CLEARED})
    books.scan(date(2001, 4, 30), {1: "999.00"})  # later: a back-filled scan does not see it
    step = books.scan(
        date(2001, 3, 31),
        {1: "150.00", 2: "60.00"},
        changes={1: Change.WORSE, 3: Change.CLEARED},
        closed=False,
    )

    report = gathered(books, step)

    assert {f.customer_id: f.lists_in_a_row for f in report.findings} == {
        books.customer(1): 3,
        books.customer(2): 1,
        books.customer(3): 0,
    }
    assert [(p.list_date.month, p.customers, p.overdue_balance) for p in report.trend[-3:]] == [
        (1, 2, Money.of("150.00")),
        (2, 2, Money.of("107.00")),
        (3, 2, Money.of("210.00")),
    ]
    assert report.compared_with == "2001-02-28 名单"
    assert report.records == 2
    assert report.counts[Change.CLEARED] == 1
    assert report.findings[0].officer_name == "李伟"


def test_a_corrected_list_stands_for_the_one_it_replaces(books: Books) -> None:
    first = books.scan(date(1999, 1, 31), {1: "100.00", 2: "50.00"})
    books.scan(
        date(1999, 1, 31),
        {2: "50.00"},
        changes={1: Change.CLEARED, 2: Change.UNCHANGED},
        corrects=first.list_ids[0],
    )
    step = books.scan(date(1999, 2, 28), {1: "100.00", 2: "55.00"}, closed=False)

    report = gathered(books, step)

    assert {f.customer_id: f.lists_in_a_row for f in report.findings} == {
        books.customer(1): 1,
        books.customer(2): 2,
    }
    assert report.trend[-2].overdue_balance == Money.of("50.00")


def test_a_list_scanned_again_says_so(books: Books) -> None:
    first = books.scan(date(1998, 1, 31), {1: "100.00"})
    again = books.scan(
        date(1998, 1, 31),
        {1: "100.00"},
        changes={1: Change.UNCHANGED},
        list_id=first.list_ids[0],
        closed=False,
    )

    report = gathered(books, again)

    assert report.compared_with == "本期名单的上一次扫描"
    assert report.findings[0].lists_in_a_row == 1


async def test_archives_every_form_and_writes_the_same_again(books: Books) -> None:
    step = books.scan(date(1997, 1, 31), {1: "100.00", 4: "12345678.90"}, closed=False)
    with books.database.transaction() as session:
        books.unreadable_document(session, step.list_ids[0])
        scans.note(session, step.scan_id, "The layout of page 3 changed", None)
    writer = ReportWriter(books.database, printer=None)

    written = await writer.write(step)
    again = await writer.write(step)

    assert written == again
    assert written.report_id == f"report-{step.scan_id}"
    assert written.pdf is None
    with books.database.transaction() as session:
        html = documents.fetch(session, written.html).content.decode()
        (archived,) = scans.reports(session, list_date=step.list_date)
    assert archived.html_sha256 == written.html
    for text in ("12,345,678.90", "附件9.jpg", "The layout of page 3 changed"):
        assert text in html


async def test_a_machine_that_cannot_print_still_reports(books: Books, tmp_path: Path) -> None:
    step = books.scan(date(1995, 1, 31), {1: "100.00"}, closed=False)

    written = await ReportWriter(books.database, ChromiumPrinter(tmp_path / "no-browser")).write(step)

    assert written.pdf is None
    assert written.html


@pytest.mark.browser
async def test_prints_chinese_as_text(books: Books) -> None:
    step = books.scan(date(1996, 1, 31), {1: "100.00"}, closed=False)
    written = await ReportWriter(books.database, ChromiumPrinter()).write(step)

    assert written.pdf is not None
    with books.database.transaction() as session:
        pdf = PdfDocument(documents.fetch(session, written.pdf).content)
    width, height = pdf[0].get_size()
    text = "".join(page.get_textpage().get_text_range() for page in pdf)
    pdf.close()
    assert (round(width), round(height)) == (842, 595)  # A4 landscape, in points
    assert "商业汇票逾期名单风险报告" in text
    assert "恒州第1建筑有限公司" in text


def test_a_language_that_nobody_speaks_is_refused_at_start_up(database: Database) -> None:
    with pytest.raises(InvalidInputError, match=r"language 'fr'.*zh-CN, en"):
        ReportWriter(database, printer=None, language="fr")
