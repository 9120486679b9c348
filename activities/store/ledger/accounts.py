"""Accounts: opened from plans, blocked, closed, limited by floors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.tables.ledger import AccountRow
from models.ledger.accounts import Account, AccountPlan, AccountStatus, Category, Side
from models.ledger.errors import AccountNotOpenError, UnknownAccountError
from models.ledger.journals import HEAD_OFFICE, MAIN_BOOK
from models.money import Money


def open_accounts(
    session: Session,
    plans: Iterable[AccountPlan],
    *,
    opened_by: str,
    branch: str = HEAD_OFFICE,
    currency: str = "CNY",
    book: str = MAIN_BOOK,
) -> list[str]:
    """Open accounts that the book lacks and give their codes; those it has stay as they are."""
    opened = []
    for plan in plans:
        account_id = session.execute(
            insert(AccountRow)
            .values(
                book=book,
                code=plan.code,
                branch=branch,
                currency=currency,
                name=plan.name,
                english_name=plan.english_name,
                category=plan.category.value,
                normal_side=plan.normal_side.value,
                status=AccountStatus.OPEN.value,
                opened_by=opened_by,
                opened_at=datetime.now(UTC),
            )
            .on_conflict_do_nothing()
            .returning(col(AccountRow.account_id))
        ).scalar_one_or_none()
        if account_id is None:
            continue
        opened.append(plan.code)
        if plan.floor is not None and plan.floor.currency == currency:
            _set_floor(session, account_id, plan.floor.minor)
    return opened


def list_accounts(session: Session, *, branch: str | None = None, book: str = MAIN_BOOK) -> list[Account]:
    """Accounts of a book by code, branch and currency."""
    query = (
        select(AccountRow)
        .where(col(AccountRow.book) == book)
        .order_by(col(AccountRow.code), col(AccountRow.branch), col(AccountRow.currency))
    )
    if branch is not None:
        query = query.where(col(AccountRow.branch) == branch)
    return [_account(row) for row in session.execute(query).scalars()]


def find_account(
    session: Session, code: str, *, branch: str = HEAD_OFFICE, currency: str = "CNY", book: str = MAIN_BOOK
) -> Account:
    """One account.

    Raises:
        UnknownAccountError: there is none.
    """
    row = session.execute(
        select(AccountRow).where(
            col(AccountRow.book) == book,
            col(AccountRow.code) == code,
            col(AccountRow.branch) == branch,
            col(AccountRow.currency) == currency,
        )
    ).scalar_one_or_none()
    if row is None:
        raise UnknownAccountError(
            f"account {code} of branch {branch} in {currency} is not known",
            remedy="See leaseflow ledger accounts list",
        )
    return _account(row)


def set_status(session: Session, account: Account, status: AccountStatus) -> None:
    """Block, unblock or close an account; waits until postings under way have ended.

    Raises:
        AccountNotOpenError: it is closed, which is for good.
    """
    if account.status is AccountStatus.CLOSED and status is not AccountStatus.CLOSED:
        raise AccountNotOpenError(
            f"account {account.plan.code} of branch {account.branch} is closed", remedy="Open another one"
        )
    if account.status is not status:
        session.connection().exec_driver_sql(
            "SELECT ledger_set_status(%s, %s)", (account.account_id, status.value)
        )


def set_floor(session: Session, account: Account, floor: Money | None) -> None:
    """Enforce that a balance stays at or above a floor, or (None) no longer; waits for postings under way."""
    _set_floor(session, account.account_id, floor.minor if floor else None)


def _set_floor(session: Session, account_id: int, minor: int | None) -> None:
    session.connection().exec_driver_sql("SELECT ledger_set_floor(%s, %s)", (account_id, minor))


def _account(row: AccountRow) -> Account:
    plan = AccountPlan(
        code=row.code,
        name=row.name,
        english_name=row.english_name,
        category=Category(row.category),
        normal_side=Side(row.normal_side),
        floor=None if row.floor_minor is None else Money(row.floor_minor, row.currency),
    )
    return Account(
        account_id=row.account_id or 0,
        plan=plan,
        currency=row.currency,
        status=AccountStatus(row.status),
        branch=row.branch,
        book=row.book,
    )
