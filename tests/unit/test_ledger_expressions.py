"""Amount expressions are exact, know their names beforehand, and let nothing else through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ledger.errors import ExpressionError
from models.ledger.expressions import parse, share

AMOUNTS = {"amount": 10_600, "fee": 25, "waived": 0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("amount", 10_600),
        ("amount - fee", 10_575),
        ("-(fee * 2) + amount", 10_550),
        ("share(amount, 6, 106)", 600),
        ("max(fee, 30) - min(fee, 30)", 5),
        ("fee if amount > 10000 and not waived else 0", 25),
        ("0 < fee <= 25", 1),
        ("waived or fee == 3", 0),
    ],
)
def test_values(text: str, value: int) -> None:
    assert parse(text).value(AMOUNTS) == value


def test_names_are_known_before_it_runs() -> None:
    assert parse("a + min(b, 1) if c else d").names == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    "text",
    [
        "amount / 2",
        "amount // 2",
        "amount * 0.06",
        "amount ** 9",
        "__import__('os')",
        "amount.minor",
        "amount[0]",
        "share(amount)",
        "print(1)",
        "lambda: 1",
        "True",
        "",
        "amount +",
        "a" * 201,
    ],
)
def test_nothing_else_is_let_through(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ExpressionError, match="denominator"):
        share(1, 1, 0)


@given(st.integers(-(10**18), 10**18), st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_share_is_never_off_by_more_than_half_a_unit(amount: int, part: int, whole: int) -> None:
    rounded = share(amount, part, whole)
    assert abs(2 * (rounded * whole - amount * part)) <= whole
    assert share(-amount, part, whole) == -rounded


@given(st.integers(-(10**30), 10**30), st.integers(-(10**30), 10**30))
def test_sums_are_exact_at_any_size(left: int, right: int) -> None:
    assert parse("a * 3 - b").value({"a": left, "b": right}) == left * 3 - right
