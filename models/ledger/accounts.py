"""Accounts and the chart that they come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.errors import InvalidInputError
from models.ledger.journals import HEAD_OFFICE, MAIN_BOOK
from models.money import Money


class Category(StrEnum):
    """What an account is in the statements."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


class Side(StrEnum):
    """The sides of an account."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def sign(self) -> int:
        """The sign of its amounts in the books: debit positive."""
        return 1 if self is Side.DEBIT else -1


class AccountStatus(StrEnum):
    """Whether an account takes postings."""

    OPEN = "open"
    BLOCKED = "blocked"
    """Takes none for a while."""
    CLOSED = "closed"
    """Takes none any more."""


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """One account of a chart."""

    code: str
    name: str
    """In Chinese, as the statements print it."""
    english_name: str
    category: Category
    normal_side: Side
    floor: Money | None = None
    """The balance must not fall below it."""

    def __post_init__(self) -> None:
        if not self.code or not all(part.isalnum() for part in self.code.split(".")):
            raise InvalidInputError(
                f"account code {self.code!r} cannot be used", remedy="Write digits and dots, like 1002.01"
            )


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it stands in a book."""

    account_id: int
    plan: AccountPlan
    currency: str
    status: AccountStatus = AccountStatus.OPEN
    branch: str = HEAD_OFFICE
    book: str = MAIN_BOOK
