"""Amounts as bank files state them: exact decimals with the digits of their currency.

A reading is not yet money of our books: files hold any currency of the world, so amounts stay `Decimal`
beside their currency's code, and become `models.money.Money` where they are booked.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

_NO_DECIMALS: Final = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
_THREE_DECIMALS: Final = frozenset("BHD IQD JOD KWD LYD OMR TND".split())  # noqa: SIM905
_FOUR_DECIMALS: Final = frozenset({"CLF", "UYW"})


def minor_digits(currency: str | None) -> int:
    """Decimal places of a currency (ISO 4217); 2 where none is known."""
    if currency in _NO_DECIMALS:
        return 0
    if currency in _THREE_DECIMALS:
        return 3
    return 4 if currency in _FOUR_DECIMALS else 2


def plain(amount: Decimal, currency: str | None) -> str:
    """The decimal string of an amount: the currency's digits, more only if the amount needs them.

    >>> plain(Decimal("1234.5"), "EUR"), plain(Decimal("1000.00"), "JPY"), plain(Decimal("0.12345"), "EUR")
    ('1234.50', '1000', '0.12345')
    """
    digits = minor_digits(currency)
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > digits:
        amount = amount.normalize()
        exponent = amount.as_tuple().exponent
        digits = max(digits, -exponent if isinstance(exponent, int) else digits)
    return f"{amount:.{digits}f}"
