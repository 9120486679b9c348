"""What the head of a bank statement states."""

from __future__ import annotations

import re
from typing import Final

from models.bill_monitoring.printed_text import tidy_name
from models.lease.documents.paper import Paper, Sheet
from models.lease.documents.reading import FieldName, ReadField

_BANK: Final = re.compile(r"[一-鿿]{2,12}(?:银行|农村信用社)(?:股份有限公司)?")


def read_statement_fields(paper: Paper) -> dict[FieldName, ReadField]:
    """Owner, account, bank and period, from the table's own facts, else from the text around it."""
    statement = paper.table.statements[0] if paper.table and paper.table.statements else None
    head = "\n".join(line.text for line in Sheet(paper.lines).lines[:30])
    sure = 0.9 if paper.is_recognised else 1.0
    owner = (
        statement.owner
        if statement and statement.owner
        else _first(r"(?:户名|账户名称|客户姓名|姓名)[:：]?\s*([^\s:：]+)", head)
    )
    account = (
        statement.account
        if statement and statement.account
        else _first(r"(?:账号|卡号)[:：]?\s*(\d{10,25})", head)
    )
    days = sorted(e.booking_date for e in statement.entries if e.booking_date) if statement else []
    start = statement.from_date if statement and statement.from_date else (days[0] if days else None)
    end = statement.to_date if statement and statement.to_date else (days[-1] if days else None)
    bank = _BANK.search(head)
    found = {
        FieldName.NAME: tidy_name(owner) if owner else None,
        FieldName.ACCOUNT: re.sub(r"\s", "", account) if account else None,
        FieldName.BANK: bank[0] if bank else None,
        FieldName.PERIOD_START: start.isoformat() if start else None,
        FieldName.PERIOD_END: end.isoformat() if end else None,
    }
    return {name: ReadField(value, sure) for name, value in found.items() if value}


def _first(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text)
    return found[1] if found else None
