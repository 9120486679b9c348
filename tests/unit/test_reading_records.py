"""Headings, names and records: who must look at what, in a sentence that names the field."""

from __future__ import annotations

from datetime import date

import pytest

from models.bill_monitoring.bill_rules import agreeing_amounts, build_bill, interpret_bill_field
from models.bill_monitoring.list_headers import (
    assign_columns,
    columns_by_content,
    is_total,
    read_heading,
    unit_of_title,
)
from models.bill_monitoring.printed_text import TextLine, is_odd_name, mend_name, tidy, tidy_name
from models.bill_monitoring.reading import Field
from models.bill_monitoring.record_rules import (
    FieldReading,
    build_record,
    compare_column,
    cross_checked,
    interpret,
    settle,
)
from models.money import Money


@pytest.mark.parametrize(
    ("heading", "field", "unit"),
    [
        ("承兑人名称", Field.NAME, None), ("企业全称", Field.NAME, None), ("Acceptor", Field.NAME, None),
        ("统一社会\n信用代码", Field.USCC, None), ("Credit code", Field.USCC, None),
        ("逾期余额（万元）", Field.OVERDUE_BALANCE, 10_000), ("逾期金额(元)", Field.OVERDUE_BALANCE, 1),
        ("累计逾期发生额", Field.CUMULATIVE_OVERDUE, None), ("Cumulative overdue amount",
            Field.CUMULATIVE_OVERDUE, None),
        ("截止日期", Field.DATE, None), ("披露日期", Field.DATE, None), ("承兌人名称", Field.NAME, None),
    ],
)  # fmt: skip
def test_headings_in_many_words(heading, field, unit):
    found = read_heading(heading)
    assert (found.field, found.unit) == (field, unit)


@pytest.mark.parametrize(
    "heading",
    ["序号", "承兑余额", "累计承兑发生额", "承兑人类型", "开户行名称", "注册日期", "备注", "Remark"],
)
def test_other_columns_are_left_alone(heading):
    assert read_heading(heading) is None


def test_the_as_of_date_wins_over_the_disclosure_date():
    assert assign_columns(["企业名称", "披露日期", "截止日期"])[Field.DATE] == (2, None)


def test_columns_without_header_are_told_by_content():
    rows = [["1", "天津恒泰贸易有限公司", "91350100M000100Y43", "1,000.00", "3,000.00", "2025-01-31"]] * 3
    columns = {field: place for field, (place, _) in columns_by_content(rows).items()}
    assert columns == {
        Field.NAME: 1,
        Field.USCC: 2,
        Field.OVERDUE_BALANCE: 3,
        Field.CUMULATIVE_OVERDUE: 4,
        Field.DATE: 5,
    }


def test_titles_and_totals():
    assert unit_of_title("单位：人民币万元") == 10_000
    assert is_total("合 计")
    assert not is_total("合肥恒泰贸易有限公司")


def test_radicals_of_pdf_fonts_are_characters_again():
    assert tidy("⻋⼯㬵⻓") == "车工胶长"
    assert tidy_name("天津 重工(集团)有限公司 ") == "天津重工（集团）有限公司"


@pytest.mark.parametrize(
    ("read", "name"),
    [
        ("江苏恒泰有垦公司", "江苏恒泰有限公司"),
        ("山西华盛集团）有限公司", "山西华盛（集团）有限公司"),
        ("江苏恒泰有限责任公司", "江苏恒泰有限责任公司"),
        ("江苏恒泰有限合伙", "江苏恒泰有限合伙"),
    ],
)
def test_a_legal_form_misread_in_one_character_is_mended(read, name):
    assert mend_name(read) == (name, read != name)


def test_a_name_without_its_end_is_doubted():
    assert is_odd_name("江西巨轮建设工程股份有限")
    assert not is_odd_name("江西巨轮建设工程股份有限公司")


def amount(text, **values):
    return FieldReading(Money.of(text), 1.0, decimals=2, grouped=True, **values)


def test_readings_of_an_amount_that_disagree_are_never_chosen_between_in_silence():
    settled = settle(Field.OVERDUE_BALANCE, amount("1234.00"), [amount("1284.00")])
    assert "disagree" in settled.doubts[0]


def test_readings_that_agree_clear_each_other():
    weak = FieldReading(Money.of("5"), 0.5, decimals=2)
    assert (
        settle(Field.OVERDUE_BALANCE, weak, [FieldReading(Money.of("5"), 0.99, decimals=2)]).confidence
        == 0.99
    )


def test_a_valid_code_wins_over_an_invalid_reading_of_it():
    first = interpret(Field.USCC, TextLine("91350100M000100Y4B", 0.99))
    second = interpret(Field.USCC, TextLine("91350100M000100Y43", 0.9))
    assert settle(Field.USCC, first, [second]).value == "91350100M000100Y43"


def test_an_amount_printed_unlike_its_column_is_doubted():
    column = [
        amount("1000.00"),
        amount("2000.00"),
        amount("3000.00"),
        amount("4000.00"),
        FieldReading(Money.of("500000"), 1.0, decimals=0),
    ]
    assert [bool(r.doubts) for r in compare_column(column)] == [False, False, False, False, True]


def test_a_second_engine_that_differs_raises_a_doubt():
    checked = cross_checked(FieldReading("A", 1.0), FieldReading("B", 1.0), engine="other")
    assert checked.doubts == ("other reads B instead",)


def test_review_sentences_begin_with_the_field():
    readings = {
        Field.NAME: FieldReading("天津恒泰贸易有限公司", 0.3),
        Field.USCC: interpret(Field.USCC, TextLine("91350100M000100Y44", 0.99)),
        Field.OVERDUE_BALANCE: amount("5000.00"),
        Field.CUMULATIVE_OVERDUE: amount("400.00"),
    }
    record = build_record(readings, locator=None, expected=list(readings))
    assert record.uscc_valid is False
    assert {sentence.partition(":")[0] for sentence in record.review} == {field.value for field in readings}


def test_an_empty_cell_that_should_hold_something_is_told():
    record = build_record(
        {Field.NAME: FieldReading("甲公司", 1.0)}, locator=None, expected=[Field.NAME, Field.USCC]
    )
    assert record.review == ("uscc: nothing could be read",)


def bill_readings(figures, capitals):
    return [interpret_bill_field(Field.OVERDUE_BALANCE, TextLine(figures, 0.99))], [
        interpret_bill_field(Field.AMOUNT_CN, TextLine(capitals, 0.99))
    ]


def test_figures_and_capitals_that_agree_prove_each_other():
    figures, capitals, consistent = agreeing_amounts(*bill_readings("¥1,000,000.00", "人民币壹佰万元整"))
    assert (figures.value, capitals.value, consistent) == (Money.of("1000000"), "壹佰万元整", True)


def test_figures_and_capitals_that_differ_are_both_named():
    figures, capitals, consistent = agreeing_amounts(*bill_readings("¥1,000,000.00", "壹佰壹拾万元整"))
    rest = dict.fromkeys((Field.NAME, Field.DRAWER, Field.PAYEE, Field.BILL_NO), FieldReading("甲公司", 1.0))
    days = dict.fromkeys((Field.ISSUE_DATE, Field.DUE_DATE), FieldReading(date(2025, 1, 1), 1.0))
    readings = {**rest, **days, Field.OVERDUE_BALANCE: figures, Field.AMOUNT_CN: capitals}
    bill = build_bill(readings, consistent=consistent)
    assert bill.amount_consistent is False
    assert {s.partition(":")[0] for s in bill.review} == {"overdue_balance", "amount_cn"}


def test_a_bill_number_of_another_length_is_doubted():
    assert not interpret_bill_field(Field.BILL_NO, TextLine("1" * 30, 1.0)).doubts
    assert interpret_bill_field(Field.BILL_NO, TextLine("1" * 29, 1.0)).doubts


def test_amounts_of_two_rows_run_together_are_doubted():
    joined = TextLine.joined([TextLine("16,728,600.00", 1.0), TextLine("27,248,246.70", 1.0)])
    assert any("2 lines" in doubt for doubt in interpret(Field.OVERDUE_BALANCE, joined).doubts)


@pytest.mark.parametrize(
    "name", ["1.00厦门阳光矿业集团有限公司", "云南荣盛贸易有限公司上海鹏博房地产股份有限公司"]
)
def test_a_name_run_together_with_something_is_doubted(name):
    assert is_odd_name(name)
    assert not is_odd_name("云南荣盛贸易有限公司上海第一分公司")


def test_looks_that_agree_on_nothing_keep_their_doubts():
    looks = [interpret(Field.DATE, TextLine(text, 0.9)) for text in ("2O2", "20?")]
    assert settle(Field.DATE, looks[0], looks[1:]).doubts
