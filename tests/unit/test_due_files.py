"""Files of dues: all rows are sound, or none is taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from activities.adapters.tabular.dues import read_dues
from models.errors import InvalidInputError
from models.money import Money

HEADER = (
    "due_id,business_reference,debtor_name,debtor_account,debtor_bank,mandate,mandate_signed,amount,due_date"
)
GOOD = "L1/01,L1,上海甲乙运输有限公司,31001520313050012345,104290003033,M1,2025-05-05,12500.00,2026-11-20"


def file(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "dues.csv"
    path.write_text("\n".join((header, *rows)))
    return path


def test_rows_become_dues(tmp_path: Path) -> None:
    (due,) = read_dues(file(tmp_path, GOOD), bank="river", product="rent")
    assert (due.due_id, due.amount, due.due_date) == ("L1/01", Money.of("12500.00"), date(2026, 11, 20))
    assert (due.debtor.number, due.bank, due.branch) == ("31001520313050012345", "river", "HQ")


def test_chinese_headings_and_grouped_amounts_are_understood(tmp_path: Path) -> None:
    header = "期次编号,合同编号,承租人,扣款账号,联行号,协议号,签约日期,应收金额,应收日期"
    row = GOOD.replace("12500.00", '"12,500.00"').replace("2026-11-20", "2026/11/20")
    (due,) = read_dues(file(tmp_path, row, header=header), bank="river", product="rent")
    assert due.amount == Money.of("12500.00")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (GOOD.replace("12500.00", "-1.00"), "line 2: amount '-1.00' is not a positive amount"),
        (GOOD.replace("12500.00", "1.005"), "line 2: amount '1.005'"),
        (GOOD.replace("12500.00", "9" * 18), "line 2: amount '999999999999999999'"),
        (GOOD.replace("2026-11-20", "soon"), "line 2: due_date 'soon' is not a date"),
        (GOOD.replace("31001520313050012345", "123"), "line 2: debtor_account '123': it is neither"),
        (GOOD.replace(",M1,", ",,"), "line 2: mandate is missing"),
    ],
)
def test_a_fault_names_line_field_value_and_reason(tmp_path: Path, row: str, fault: str) -> None:
    with pytest.raises(InvalidInputError, match="nothing was entered") as refusal:
        read_dues(file(tmp_path, row), bank="river", product="rent")
    assert fault in str(refusal.value)


def test_a_due_stands_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"line 3: due_id 'L1/01' stands on line 2 already"):
        read_dues(file(tmp_path, GOOD, GOOD), bank="river", product="rent")
