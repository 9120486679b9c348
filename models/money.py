"""Money: whole minor units of one currency. There is no float anywhere near it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from models.errors import InvalidInputError, LeaseflowError

_TWO_DECIMALS: Final = (
    "CNY USD EUR HKD GBP CHF AUD CAD NZD SGD INR TWD MOP THB MYR PHP IDR PKR BDT LKR AED SAR ILS TRY RUB KZT"
    " SEK NOK DKK PLN CZK HUF RON BRL MXN ARS COP PEN ZAR EGP NGN KES MAD"
)
MINOR_DIGITS: Final[dict[str, int]] = {
    **dict.fromkeys(_TWO_DECIMALS.split(), 2),
    **dict.fromkeys(["JPY", "KRW", "VND", "CLP"], 0),
    **dict.fromkeys(["KWD", "BHD", "OMR", "JOD", "TND"], 3),
}
"""Decimal places of each currency that is known (ISO 4217); the house's own comes first."""

_LARGEST: Final = 2**63 - 1
"""Minor units that the books hold in one field."""
_AMOUNT = re.compile(r"[+-]?\d+(\.\d+)?")


class CurrencyMismatchError(LeaseflowError):
    """Two currencies met in one sum."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(
            f"{left} and {right} cannot be added or compared", remedy="Convert one of them first"
        )


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (fen, cents) of one currency.

    >>> Money.of("1234.5") + Money.of("0.50")
    Money(minor=123500, currency='CNY')
    """

    minor: int
    currency: str = "CNY"

    @classmethod
    def of(cls, amount: str | Decimal | int, currency: str = "CNY") -> Money:
        """Money from an amount in major units (yuan), which must be exact to the minor unit.

        Raises:
            InvalidInputError: the text is no number, has more decimals than the currency, or is more than
                the books can hold.
        """
        if isinstance(amount, str):
            if not _AMOUNT.fullmatch(amount):
                raise InvalidInputError(f"amount {amount!r} is not a number", remedy="Write it like 1234.50")
            amount = Decimal(amount)
        scaled = Decimal(amount).scaleb(digits_of(currency))
        if scaled != scaled.to_integral_value():
            raise InvalidInputError(
                f"amount {amount} has more decimals than {currency} allows",
                remedy="Round it before it becomes money",
            )
        if abs(scaled) > _LARGEST:
            raise InvalidInputError(
                f"amount {amount} is more than the books can hold", remedy="Check it, or split it"
            )
        return cls(int(scaled), currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str = "CNY") -> Money:
        """Money from an exact amount in major units, rounded half up to the minor unit."""
        scaled = amount.scaleb(digits_of(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return cls(int(scaled), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units."""
        return Decimal(self.minor).scaleb(-digits_of(self.currency))

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __str__(self) -> str:
        """The decimal string that JSON carries: ``1234.50``."""
        return f"{self.amount:.{digits_of(self.currency)}f}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(self.currency, other.currency)


def digits_of(currency: str) -> int:
    """Decimal places of a currency.

    Raises:
        InvalidInputError: it is not known.
    """
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        raise InvalidInputError(
            f"currency {currency!r} is not known", remedy="Use an ISO code such as CNY, USD, EUR or JPY"
        ) from None
