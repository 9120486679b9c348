"""Amounts, dates and Chinese capitals: what each printed form means, and what is never guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.bill_monitoring.chinese_amounts import chinese_amount, parse_chinese_amount
from models.bill_monitoring.field_rules import read_amount, read_date
from models.errors import InvalidInputError
from models.money import Money

AMOUNTS = st.integers(min_value=1, max_value=10**15).map(Money)


@given(AMOUNTS)
def test_an_amount_in_capitals_reads_back_as_itself(money):
    assert parse_chinese_amount(chinese_amount(money)) == money


@given(AMOUNTS)
def test_grouped_and_plain_amounts_read_as_printed(money):
    for text in (
        f"{money.amount:,.2f}",
        f"{money.amount:.2f}",
        f"¥{money.amount:,.2f}",
        f"{money.amount:,.2f}元",
    ):
        assert read_amount(text).value == money


@given(AMOUNTS)
def test_a_point_misread_as_comma_never_multiplies_by_a_hundred(money):
    printed = f"{money.amount:,.2f}"
    assert read_amount(printed[:-3] + "," + printed[-2:]).value == money


@given(st.integers(min_value=1000, max_value=10**12).map(Money), st.data())
def test_a_lost_digit_in_a_grouped_amount_is_not_taken(money, data):
    printed = f"{money.amount:,.2f}"
    if "," not in printed:
        return
    inner = [i for i, c in enumerate(printed) if c.isdigit() and printed.index(",") < i < printed.index(".")]
    place = data.draw(st.sampled_from(inner))
    reading = read_amount(printed[:place] + printed[place + 1 :])
    assert reading.value is None
    assert reading.doubts


@pytest.mark.parametrize(
    ("text", "unit", "yuan"),
    [
        ("1,234.56", 10_000, "12345600"),
        ("1 234 567.89", 1, "1234567.89"),
        ("１，２３４．５０", 1, "1234.5"),
        ("12.5万元", 1, "125000"),
        ("l,O00.00", 1, "1000"),
        ("¥ 100", 1, "100"),
        ("人民币1,000.00元", 1, "1000"),
    ],
)
def test_units_widths_and_look_alikes(text, unit, yuan):
    assert read_amount(text, unit=unit).value == Money.of(Decimal(yuan))


@pytest.mark.parametrize("text", ["", "-", "—", "无", "/", "N/A"])
def test_an_empty_cell_is_no_amount_and_no_doubt(text):
    assert read_amount(text).value is None
    assert not read_amount(text).doubts


@pytest.mark.parametrize("text", ["1,2345.67", "1.234", "0123.45", "abc", "1.234.567"])
def test_odd_amounts_raise_a_doubt(text):
    assert read_amount(text).doubts


@pytest.mark.parametrize(
    "text",
    [
        "2025-12-31", "2025/12/31", "2025.12.31", "20251231", "2025年12月31日", "2025 年 12 月 31 日",
            "截至2025年12月31日",
        "二〇二五年十二月三十一日", "31 December 2025", "Dec 31, 2025", "２０２５－１２－３１", "2O25-12-3l",
    ],
)  # fmt: skip
def test_every_usual_form_of_a_date(text):
    assert read_date(text) == date(2025, 12, 31)


@pytest.mark.parametrize("text", ["2025-13-01", "2025-02-30", "序号", "12-31", "1234567890123"])
def test_what_is_no_date_is_none(text):
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("人民币壹佰万元整", "1000000"),
        ("壹仟零伍万圆零角伍分", "10050000.05"),
        ("拾万元整", "100000"),
        ("玖拾捌元柒角陆分", "98.76"),
        ("伍角整", "0.50"),
        ("贰亿零叁拾万元正", "200300000"),
        ("贰佰萬圓整", "2000000"),
    ],
)
def test_capitals(text, yuan):
    assert parse_chinese_amount(text) == Money.of(Decimal(yuan))


@pytest.mark.parametrize("text", ["", "整", "壹佰佰元整", "壹百万无整", "abc"])
def test_what_is_no_amount_in_capitals_is_refused(text):
    with pytest.raises(InvalidInputError, match="Chinese capitals"):
        parse_chinese_amount(text)
