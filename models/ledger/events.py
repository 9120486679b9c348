"""Business events: what happened, in the words of the business; templates turn them into journals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from models.ledger.journals import HEAD_OFFICE, MAIN_BOOK
from models.money import Money


@dataclass(frozen=True, slots=True)
class BusinessEvent:
    """Something that the books must show.

    >>> BusinessEvent(
    ...     event="payout.confirmed", product="disbursement", key="payment-P1-confirmed",
    ...     business_date=date(2026, 11, 20), value_date=date(2026, 11, 20),
    ...     amounts={"amount": Money.of("1000.00"), "fee": Money.of("2.00")},
    ...     accounts={"bank": "1002.01", "debit": "2202"}, posted_by="leaseflow")
    """

    event: str
    """What happened: ``payout.confirmed``."""
    product: str
    """Of what: a payment product or lease type; templates may differ by it."""
    key: str
    """Idempotency key of the event and of the journal that it posts."""
    business_date: date
    value_date: date
    amounts: Mapping[str, Money]
    """By the names that templates know."""
    posted_by: str
    branch: str = HEAD_OFFICE
    accounts: Mapping[str, str] = field(default_factory=dict)
    """Account codes for the placeholders of templates: ``{"bank": "1002.01"}``."""
    narrative: str = ""
    reference: str = ""
    """What it is about: a contract or payment; stands on each line."""
    source: str = ""
    book: str = MAIN_BOOK
