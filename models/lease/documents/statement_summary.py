"""A bank statement in the terms that rules of screening ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from models.lease.documents.reading import StatementSummary
from models.payments.bank_files.statements import BankFile, Direction, StatementEntry

SALARY: Final = re.compile("工资|薪资|薪金|代发|奖金|salary|payroll", re.IGNORECASE)
_LENDERS: Final = re.compile(
    "小额贷款|小贷|消费金融|网贷|借呗|花呗|微粒贷|京东金条|京东白条|有钱花|度小满|分期乐|捷信|马上消费|招联|360借条|还款|融资租赁|贷款"
)
_GAMBLING: Final = re.compile("博彩|彩票|赌|棋牌|娱乐城|六合|投注|bet365|casino", re.IGNORECASE)
_BOUNCED: Final = re.compile("余额不足|扣款失败|退票|代扣退回|扣款退回")
_CENT: Final = Decimal("0.01")


def entries_of(file: BankFile) -> list[StatementEntry]:
    """Every entry of a statement, the oldest first."""
    return oldest_first([entry for statement in file.statements for entry in statement.entries])


def oldest_first(entries: list[StatementEntry]) -> list[StatementEntry]:
    """Entries in the order of time: banks list them from either end."""
    days = [entry.booking_date for entry in entries if entry.booking_date is not None]
    return entries[::-1] if len(days) > 1 and days[0] > days[-1] else entries


def signed(entry: StatementEntry) -> Decimal:
    """What an entry does to the balance."""
    return -entry.amount if entry.direction is Direction.DEBIT else entry.amount


def words(entry: StatementEntry) -> str:
    """Everything that an entry says in words."""
    said: list[str | None] = [entry.additional_information, entry.proprietary_code]
    for detail in entry.details:
        said += [detail.counterparty, detail.proprietary_code, *detail.remittance]
    return " ".join(each for each in said if each)


def summary_of(file: BankFile) -> StatementSummary | None:
    """The statement in numbers; None if it has no dated entry."""
    entries = entries_of(file)
    dated = [entry for entry in entries if entry.booking_date is not None]
    if not dated:
        return None
    first = file.statements[0]
    days = [entry.booking_date for entry in dated if entry.booking_date is not None]
    start, end = first.from_date or min(days), first.to_date or max(days)
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    salaries = [e for e in entries if e.direction is Direction.CREDIT and SALARY.search(words(e))]
    balances = daily_balances(dated, end)
    return StatementSummary(
        account=first.account or "",
        owner=first.owner or "",
        start=start,
        end=end,
        entries=len(entries),
        months=months,
        monthly_inflow=_monthly(entries, Direction.CREDIT, months),
        monthly_outflow=_monthly(entries, Direction.DEBIT, months),
        average_balance=_cents(sum(balances, Decimal(0)) / len(balances)) if balances else None,
        lowest_balance=min(balances) if balances else None,
        monthly_salary=_cents(sum((e.amount for e in salaries), Decimal(0)) / months),
        other_lenders=_count(entries, _LENDERS),
        gambling=_count(entries, _GAMBLING),
        bounced=_count(entries, _BOUNCED),
    )


def daily_balances(entries: Sequence[StatementEntry], end: date) -> list[Decimal]:
    """The balance at the end of each day from the first entry to ``end``; empty without balances."""
    last: dict[date, Decimal] = {
        entry.booking_date: entry.balance_after
        for entry in entries
        if entry.booking_date is not None and entry.balance_after is not None
    }
    if not last:
        return []
    day, balance, balances = min(last), Decimal(0), []
    while day <= max(end, *last):
        balance = last.get(day, balance)
        balances.append(balance)
        day += timedelta(days=1)
    return balances


def _monthly(entries: Iterable[StatementEntry], direction: Direction, months: int) -> Decimal:
    return _cents(sum((e.amount for e in entries if e.direction is direction), Decimal(0)) / months)


def _count(entries: Iterable[StatementEntry], pattern: re.Pattern[str]) -> int:
    return sum(1 for entry in entries if pattern.search(words(entry)))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
