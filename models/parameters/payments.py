"""Parameters of payments. Amounts are in yuan, written as decimal strings."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from models.parameters.parts import Part, Yuan
from models.payments.banking import Direction


class PaymentProduct(Part):
    """A kind of payment: which way it goes and what stands on the other side in the ledger."""

    direction: Direction
    account: str
    """Account of the voucher's other side, such as ``2202``."""
    limit: Yuan = Decimal(50_000_000)
    """Most that one payment of this product may be."""


class PaymentParameters(Part):
    """Business limits and rules of payments."""

    products: dict[str, PaymentProduct] = Field(
        default={
            "supplier": PaymentProduct(direction=Direction.PAY_OUT, account="2202"),
            "disbursement": PaymentProduct(
                direction=Direction.PAY_OUT, account="2202.01", limit=Decimal(200_000_000)
            ),
            "refund": PaymentProduct(
                direction=Direction.PAY_OUT, account="2241.01", limit=Decimal(5_000_000)
            ),
            "expense": PaymentProduct(direction=Direction.PAY_OUT, account="6602", limit=Decimal(500_000)),
            "rent": PaymentProduct(direction=Direction.COLLECTION, account="1531"),
            "deposit": PaymentProduct(direction=Direction.COLLECTION, account="2711"),
            "down-payment": PaymentProduct(direction=Direction.COLLECTION, account="2203.02"),
        }
    )
    """By name. The account stands on the voucher's other side."""
    release_above: Yuan = Decimal(100_000)
    """A pay-out above this waits until a treasurer other than the one who ordered it releases it."""
    daily_limit: Yuan = Decimal(1_000_000_000)
    """Sum of all pay-outs of one business date."""
    duplicate_days: Annotated[int, Field(ge=0, le=90)] = 3
    """The same amount to the same account for the same business reference within so many days is
    taken for a duplicate."""
