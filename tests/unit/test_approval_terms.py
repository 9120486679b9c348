"""Conditions fit their terms, and the last word on each term counts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.approval.errors import UnfitConditionError, UnknownTermError
from models.approval.messages import Condition
from models.approval.terms import authority_amount, check_conditions, merged
from tests.factories.approvals import request

REQUEST = request()


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("deposit", "20000"),
        ("deposit", "60000.00"),
        ("rate", "0.05"),
        ("instalments", "24"),
        ("guarantor", "the owner"),
    ],
)
def test_what_fits_is_taken(term: str, value: str) -> None:
    check_conditions(REQUEST, [Condition(term, value)])


@pytest.mark.parametrize(
    ("term", "value", "fault"),
    [
        ("deposit", "60000.01", "is above 60000.00, the most that the product allows"),
        ("deposit", "1.001", "is no amount"),
        ("deposit", "-1", "is not a number from 0 up"),
        ("deposit", "1e3", "is no amount"),
        ("deposit", "NaN", "is not a number from 0 up"),
        ("rate", "8.5%", "is not a number"),
        ("rate", "0.0499", "is below 0.05"),
        ("instalments", "24.5", "is not a whole number"),
        ("instalments", "61", "is above 60"),
        ("guarantor", " ", "says nothing"),
        ("guarantor", "x" * 501, "is longer than 500"),
    ],
)
def test_what_does_not_fit_names_term_and_value(term: str, value: str, fault: str) -> None:
    with pytest.raises(UnfitConditionError, match=fault):
        check_conditions(REQUEST, [Condition(term, value)])


def test_what_is_not_negotiable_is_told() -> None:
    with pytest.raises(UnknownTermError, match="Use one of amount, deposit, rate, instalments, guarantor"):
        check_conditions(REQUEST, [Condition("colour", "red")])
    with pytest.raises(UnknownTermError, match="Nothing is negotiable here"):
        check_conditions(request(negotiable=()), [Condition("colour", "red")])


def test_the_value_applied_for_takes_a_condition_back() -> None:
    said = [Condition("deposit", "20000"), Condition("rate", "0.09"), Condition("deposit", "10000")]
    assert merged(REQUEST, said) == (Condition("rate", "0.09"),)


@given(st.lists(st.integers(min_value=5_000_000, max_value=900_000_000), max_size=5))
def test_authority_is_needed_for_what_was_asked_or_more(values: list[int]) -> None:
    said = [Condition("amount", f"{value / 100:.2f}") for value in values]
    needed = authority_amount(REQUEST, merged(REQUEST, said))
    assert needed >= REQUEST.amount.amount
    assert needed == max(REQUEST.amount.amount, Decimal(said[-1].value) if said else Decimal(0))
