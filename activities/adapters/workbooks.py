"""The report as an Excel workbook: figures as numbers, charts that Excel draws itself."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from activities.adapters.charts import GRADE_COLOURS, band_name
from activities.templates.catalogue import Catalogue
from activities.templates.rendering import shanghai_time
from models.bill_monitoring.report import ReportFinding, RiskReport, ageing, by_grade, largest
from models.bill_monitoring.rules import Change
from models.money import Money

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_Cell = str | int | Money | None

_BRAND, _SECOND = "#1F4E79", "#9DB7CF"
_YUAN = "#,##0.00"

_FINDING_COLUMNS: tuple[tuple[str, int], ...] = (
    ("customer_id", 13),
    ("customer_name", 32),
    ("acceptor", 36),
    ("relation", 11),
    ("change", 9),
    ("grade", 10),
    ("overdue_balance", 19),
    ("previous_balance", 19),
    ("cumulative_overdue", 19),
    ("exposure", 19),
    ("lists_in_a_row", 11),
    ("officer", 16),
    ("reason", 44),
    ("finding_id", 30),
)
_CHANGE_COLOURS = {
    Change.NEW: "#A4262C",
    Change.WORSE: "#A4262C",
    Change.BETTER: "#2E7D4F",
    Change.CLEARED: "#2E7D4F",
}


def write_workbook(report: RiskReport, texts: Catalogue) -> bytes:
    """The workbook's bytes; the same report gives the same bytes."""
    import xlsxwriter  # noqa: PLC0415 - only needed to write

    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True, "remove_timezone": True})
    book.set_properties(
        {"title": texts.text("report.title"), "created": report.scanned_at.replace(tzinfo=None)}
    )
    _ReportBook(book, report, texts).fill()
    book.close()
    return written.getvalue()


class _ReportBook:
    """Fills the sheets of one workbook."""

    def __init__(self, book: Workbook, report: RiskReport, texts: Catalogue) -> None:
        self._book = book
        self._report = report
        self._texts = texts
        self._title = book.add_format({"bold": True, "font_size": 16, "font_color": _BRAND})
        self._head = book.add_format(
            {
                "bold": True,
                "font_color": "#FFFFFF",
                "bg_color": _BRAND,
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        self._plain = book.add_format({"valign": "top"})
        self._wrapped = book.add_format({"valign": "top", "text_wrap": True})
        self._bold = book.add_format({"bold": True})
        self._money = book.add_format({"num_format": _YUAN, "valign": "top"})
        self._count = book.add_format({"num_format": "#,##0", "valign": "top"})
        self._grades = {
            grade: book.add_format({"bold": True, "font_color": colour, "valign": "top"})
            for grade, colour in GRADE_COLOURS.items()
        }
        self._changes = {
            change: book.add_format({"font_color": colour, "valign": "top"})
            for change, colour in _CHANGE_COLOURS.items()
        }

    def fill(self) -> None:
        self._summary(self._sheet("summary"))
        self._findings(self._sheet("findings"))
        self._ageing(self._sheet("ageing"))
        self._documents(self._sheet("documents"))

    # ------------------------------------------------------------ sheets

    def _summary(self, sheet: Worksheet) -> None:
        report, text = self._report, self._texts.text
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 3, 20)
        sheet.write_string(0, 0, text("report.title"), self._title)
        lines = (
            text("report.list_of", date=report.list_date),
            text("report.compared_with", what=report.compared_with or text("report.compared_nothing")),
            text("report.scanned_at", at=shanghai_time(report.scanned_at)),
            text("report.scan", scan_id=report.scan_id),
        )
        for row, line in enumerate(lines, start=1):
            sheet.write_string(row, 0, line)
        row = self._key_figures(sheet, len(lines) + 2)
        for note in report.notes:
            sheet.write_string(row, 0, note)
            row += 1
        self._summary_charts(sheet, row + 1)

    def _key_figures(self, sheet: Worksheet, row: int) -> int:
        report, text = self._report, self._texts.text
        counts: list[tuple[str, int]] = [
            (text("report.affected_customers"), report.customers),
            *((text(f"change.{change}"), count) for change, count in report.counts.items()),
            (text("report.records"), report.records),
            (text("report.review_items"), report.review_items),
            (text("report.unread_documents"), report.unread),
        ]
        unit = text("column.yuan")
        for name, amount in (
            (text("report.overdue_total"), report.overdue_balance),
            (text("report.exposure_total"), report.exposure),
        ):
            sheet.write_string(row, 0, f"{name} ({unit})", self._bold)
            _write(sheet, row, 1, amount, self._money)
            row += 1
        for name, count in counts:
            sheet.write_string(row, 0, name, self._bold)
            sheet.write_number(row, 1, count, self._count)
            row += 1
        return row + 1

    def _summary_charts(self, sheet: Worksheet, row: int) -> None:
        """Tables of what the charts show, with the charts to their right."""
        text = self._texts.text
        money = [text("column.overdue_balance"), text("column.exposure")]
        grades = [
            (text(f"grade.{grade.grade}"), grade.overdue_balance, grade.exposure, grade.findings)
            for grade in by_grade(self._report.findings)
        ]
        end = self._table(sheet, row, [text("column.grade"), *money, text("column.findings")], grades)
        self._chart(sheet, "bar", "chart_grade", (row, end), columns=(1, 2), at="F2")
        row = end + 2
        points = [(f"{p.list_date:%Y-%m-%d}", p.overdue_balance, p.customers) for p in self._report.trend]
        head = [text("column.list_date"), text("column.overdue_balance"), text("column.customers")]
        end = self._table(sheet, row, head, points)
        self._chart(sheet, "column", "chart_trend", (row, end), columns=(1,), line=2, at="F18")
        row = end + 2
        top = [(f.customer_name, f.overdue_balance, f.exposure) for f in largest(self._report.findings)]
        end = self._table(sheet, row, [text("column.customer"), *money], top)
        if top:
            self._chart(sheet, "bar", "chart_top", (row, end), columns=(1,), at="F34")

    def _findings(self, sheet: Worksheet) -> None:
        for column, (name, width) in enumerate(_FINDING_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, self._texts.text(f"column.{name}"), self._head)
        sheet.set_row(0, 30)
        for row, finding in enumerate(self._report.findings, start=1):
            self._finding(sheet, row, finding)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(len(self._report.findings), 1), len(_FINDING_COLUMNS) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _finding(self, sheet: Worksheet, row: int, finding: ReportFinding) -> None:
        text = self._texts.text
        cells: tuple[tuple[_Cell, Format], ...] = (
            (finding.customer_id, self._plain),
            (finding.customer_name, self._plain),
            (finding.acceptor_name, self._plain),
            (text(f"relation.{finding.relation}"), self._plain),
            (text(f"change.{finding.change}"), self._changes.get(finding.change, self._plain)),
            (text(f"grade.{finding.grade}"), self._grades[finding.grade]),
            (finding.overdue_balance, self._money),
            (finding.previous_balance, self._money),
            (finding.cumulative_overdue, self._money),
            (finding.exposure, self._money),
            (finding.lists_in_a_row, self._count),
            (finding.officer_name, self._plain),
            (finding.reason, self._wrapped),
            (finding.finding_id, self._plain),
        )
        for column, (value, form) in enumerate(cells):
            _write(sheet, row, column, value, form)

    def _ageing(self, sheet: Worksheet) -> None:
        text = self._texts.text
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 2, 20)
        bands = [
            (band_name(band, self._texts), band.findings, band.overdue_balance)
            for band in ageing(self._report.findings)
        ]
        head = [text("column.band"), text("column.findings"), text("column.overdue_balance")]
        end = self._table(sheet, 0, head, bands)
        self._chart(sheet, "column", "chart_ageing", (0, end), columns=(1,), at="E2")
        sheet.freeze_panes(1, 0)

    def _documents(self, sheet: Worksheet) -> None:
        text = self._texts.text
        for column, width in enumerate((30, 36, 18, 70)):
            sheet.set_column(column, column, width)
        rows = [
            (
                document.list_id,
                document.filename,
                text("report.read_with_remark") if document.read else text("report.not_read"),
                document.remark,
            )
            for document in self._report.documents
        ]
        head = [text("column.list"), text("column.document"), text("column.state"), text("column.remark")]
        self._table(sheet, 0, head, rows)
        sheet.freeze_panes(1, 0)

    # ------------------------------------------------------------ parts of sheets

    def _sheet(self, name: str) -> Worksheet:
        return self._book.add_worksheet(self._texts.text(f"report.sheet_{name}"))

    def _table(self, sheet: Worksheet, row: int, head: Sequence[str], rows: Iterable[Sequence[_Cell]]) -> int:
        """Write a table and give the number of its last row."""
        for column, name in enumerate(head):
            sheet.write_string(row, column, name, self._head)
        for cells in rows:
            row += 1
            for column, cell in enumerate(cells):
                form = self._plain if isinstance(cell, str) else self._money
                _write(sheet, row, column, cell, self._count if isinstance(cell, int) else form)
        return row

    def _chart(
        self,
        sheet: Worksheet,
        kind: str,
        title: str,
        rows: tuple[int, int],
        *,
        columns: Sequence[int],
        at: str,
        line: int | None = None,
    ) -> None:
        """Put a chart of a table's columns beside it; ``line`` names a column for a second axis."""
        first, last = rows
        chart = self._book.add_chart({"type": kind})
        for column, colour in zip(columns, (_BRAND, _SECOND), strict=False):
            chart.add_series({**_series(sheet.get_name(), first, last, column), "fill": {"color": colour}})
        if line is not None:
            curve = self._book.add_chart({"type": "line"})
            curve.add_series(
                {
                    **_series(sheet.get_name(), first, last, line),
                    "y2_axis": True,
                    "marker": {"type": "circle"},
                }
            )
            chart.combine(curve)
        chart.set_title({"name": self._texts.text(f"report.{title}"), "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom"} if len(columns) > 1 or line is not None else {"none": True})
        if kind == "bar":
            chart.set_y_axis({"reverse": True})
            chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": False}})
        chart.set_size({"width": 620, "height": 300})
        sheet.insert_chart(at, chart)


def _write(sheet: Worksheet, row: int, column: int, value: _Cell, form: Format) -> None:
    """Write a cell as what it is: text never as a formula, money as an exact number."""
    if isinstance(value, str):
        sheet.write_string(row, column, value, form)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, form)
    elif value is None:  # an amount that the list does not name is no zero
        sheet.write_blank(row, column, None, form)
    else:
        sheet.write_number(row, column, value.amount, form)


def _series(sheet: str, first: int, last: int, column: int) -> dict[str, Any]:
    return {
        "name": [sheet, first, column],
        "categories": [sheet, first + 1, 0, last, 0],
        "values": [sheet, first + 1, column, last, column],
        "data_labels": {"value": True, "num_format": "#,##0", "font": {"size": 8}},
        "gap": 60,
    }
