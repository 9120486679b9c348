"""Messages of refunds: payments that give back what was received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.money import Money
from models.payments.messages.payment import PaymentOrder, Refusal


@dataclass(frozen=True)
class RefundOrder:
    """A payment that gives back what was received."""

    payment: PaymentOrder
    """Names the receipt in ``refunds``."""


@dataclass(frozen=True)
class RefundStep:
    """A refund's entry in the books."""

    payment_id: str
    receipt_id: str
    amount: Money
    at: datetime
    by: str


@dataclass(frozen=True)
class RefundApproved:
    """Whether the refund may be paid."""

    refusals: tuple[Refusal, ...] = ()
