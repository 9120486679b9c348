"""What people ask the ledger: balances, statements, the trial balance, journals for export.

Amounts are signed minor units, debit positive, unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlmodel import Session

from models.ledger.exports import ExportedLine
from models.ledger.journals import MAIN_BOOK, voucher_name

_EVER: Final = (date(1, 1, 1), date(9999, 12, 31))

_WANTED: Final = """
    a.book = :book AND (CAST(:code AS text) IS NULL OR a.code = :code OR a.code LIKE :code || '.%')
    AND (CAST(:branch AS text) IS NULL OR a.branch = :branch)
"""

_BALANCES_NOW: Final = f"""
    SELECT a.code, a.branch, a.currency, a.name, a.normal_side,
           coalesce(s.balance_minor, 0) + coalesce((
               SELECT sum(l.amount_minor) FROM ledger_line l
               WHERE l.account_id = a.account_id AND l.journal_id > coalesce(s.up_to_journal_id, 0)), 0)
           AS balance, b.held_minor AS held
    FROM ledger_account a
    LEFT JOIN ledger_balance b ON b.account_id = a.account_id AND a.floor_minor IS NOT NULL
    LEFT JOIN LATERAL (SELECT balance_minor, up_to_journal_id FROM ledger_snapshot s
        WHERE s.account_id = a.account_id ORDER BY up_to_journal_id DESC LIMIT 1) s ON true
    WHERE {_WANTED} ORDER BY a.code, a.branch, a.currency
"""  # noqa: S608 - constants

_TRIAL: Final = f"""
    SELECT a.code, a.branch, a.currency, a.name, a.normal_side,
           coalesce(sum(l.amount_minor) FILTER (WHERE j.business_date < :first), 0) AS opening,
           coalesce(sum(l.amount_minor) FILTER (WHERE j.business_date >= :first AND l.amount_minor > 0), 0)
               AS debits,
           -coalesce(sum(l.amount_minor) FILTER (WHERE j.business_date >= :first AND l.amount_minor < 0), 0)
               AS credits,
           coalesce(sum(l.amount_minor), 0) AS closing
    FROM ledger_account a
    JOIN ledger_line l USING (account_id) JOIN ledger_journal j USING (journal_id)
    WHERE {_WANTED} AND j.business_date <= :last
    GROUP BY a.account_id ORDER BY a.code, a.branch, a.currency
"""  # noqa: S608 - constants

_STATEMENT: Final = """
    SELECT * FROM (
        SELECT j.business_date, j.value_date, j.voucher_month, j.voucher_number, j.idempotency_key AS key,
               j.narrative, l.reference, l.amount_minor AS amount, l.journal_id, l.line_no,
               sum(l.amount_minor) OVER (ORDER BY j.business_date, j.journal_id, l.line_no) AS balance,
               r.voucher_month AS reversed_month, r.voucher_number AS reversed_number
        FROM ledger_line l JOIN ledger_journal j USING (journal_id)
        LEFT JOIN ledger_journal r ON r.journal_id = j.reverses
        WHERE l.account_id = :account AND j.business_date <= :last
    ) ever -- the balance counts what came before, too
    WHERE business_date >= :first
    ORDER BY business_date, journal_id, line_no
"""

_JOURNALS: Final = """
    SELECT j.journal_id, j.idempotency_key AS key, j.kind, j.business_date, j.value_date, j.voucher_month,
           j.voucher_number, j.narrative, j.posted_by, r.voucher_month AS reversed_month,
           r.voucher_number AS reversed_number, l.line_no, a.code, a.branch, a.name, a.english_name,
           a.category, l.currency, l.amount_minor, l.reference
    FROM ledger_journal j JOIN ledger_line l USING (journal_id) JOIN ledger_account a USING (account_id)
    LEFT JOIN ledger_journal r ON r.journal_id = j.reverses
    WHERE j.book = :book AND j.business_date BETWEEN :first AND :last
    ORDER BY j.voucher_month, j.voucher_number, l.line_no
"""


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """An account with what it comes to."""

    code: str
    branch: str
    currency: str
    name: str
    normal_side: str
    opening: int
    debits: int
    credits: int
    closing: int
    held: int = 0


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of an account with the balance after it."""

    business_date: date
    value_date: date
    voucher: str
    key: str
    narrative: str
    reference: str
    amount: int
    balance: int
    reverses: str = ""
    """Voucher that its journal takes back."""


def balances(
    session: Session, *, code: str | None = None, branch: str | None = None, book: str = MAIN_BOOK
) -> list[BalanceLine]:
    """Balances now, of a code with its sub-accounts or of all; by snapshots where there are any."""
    rows = session.execute(text(_BALANCES_NOW), {"book": book, "code": code, "branch": branch})
    return [
        BalanceLine(
            row.code,
            row.branch,
            row.currency,
            row.name,
            row.normal_side,
            opening=0,
            debits=0,
            credits=0,
            closing=int(row.balance),
            held=row.held or 0,
        )
        for row in rows
    ]


def trial_balance(
    session: Session,
    *,
    first: date = _EVER[0],
    last: date = _EVER[1],
    code: str | None = None,
    branch: str | None = None,
    book: str = MAIN_BOOK,
) -> list[BalanceLine]:
    """Opening, debits, credits and closing of every account that was ever posted to, by business date."""
    asked = {"book": book, "code": code, "branch": branch, "first": first, "last": last}
    return [
        BalanceLine(
            row.code,
            row.branch,
            row.currency,
            row.name,
            row.normal_side,
            opening=int(row.opening),
            debits=int(row.debits),
            credits=int(row.credits),
            closing=int(row.closing),
        )
        for row in session.execute(text(_TRIAL), asked)
    ]


def statement(
    session: Session, account_id: int, *, first: date = _EVER[0], last: date = _EVER[1]
) -> list[StatementLine]:
    """The lines of an account from a business date to another, with the running balance."""
    rows = session.execute(text(_STATEMENT), {"account": account_id, "first": first, "last": last})
    return [
        StatementLine(
            business_date=row.business_date,
            value_date=row.value_date,
            voucher=voucher_name(row.voucher_month, row.voucher_number),
            key=row.key,
            narrative=row.narrative,
            reference=row.reference,
            amount=row.amount,
            balance=int(row.balance),
            reverses=voucher_name(row.reversed_month, row.reversed_number) if row.reversed_month else "",
        )
        for row in rows
    ]


def journals(
    session: Session, *, first: date = _EVER[0], last: date = _EVER[1], book: str = MAIN_BOOK
) -> Iterator[ExportedLine]:
    """Every line of the journals of a span of business dates, voucher by voucher."""
    for row in session.execute(text(_JOURNALS), {"book": book, "first": first, "last": last}):
        yield ExportedLine(
            voucher=voucher_name(row.voucher_month, row.voucher_number),
            key=row.key,
            kind=row.kind,
            business_date=row.business_date,
            value_date=row.value_date,
            narrative=row.narrative,
            posted_by=row.posted_by,
            reverses=voucher_name(row.reversed_month, row.reversed_number) if row.reversed_month else "",
            line_no=row.line_no,
            code=row.code,
            branch=row.branch,
            name=row.name,
            english_name=row.english_name,
            category=row.category,
            currency=row.currency,
            amount=row.amount_minor,
            reference=row.reference,
        )
