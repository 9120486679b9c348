"""A page of a table is believed only when everything about it agrees."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import date, timedelta

import pytest

from activities.adapters.exchange import layout
from activities.adapters.exchange.gathering import without_repeats
from activities.adapters.exchange.layout import TablePage, UnknownLayoutError
from activities.adapters.exchange.pace import Pace
from activities.ports.bill_source import Announcement
from models.money import Money

GOOD = {"seq": "1", "acptName": "江苏鑫翊隆建设工程有限公司", "creditCode": "91350100M000100Y43"}


def table(*rows, page=1, pages=1, total=None):
    numbered = [{**GOOD, "seq": str(n), **row} for n, row in enumerate(rows, start=1)]
    return TablePage(page, pages, len(numbered) if total is None else total, numbered)


def test_rows_with_amounts_and_without():
    rows = layout.list_rows(
        table({"overdueBalance": "1,234.50", "cumOverdue": "99,999,999.9"}, {"creditCode": "—"}), page=1
    )

    assert rows[0].overdue_balance == Money.of("1234.50")
    assert rows[0].cumulative_overdue == Money.of("99999999.90")
    assert (rows[1].uscc, rows[1].overdue_balance) == (None, None)


def test_an_empty_list_has_no_rows():
    assert layout.list_rows(table(), page=1) == ()


@pytest.mark.parametrize(
    ("shown", "complaint"),
    [
        (table({}, page=2, pages=2), "asked for page 1, got page 2"),
        (table({}, {}, total=3), "rows 1 to 2"),
        (table({}, {}, {"seq": "4"}, total=4), "rows 1 to 4"),
        (table({"seq": "甲"}), "no numbered rows"),
        (table(total=5), "no numbered rows"),
        (table({"acptName": GOOD["creditCode"], "creditCode": GOOD["acptName"]}), "承兑人名称 holds"),
        (table({"creditCode": "有限公司"}), "统一社会信用代码 holds"),
        (table({"overdueBalance": "1.234,50"}), "not an amount"),
        (table({"overdueBalance": "1,23.00"}), "not an amount"),
        (table({"overdueBalance": "200.00", "cumOverdue": "100.00"}), "owe more than they ever did"),
        (TablePage(1, 1, 1, [{"seq": "1", "entName": "甲乙"}]), "'acptName' is missing"),
    ],
)
def test_what_does_not_agree_is_not_believed(shown, complaint):
    with pytest.raises(UnknownLayoutError, match=complaint):
        layout.list_rows(shown, page=1)


def test_a_middle_page_must_start_where_its_length_says():
    cells = [{**GOOD, "seq": str(n)} for n in range(21, 41)]
    assert len(layout.list_rows(TablePage(2, 3, 60, cells), page=2)) == 20
    with pytest.raises(UnknownLayoutError, match="rows 21 to 39"):
        layout.list_rows(TablePage(2, 3, 60, cells[:-1]), page=2)


def test_one_odd_cell_among_many_is_the_lists_business():
    odd = [{} for _ in range(9)]
    rows = layout.list_rows(table(*odd, {"creditCode": "见附注"}), page=1)

    assert rows[-1].uscc == "见附注", "as printed, for a person to judge"


@pytest.mark.parametrize(
    "titles",
    [
        {"seq": "序号", "acptName": "企业全称", "creditCode": "统一社会信用代码"},
        {"seq": "序号", "acptName": "承兑人名称"},
        {**{k: layout.LIST_TITLES[k] for k in ("seq", "acptName", "creditCode")}, "new": "新列"},
    ],
)
def test_unknown_columns_are_refused(titles):
    with pytest.raises(UnknownLayoutError):
        layout.check_list_titles(titles)


def test_dates_and_moments_are_the_sites():
    assert layout.day("2026-10-31") == date(2026, 10, 31)
    assert layout.moment("2026-11-05 16:30:00").utcoffset() == timedelta(hours=8)
    for wrong in (lambda: layout.day("31.10.2026"), lambda: layout.moment("昨天")):
        with pytest.raises(UnknownLayoutError):
            wrong()


async def test_requests_that_want_to_start_together_take_turns():
    pace = Pace(0.05)
    loop = asyncio.get_running_loop()
    moments = []

    async def request():
        await pace.turn()
        moments.append(loop.time())

    await asyncio.gather(*(request() for _ in range(4)))
    assert moments[-1] - moments[0] >= 0.149


def test_naming_the_gateway_costs_no_browser_library():
    code = "import sys, activities.adapters.exchange; sys.exit('playwright' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_announcement_that_was_pushed_to_the_next_page_counts_once():
    def announced(identity):
        moment = layout.moment("2026-11-05 16:30:00")
        return Announcement(identity, "", date(2026, 10, 31), moment, None, 0, ())

    found = without_repeats([announced("A2"), announced("A1"), announced("A1"), announced("A0")])
    assert [a.announcement_id for a in found] == ["A2", "A1", "A0"]
