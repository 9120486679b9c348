"""The shipped chart of accounts, and opening it in a book."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from sqlmodel import Session

from activities.store.ledger.accounts import open_accounts
from models.ledger.accounts import AccountPlan, Category, Side
from models.ledger.journals import HEAD_OFFICE, MAIN_BOOK
from models.money import Money

_OWN_SIDE = {
    Category.ASSET: Side.DEBIT,
    Category.EXPENSE: Side.DEBIT,
    Category.LIABILITY: Side.CREDIT,
    Category.EQUITY: Side.CREDIT,
    Category.INCOME: Side.CREDIT,
}


@cache
def shipped_chart() -> tuple[AccountPlan, ...]:
    """The chart of a Chinese finance-leasing company, by code."""
    text = (files("activities.ledger") / "data" / "chart-of-accounts.toml").read_text("utf-8")
    plans = [
        AccountPlan(
            code=code,
            name=entry["name"],
            english_name=entry["english_name"],
            category=Category(category),
            normal_side=Side(entry.get("side", _OWN_SIDE[Category(category)])),
            floor=Money.of(entry["floor"]) if "floor" in entry else None,
        )
        for category, entries in tomllib.loads(text).items()
        for code, entry in entries.items()
    ]
    return tuple(sorted(plans, key=lambda plan: plan.code))


def open_chart(
    session: Session, *, opened_by: str, branch: str = HEAD_OFFICE, book: str = MAIN_BOOK
) -> list[str]:
    """Open those accounts of the chart that a branch lacks; harmless to repeat. Gives their codes."""
    return open_accounts(session, shipped_chart(), opened_by=opened_by, branch=branch, book=book)
