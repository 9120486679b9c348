"""Amounts in Chinese words: read back, they are the same amount; and who signs in which order."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.lease.contract.page import condition_clause
from models.approval.messages import Condition
from models.lease.contract.numbering import BranchWithoutCodeError, branch_code, contract_number
from models.lease.contract.parties import conditions_of, is_organisation, signers_of
from models.lease.contract.words import yuan_in_words
from models.lease.parties import PartyRole
from models.money import Money
from models.parameters.contracts import ContractParameters
from tests.factories.leases import LeaseFactory

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = {"拾": 10, "佰": 100, "仟": 1000}
_GROUPS = {"万": 10**4, "亿": 10**8}


def _read_back(words: str) -> int:
    """The amount in cents that words stand for."""
    match = re.fullmatch(r"(?:(.*)元)?零?(?:(.)角)?零?(?:(.)分)?整?", words)
    assert match is not None, words
    whole, jiao, fen = match.groups()
    cents = (_DIGITS.index(jiao) * 10 if jiao else 0) + (_DIGITS.index(fen) if fen else 0)
    total = group = digit = 0
    for letter in whole or "":
        if letter in _DIGITS:
            digit = _DIGITS.index(letter)
        elif letter in _UNITS:
            group, digit = group + digit * _UNITS[letter], 0
        else:
            total, group, digit = total + (group + digit) * _GROUPS[letter], 0, 0
    return (total + group + digit) * 100 + cents


@given(st.integers(min_value=0, max_value=10**14 - 1))
def test_words_read_back_are_the_amount(minor: int) -> None:
    words = yuan_in_words(Money(minor))
    assert _read_back(words) == minor
    assert "零零" not in words


@pytest.mark.parametrize("amount", [Money(-1), Money(1, "USD"), Money(10**18)])
def test_what_no_contract_is_about_has_no_words(amount: Money) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        yuan_in_words(amount)


def test_the_house_signs_first_then_lessee_then_guarantors() -> None:
    leases = LeaseFactory(3)
    parties = (
        leases.person(PartyRole.GUARANTOR),
        leases.person(PartyRole.CO_LESSEE),
        leases.organisation(),
    )
    signers = signers_of(ContractParameters().lessor, parties)
    assert [each.role for each in signers] == ["lessor", "lessee", "co-lessee-1", "guarantor-1"]
    assert [is_organisation(each.identifier) for each in signers] == [True, True, False, False]


def test_money_that_is_not_owed_is_no_condition() -> None:
    found = conditions_of(("signed", "deposit", "down-payment"), down_payment=Money(0), deposit=Money(5))
    assert [(each.name, each.by_system) for each in found] == [("signed", True), ("deposit", True)]


def test_a_number_fits_into_a_payment_id() -> None:
    number = contract_number(branch_code("Hangzhou", {"Hangzhou": "HZ"}), 2026, 999_999)
    assert re.fullmatch(r"[A-Z0-9][A-Z0-9-]{1,26}", number)
    with pytest.raises(BranchWithoutCodeError):
        branch_code("Wuhan", {"Hangzhou": "HZ"})


@pytest.mark.parametrize(
    ("term", "value", "clause"),
    [
        ("deposit", "720000", "租赁保证金（元）：720,000.00"),
        ("financed", "7000000.50", "融资金额（元）：7,000,000.50"),
        ("rate", "0.0888", "租赁年利率：8.88%"),
        ("instalments", "24", "租金期数：24"),
        ("other", "每季提供报表", "每季提供报表（风险部）"),
    ],
)
def test_a_condition_is_a_clause(term: str, value: str, clause: str) -> None:
    assert condition_clause(Condition(term, value, "风险部" if term == "other" else "")) == clause
