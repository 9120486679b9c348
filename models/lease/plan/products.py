"""Terms that a product of the house gives where a quote leaves them out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.errors import InvalidInputError
from models.lease.plan.fields import plain
from models.parameters.lease import LeaseProduct, LeaseProducts

_HUNDRED = Decimal(100)


def find_product(products: LeaseProducts, name: str) -> LeaseProduct:
    """A product by name.

    Raises:
        InvalidInputError: there is none of that name.
    """
    if name not in products.products:
        raise InvalidInputError(
            f"product {name!r} is not known", remedy=f"Use one of {', '.join(sorted(products.products))}"
        )
    return products.products[name]


def with_product(document: Mapping[str, Any], product: LeaseProduct) -> dict[str, Any]:
    """A quote's document with what the product says about everything left out.

    What is to be solved for stays out: the product gives no rate where a rent is given.
    """
    given: dict[str, Any] = {
        "method": product.method,
        "every": product.every_months,
        "advance": product.in_advance,
        "day_count": product.day_count,
        "rounding": product.rounding,
    }
    shares = {"residual": product.residual, "deposit": product.deposit}
    if "price" in document:
        shares["down_payment"] = product.down_payment
    for field, bounds in shares.items():
        if bounds.default and document.get("solve") != field:
            given[field] = _percent(bounds.default)
    if product.handling_fee:
        given["fees"] = [{"name": "handling fee", "amount": _percent(product.handling_fee)}]
    if "rent" not in document:
        given["rate"] = plain(product.rate.default)
        given["instalments"] = int(product.instalments.default)
    return given | {key: value for key, value in document.items() if key != "product"}


def _percent(share: Decimal) -> str:
    return f"{plain(share * _HUNDRED)}%"
