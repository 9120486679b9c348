"""A plan as an Excel workbook: the terms, every row as numbers, sums as formulas, and a chart Excel draws."""

from __future__ import annotations

import io
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from models.lease.plan.plan import PlanRow
from models.lease.plan.quoting import Quote
from models.money import Money

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_BRAND, _SECOND, _THIRD = "#1F4E79", "#9DB7CF", "#D1691E"
_AMOUNT, _RATE = "#,##0.00", "0.000000%"
_HEAD: Final = (
    *("No.", "Kind", "Due", "Days", "Rent", "Interest", "Principal"),
    *("Fee", "Deposit", "Subsidy", "Payable", "Balance"),
)
_SUMMED: Final = "EFGHIJK"


def write_plan(quoted: Quote) -> bytes:
    """The workbook's bytes; the same quote gives the same bytes."""
    import xlsxwriter  # noqa: PLC0415 - only needed to write

    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    created = datetime.combine(quoted.plan.start, time.min)
    book.set_properties({"title": quoted.terms.name or "Plan", "created": created})
    _PlanBook(book, quoted).fill()
    book.close()
    return written.getvalue()


class _PlanBook:
    def __init__(self, book: Workbook, quoted: Quote) -> None:
        self._book = book
        self._quoted = quoted
        self._head = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": _BRAND})
        self._bold = book.add_format({"bold": True})
        self._title = book.add_format({"bold": True, "font_size": 16, "font_color": _BRAND})
        self._amount = book.add_format({"num_format": _AMOUNT})
        self._sum = book.add_format({"num_format": _AMOUNT, "bold": True, "top": 1})
        self._rate = book.add_format({"num_format": _RATE})
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})

    def fill(self) -> None:
        summary = self._book.add_worksheet("Summary")
        schedule = self._book.add_worksheet("Schedule")
        self._schedule(schedule)
        self._summary(summary)

    def _schedule(self, sheet: Worksheet) -> None:
        for column, name in enumerate(_HEAD):
            sheet.write_string(0, column, name, self._head)
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, 3, 11)
        sheet.set_column(4, 11, 15)
        for at, row in enumerate(self._quoted.plan.rows, start=1):
            self._row(sheet, at, row)
        last = len(self._quoted.plan.rows)
        sheet.write_string(last + 1, 0, "Total", self._bold)
        for name in _SUMMED:
            amount = self._total(name)
            sheet.write_formula(f"{name}{last + 2}", f"=SUM({name}2:{name}{last + 1})", self._sum, amount)
        sheet.freeze_panes(1, 3)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _row(self, sheet: Worksheet, at: int, row: PlanRow) -> None:
        sheet.write_number(at, 0, row.number)
        sheet.write_string(at, 1, row.kind)
        sheet.write_datetime(at, 2, datetime.combine(row.due, time.min), self._date)
        sheet.write_number(at, 3, row.days)
        for column, amount in enumerate(_amounts(row), start=4):
            sheet.write_number(at, column, amount, self._amount)

    def _total(self, name: str) -> Decimal:
        """What the formula comes to, for readers that do not calculate."""
        column = _SUMMED.index(name)
        return sum((_amounts(row)[column] for row in self._quoted.plan.rows), Decimal(0))

    def _summary(self, sheet: Worksheet) -> None:
        plan, terms = self._quoted.plan, self._quoted.terms
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 20)
        sheet.write_string(0, 0, terms.name or "Financing plan", self._title)
        amounts = (("Price", plan.price), ("Down payment", plan.down_payment), ("Financed", plan.financed))
        at = 2
        for name, money in amounts:
            if money is not None:
                sheet.write_string(at, 0, f"{name} ({money.currency})", self._bold)
                sheet.write_number(at, 1, money.amount, self._amount)
                at += 1
        for name, text in (("Method", terms.method), ("Every", terms.every), ("Day count", terms.day_count)):
            sheet.write_string(at, 0, name, self._bold)
            sheet.write_string(at, 1, str(text))
            at += 1
        found = self._quoted.yields
        rates = (
            ("Rate, nominal a year", plan.rate),
            ("IRR, nominal a year", found.irr_nominal),
            ("IRR, effective a year", found.irr_effective),
            ("XIRR", found.xirr),
            ("APR, EU (effective)", found.apr_eu),
            ("APR, US (nominal)", found.apr_us),
        )
        for name, rate in rates:
            sheet.write_string(at, 0, name, self._bold)
            if rate is not None:
                sheet.write_number(at, 1, rate, self._rate)
            at += 1
        self._chart(sheet)

    def _chart(self, sheet: Worksheet) -> None:
        last = len(self._quoted.plan.rows)
        chart = self._book.add_chart({"type": "column", "subtype": "stacked"})
        for column, colour in ((6, _SECOND), (5, _THIRD)):
            chart.add_series(
                {
                    "name": ["Schedule", 0, column],
                    "categories": ["Schedule", 1, 2, last, 2],
                    "values": ["Schedule", 1, column, last, column],
                    "fill": {"color": colour},
                    "gap": 40,
                }
            )
        line = self._book.add_chart({"type": "line"})
        line.add_series(
            {
                "name": ["Schedule", 0, 11],
                "categories": ["Schedule", 1, 2, last, 2],
                "values": ["Schedule", 1, 11, last, 11],
                "y2_axis": True,
                "line": {"color": _BRAND, "width": 1.75},
            }
        )
        chart.combine(line)
        chart.set_legend({"position": "bottom"})
        chart.set_x_axis({"text_axis": True, "num_format": "yyyy-mm", "num_font": {"rotation": -45}})
        chart.set_size({"width": 720, "height": 340})
        sheet.insert_chart("D3", chart)


def _amounts(row: PlanRow) -> tuple[Decimal, ...]:
    def plain(money: Money | None) -> Decimal:
        return Decimal(0) if money is None else money.amount

    cells = (
        row.rent,
        row.interest,
        row.principal,
        row.fee,
        row.deposit,
        row.subsidy,
        row.payable,
        row.balance,
    )
    return tuple(plain(money) for money in cells)
