"""The review list of disbursements as an Excel workbook."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from models.calendar import SHANGHAI
from models.money import Money

_COLUMNS: Final = (
    ("disbursement_id", "放款编号", 20),
    ("state", "状态", 18),
    ("amount", "金额", 16),
    ("contract_number", "合同编号", 18),
    ("product", "产品", 18),
    ("lessee", "承租人", 30),
    ("dealer", "经销商", 10),
    ("branch", "分支机构", 12),
    ("payee", "收款人", 30),
    ("payee_account", "收款账号", 12),
    ("bank", "付款银行", 12),
    ("grade", "评级", 6),
    ("unmet", "未满足条件", 30),
    ("findings", "放款前检查", 40),
    ("flags", "提示", 30),
    ("locked_by", "锁定人", 14),
    ("ordered_at", "申请时间", 18),
)


def write_review_workbook(lines: Sequence[Mapping[str, object]]) -> bytes:
    """The workbook's bytes: amounts as numbers, texts as texts whatever they begin with."""
    import xlsxwriter  # noqa: PLC0415 - only needed to write

    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("放款审核")
    head, yuan = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    for place, (_, title, width) in enumerate(_COLUMNS):
        sheet.write_string(0, place, title, head)
        sheet.set_column(place, place, width)
    for row, line in enumerate(lines, start=1):
        for place, (name, _, _) in enumerate(_COLUMNS):
            value = line[name]
            if isinstance(value, Money):
                sheet.write_number(row, place, value.amount, yuan)
            else:
                sheet.write_string(row, place, _text(value))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(lines), len(_COLUMNS) - 1)
    book.close()
    return written.getvalue()


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return "; ".join(str(each) for each in value)
    return "" if value is None else str(value)
