"""A book of its own for each test: a few accounts, and orders that are quick to write."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from activities.store.database import Database
from activities.store.ledger import accounts, holds, posting
from models.ledger.accounts import AccountPlan, Category, Side
from models.ledger.holds import Hold
from models.ledger.journals import JournalOrder, Line, Posted
from models.money import Money

DAY = date(2026, 11, 20)
BANK, RECEIVABLE, RECEIVED, INCOME, CHARGES = "1002.01", "1531", "2203", "6041", "6603"

PLANS = (
    AccountPlan(BANK, "银行存款", "Bank", Category.ASSET, Side.DEBIT, floor=Money(0)),
    AccountPlan(RECEIVABLE, "应收融资租赁款", "Lease receivable", Category.ASSET, Side.DEBIT),
    AccountPlan(RECEIVED, "预收账款", "Received in advance", Category.LIABILITY, Side.CREDIT),
    AccountPlan(INCOME, "租赁收入", "Lease income", Category.INCOME, Side.CREDIT),
    AccountPlan(CHARGES, "财务费用", "Bank charges", Category.EXPENSE, Side.DEBIT),
)


@dataclass
class Books:
    """One book of a shared database."""

    database: Database
    book: str = field(default_factory=lambda: f"b-{uuid.uuid4().hex[:10]}")

    def __post_init__(self) -> None:
        with self.database.transaction() as session:
            accounts.open_accounts(session, PLANS, opened_by="song.lin", book=self.book)

    def order(
        self,
        key: str,
        amount: str = "100.00",
        *,
        debit: str = BANK,
        credit: str = RECEIVED,
        day: date = DAY,
        narrative: str = "收到租金",
    ) -> JournalOrder:
        money = Money.of(amount)
        return JournalOrder(
            key=key,
            kind="test",
            business_date=day,
            value_date=day,
            lines=(Line(debit, money), Line(credit, -money)),
            narrative=narrative,
            posted_by="song.lin",
            source="test",
            book=self.book,
        )

    def post(self, *orders: JournalOrder) -> list[Posted]:
        with self.database.transaction() as session:
            return posting.post_many(session, orders)

    def reserve(self, session: Session, key: str, amount: str = "100.00", *, hours: int = 24) -> Hold:
        return holds.reserve(
            session,
            key=key,
            account=BANK,
            amount=Money.of(amount),
            expires_at=datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=hours),
            reason="payment",
            book=self.book,
        )
