"""A house with banks to pay through: parameters, opening balances, people, orders."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from activities.ledger.chart import open_chart
from activities.store import parameters, people
from activities.store.database import Database
from activities.store.ledger.holds import list_holds
from activities.store.ledger.posting import post
from activities.store.payments import answers, orders
from activities.store.tables.ledger import AccountRow, LineRow
from activities.store.tables.payments import PaymentRow
from models.ledger.holds import Hold
from models.ledger.journals import JournalOrder, Line
from models.money import Money
from models.parameters.banks import BankProfile
from models.parameters.registry import bank_profile
from models.payments.banking import BankAccount, BankAnswer
from models.payments.messages import PaymentOrder
from models.people import Actor
from workers.directory import DEMO_STAFF

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SUPPLIER = BankAccount("31001520313050012345", "上海某某汽车销售有限公司", "104290003033")


@dataclass
class PayingHouse:
    """A migrated database in which payments can be made."""

    database: Database

    def open(self, *profiles: BankProfile, balance: str = "10000000.00") -> None:
        """Open the chart of accounts, fill the banks' accounts, enter staff and profiles."""
        with self.database.transaction() as session:
            open_chart(session, opened_by="test")
            people.enter_staff(session, DEMO_STAFF)
            for profile in profiles:
                self._enter(session, profile)
                amount = Money.of(balance)
                lines = (Line(profile.ledger_account, amount), Line("4001", -amount))
                day = date(2026, 1, 1)
                order = JournalOrder(
                    f"opening/{profile.code}", "opening", day, day, lines, "opening balance", "test"
                )
                post(session, order)

    def change(self, profile: BankProfile) -> None:
        with self.database.transaction() as session:
            self._enter(session, profile)

    def actor(self, username: str) -> Actor:
        with self.database.transaction() as session:
            return people.find_member(session, username).actor()

    def order(self, amount: str | Money = "1234.50", **changes: Any) -> PaymentOrder:
        """An order of the cashier's with an id of its own."""
        key = uuid.uuid4().hex[:12].upper()
        said: dict[str, Any] = {
            "payment_id": f"P-{key}",
            "product": "supplier",
            "bank": "harbour",
            "counterparty": SUPPLIER,
            "amount": amount if isinstance(amount, Money) else Money.of(amount),
            "business_reference": f"INV-{key}",
            "ordered_by": self.actor("luo.dan"),
        }
        return PaymentOrder(**(said | changes))

    def payment(self, payment_id: str) -> PaymentRow:
        with self.database.transaction() as session:
            return orders.find(session, payment_id)

    def states(self, payment_id: str) -> list[str]:
        with self.database.transaction() as session:
            return [event.state for event in orders.events(session, payment_id)]

    def told(self, bank: str, payment_id: str) -> list[BankAnswer]:
        with self.database.transaction() as session:
            return answers.told(session, bank, payment_id)

    def balance(self, account: str) -> Money:
        """What the lines of an account add up to, debit positive."""
        with self.database.transaction() as session:
            total = session.execute(
                select(func.coalesce(func.sum(col(LineRow.amount_minor)), 0))
                .join(AccountRow, col(AccountRow.account_id) == col(LineRow.account_id))
                .where(col(AccountRow.code) == account)
            ).scalar_one()
        return Money(int(total))

    def holds(self) -> list[Hold]:
        with self.database.transaction() as session:
            return list_holds(session)

    def _enter(self, session: Session, profile: BankProfile) -> None:
        parameters.change(
            session,
            bank_profile(profile.code),
            profile.model_dump(mode="json"),
            effective_from=LONG_AGO,
            changed_by="test",
            reason="test",
        )
