"""Making and archiving the risk report: page, PDF and workbook of one model."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from activities.adapters.charts import draw
from activities.adapters.workbooks import write_workbook
from activities.bill_monitoring.report_facts import gather
from activities.bill_monitoring.report_page import render_page
from activities.ports.printing import PagePrinter, PrinterMissingError
from activities.store import documents
from activities.store.bill_monitoring import scans
from activities.store.database import Database
from activities.templates.catalogue import catalogue
from models.bill_monitoring.messages import ReportWritten, ScanStep
from models.bill_monitoring.report import RiskReport

_log = structlog.get_logger(__name__)

HTML = "text/html; charset=utf-8"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class ReportForms:
    """A report in every form that does not need a browser."""

    html: str
    xlsx: bytes


class ReportWriter:
    """Writes a scan's report and keeps it.

    Args:
        database: the books, and where documents are kept.
        printer: makes the PDF; None when the machine cannot print, and the report has none.
        language: of the report.
    """

    def __init__(self, database: Database, printer: PagePrinter | None, language: str = "zh-CN") -> None:
        self._database = database
        self._printer = printer
        self._language = language
        catalogue(language)  # a language that nobody speaks is refused when the worker starts

    async def write(self, step: ScanStep) -> ReportWritten:
        """Write the report as the books stand now, and archive it in all its forms."""
        report = await asyncio.to_thread(self._gather, step)
        # page and workbook are made while the printer gets ready, which takes it a second
        page = asyncio.ensure_future(asyncio.to_thread(make_page, report, self._language))
        workbook = asyncio.ensure_future(asyncio.to_thread(make_workbook, report, self._language))
        html, xlsx, pdf = await asyncio.gather(page, workbook, self._print(page))
        return await asyncio.to_thread(self._archive, report, ReportForms(html, xlsx), pdf)

    async def _print(self, html: Awaitable[str]) -> bytes | None:
        """The PDF; without a printer the other forms are still worth having."""
        if self._printer is None:
            return None
        try:
            return await self._printer.pdf(html)
        except PrinterMissingError as error:
            await _log.aerror("report_not_printed", reason=error.message, remedy=error.remedy)
            return None

    def _gather(self, step: ScanStep) -> RiskReport:
        with self._database.transaction() as session:
            return gather(session, step, catalogue(self._language))

    def _archive(self, report: RiskReport, forms: ReportForms, pdf: bytes | None) -> ReportWritten:
        with self._database.transaction() as session:
            written = ReportWritten(
                report_id=report.report_id,
                html=documents.keep(session, forms.html.encode(), media_type=HTML),
                pdf=documents.keep(session, pdf, media_type=PDF) if pdf else None,
                xlsx=documents.keep(session, forms.xlsx, media_type=XLSX),
            )
            scans.enter_report(
                session, written, scan_id=report.scan_id, list_date=report.list_date, at=datetime.now(UTC)
            )
        return written


def make_forms(report: RiskReport, language: str) -> ReportForms:
    """Page and workbook of a report; the same report gives the same bytes."""
    return ReportForms(make_page(report, language), make_workbook(report, language))


def make_page(report: RiskReport, language: str) -> str:
    """The self-contained page."""
    return render_page(report, draw(report, catalogue(language)), language=language)


def make_workbook(report: RiskReport, language: str) -> bytes:
    """The workbook."""
    return write_workbook(report, catalogue(language))
