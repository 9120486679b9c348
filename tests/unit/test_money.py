"""Money is whole minor units of one currency."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InvalidInputError
from models.money import CurrencyMismatchError, Money

minors = st.integers(min_value=-(10**15), max_value=10**15)


@given(minors)
def test_text_round_trip(minor: int) -> None:
    assert Money.of(str(Money(minor))) == Money(minor)


@given(minors, minors)
def test_subtraction_undoes_addition(left: int, right: int) -> None:
    assert Money(left) + Money(right) - Money(right) == Money(left)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("1234.5", "CNY", 123450), ("0", "CNY", 0), ("-0.01", "CNY", -1), ("500", "JPY", 500)],
)
def test_amounts_in_major_units(amount: str, currency: str, minor: int) -> None:
    assert Money.of(amount, currency).minor == minor


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("1.005", "CNY"), ("1.5", "JPY"), ("1,000", "CNY"), ("", "CNY"), ("1e3", "CNY"), ("NaN", "CNY")],
)
def test_what_is_not_exact_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        Money.of(amount, currency)
    assert amount in str(refusal.value)


@pytest.mark.parametrize("amount", ["92233720368547758.08", "-92233720368547758.08", "9" * 40])
def test_what_the_books_cannot_hold_is_refused(amount: str) -> None:
    with pytest.raises(InvalidInputError, match="more than the books can hold"):
        Money.of(amount)
    assert Money.of("92233720368547758.07").minor == 2**63 - 1


@pytest.mark.parametrize(("amount", "minor"), [("0.005", 1), ("0.004", 0), ("-0.005", -1)])
def test_rounding_is_half_up(amount: str, minor: int) -> None:
    assert Money.rounded(Decimal(amount)).minor == minor


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatchError, match="CNY and USD"):
        Money(1, "CNY") + Money(1, "USD")
    with pytest.raises(CurrencyMismatchError):
        _ = Money(1, "CNY") < Money(1, "USD")


def test_unknown_currency_names_the_known_ones() -> None:
    with pytest.raises(InvalidInputError, match="Use an ISO code such as CNY"):
        Money.of("1", "XXX")
