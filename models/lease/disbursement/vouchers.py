"""The business events around a pay-out: the purchase, its cancellation, and the start of the lease.

What the purchase puts on 1461 (1461.01 for a leaseback) is what the start takes off it, and what it
makes payable on 2202.01 is what the payment takes away: `PurchaseCost` is computed once and used in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.lease.parties import BusinessType
from models.lease.plan.plan import Plan
from models.ledger.events import BusinessEvent
from models.ledger.expressions import share
from models.money import Money

_BASE = 10_000
"""Tax rates have at most four decimals."""


@dataclass(frozen=True, slots=True)
class PurchaseCost:
    """What a purchase costs: the amount paid is cost plus input VAT."""

    cost: Money
    vat: Money


def purchase_cost(amount: Money, business: BusinessType, vat_rate: Decimal) -> PurchaseCost:
    """Cost and input VAT of what is paid for a leased asset.

    A lessee who sells in order to lease back charges no VAT (State Taxation Administration, announcement
    13 of 2010): the whole amount is cost.

    >>> print(purchase_cost(Money.of("113000.00"), BusinessType.DIRECT, Decimal("0.13")).vat)
    13000.00
    """
    vat = tax_within(amount, vat_rate) if business is BusinessType.DIRECT else Money(0, amount.currency)
    return PurchaseCost(amount - vat, vat)


def tax_within(amount: Money, rate: Decimal) -> Money:
    """The VAT that an amount including it contains, rounded half up to the cent."""
    parts = int(rate * _BASE)
    return Money(share(amount.minor, parts, _BASE + parts), amount.currency)


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a voucher of a purchase says. It is booked at the head office, as its payment is."""

    disbursement_id: str
    contract_number: str
    business: BusinessType
    amount: Money
    vat: Money
    payee: str
    day: date

    def recognised(self) -> BusinessEvent:
        """It was ordered: the asset is in the books, its price is owed."""
        return self._event("lease.purchased", "purchased", "leaseflow")

    def cancelled(self, *, day: date, by: str) -> BusinessEvent:
        """It will not be paid: the mirror of the purchase, on the day of the cancellation."""
        return self._event("lease.purchase_cancelled", "cancelled", by, day)

    def _event(self, name: str, step: str, by: str, day: date | None = None) -> BusinessEvent:
        direct = self.business is BusinessType.DIRECT
        return BusinessEvent(
            event=name,
            product=self.business,
            key=f"disbursement/{self.disbursement_id}/{step}",
            business_date=day or self.day,
            value_date=day or self.day,
            amounts={"amount": self.amount} | ({"vat": self.vat} if direct else {}),
            posted_by=by,
            narrative=self.payee,
            reference=self.contract_number,
            source=f"disbursement-{self.disbursement_id}",
        )


def start_amounts(
    plan: Plan,
    business: BusinessType,
    vat_rate: Decimal,
    *,
    residual: Money,
    cost: Money,
    down_payment: Money,
) -> dict[str, Money]:
    """The amounts of ``lease.started``: rents without VAT, and the cost that the purchase brought.

    A direct lease bears VAT on its rents; a leaseback on its interest only. It is taken out of each rent
    by itself, so that what falls due later adds up to what was recognised.

    Args:
        plan: of the lease; rents include VAT.
        business: direct, or sale and leaseback.
        vat_rate: of the product, as a fraction.
        residual: due at the end, including VAT.
        cost: what the purchases of the contract put into the books, see `PurchaseCost`.
        down_payment: that the house took in and passed on with the price, including VAT; zero where the
            seller took it.
    """
    zero = Money(0, plan.financed.currency)
    if business is BusinessType.DIRECT:
        rents = sum((row.rent - tax_within(row.rent, vat_rate) for row in plan.rows), start=zero)
        return {
            "rents": rents,
            "residual": residual - tax_within(residual, vat_rate),
            "cost": cost,
            "down_payment": down_payment,
            "down_payment_vat": tax_within(down_payment, vat_rate),
        }
    rents = sum((row.rent - tax_within(row.interest, vat_rate) for row in plan.rows), start=zero)
    return {"rents": rents + residual, "cost": cost, "down_payment": down_payment}
