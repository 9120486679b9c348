"""The amounts and terms of a form, with the product's word wherever the applicant says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from models.lease.application.form import LeaseForm
from models.money import Money
from models.parameters.lease import LeaseProduct


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """What is applied for, nothing left out."""

    price: Money
    down_payment: Money
    financed: Money
    """Price less down payment."""
    deposit: Money
    residual: Money
    handling_fee: Money
    rate: Decimal
    """Nominal, as a fraction a year."""
    instalments: int
    method: str


def terms_applied_for(form: LeaseForm, product: LeaseProduct) -> LeaseTerms:
    """The terms of a form under a product.

    Shares of the product are of the price (down payment, residual) or of the financed amount
    (deposit, handling fee), rounded half up to the cent.

    Raises:
        CurrencyMismatchError: the form mixes currencies.
    """
    wish, price = form.financing, form.price
    down_payment = _said(wish.down_payment, price, product.down_payment.default)
    financed = price - down_payment
    return LeaseTerms(
        price=price,
        down_payment=down_payment,
        financed=financed,
        deposit=_said(wish.deposit, financed, product.deposit.default),
        residual=_said(wish.residual, price, product.residual.default),
        handling_fee=share_of(financed, product.handling_fee),
        rate=product.rate.default if wish.rate is None else wish.rate,
        instalments=wish.instalments,
        method=wish.method or product.method,
    )


def share_of(amount: Money, share: Decimal) -> Money:
    """A share of an amount, rounded half up to the cent."""
    return Money.rounded(amount.amount * share, amount.currency)


def _said(wish: Money | None, basis: Money, default: Decimal) -> Money:
    return share_of(basis, default) if wish is None else wish
