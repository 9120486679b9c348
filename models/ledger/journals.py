"""Journals: what is ordered, checked before it is posted, and what posting answers."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from models.ledger.errors import InvalidJournalError, UnbalancedJournalError
from models.money import Money

MAIN_BOOK = "main"
HEAD_OFFICE = "HQ"
_FEWEST_LINES = 2
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line: an account and a signed amount, debit positive.

    >>> Line("1002.01", Money.of("100.00")), Line("2203", -Money.of("100.00"))  # Dr bank / Cr received
    """

    account: str
    amount: Money
    branch: str = HEAD_OFFICE
    reference: str = ""
    """What the line is about: a contract, a payment, a bank's own number."""


@dataclass(frozen=True, slots=True)
class JournalOrder:
    """A journal to be posted, balanced in each currency.

    Raises:
        InvalidJournalError: a key, kind or name is missing, or a line is of nothing.
        UnbalancedJournalError: debits and credits of a currency differ.
    """

    key: str
    """Made of workflow, step and business sequence: the same effect has the same key."""
    kind: str
    business_date: date
    """Decides the month and so the voucher number."""
    value_date: date
    lines: tuple[Line, ...]
    narrative: str
    posted_by: str
    source: str = ""
    book: str = MAIN_BOOK
    reverses: str | None = None
    """Key of the journal that this one takes back."""

    def __post_init__(self) -> None:
        for name in ("key", "kind", "posted_by", "book"):
            if not getattr(self, name):
                raise InvalidJournalError(f"journal {self.key!r}: {name} is empty", remedy="Name it")
        check_lines(self.key, self.lines)

    @property
    def request_hash(self) -> bytes:
        """SHA-256 of what is asked for; who asks, and by which workflow, is no part of it."""
        return hashlib.sha256(
            canonical(
                [
                    self.book,
                    self.kind,
                    self.business_date.isoformat(),
                    self.value_date.isoformat(),
                    self.narrative,
                    self.reverses,
                    [
                        [line.account, line.branch, line.amount.currency, line.amount.minor, line.reference]
                        for line in self.lines
                    ],
                ]
            )
        ).digest()

    def mirrored(
        self, *, key: str, business_date: date, posted_by: str, reason: str, source: str = ""
    ) -> JournalOrder:
        """The journal that takes this one back: the same lines with opposite signs."""
        return replace(
            self,
            key=key,
            kind=f"{self.kind}.reversal",
            business_date=business_date,
            lines=tuple(replace(line, amount=-line.amount) for line in self.lines),
            narrative=reason,
            posted_by=posted_by,
            source=source,
            reverses=self.key,
        )


@dataclass(frozen=True, slots=True)
class Posted:
    """What posting answered; the same for every repetition, but for ``created``."""

    journal_id: int
    voucher: str
    """Month and number, gapless: ``2026-11/000123``."""
    key: str
    created: bool
    """False when an earlier call had posted it."""


def voucher_name(month: date, number: int) -> str:
    """How people write a voucher: ``2026-11/000123``."""
    return f"{month:%Y-%m}/{number:06d}"


def check_lines(key: str, lines: tuple[Line, ...]) -> None:
    """Refuse lines that are no journal.

    Raises:
        InvalidJournalError: fewer than two lines, a line of zero, or an amount beyond 64 bits.
        UnbalancedJournalError: debits and credits of a currency differ.
    """
    if len(lines) < _FEWEST_LINES:
        raise InvalidJournalError(
            f"journal {key!r} has {len(lines)} lines", remedy="A journal has at least two: debit and credit"
        )
    totals: defaultdict[str, int] = defaultdict(int)
    for number, line in enumerate(lines, start=1):
        if line.amount.minor == 0 or abs(line.amount.minor) > _LARGEST:
            raise InvalidJournalError(
                f"journal {key!r}, line {number} ({line.account}): amount {line.amount} cannot be booked",
                remedy="Leave out lines of zero, and split what is beyond 64 bits",
            )
        totals[line.amount.currency] += line.amount.minor
    for currency, over in totals.items():
        if over:
            side = "debits" if over > 0 else "credits"
            raise UnbalancedJournalError(
                f"journal {key!r} does not balance: {side} are {Money(abs(over), currency)} {currency} more",
                remedy="Debits and credits of each currency must be equal",
            )


def canonical(value: object) -> bytes:
    """The one way in which a value of texts, whole numbers and lists is written for hashing."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
