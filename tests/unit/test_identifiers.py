"""The unified social credit code and its two check characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.identifiers import (
    USCC_ALPHABET,
    has_valid_organisation_code,
    is_valid_uscc,
    organisation_check_character,
    uscc_check_character,
)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110108551385082Q", "91440300192238549B"])
def test_published_codes_are_valid(code: str) -> None:
    assert is_valid_uscc(code)
    assert has_valid_organisation_code(code)


@pytest.mark.parametrize(
    "code", ["", "9135", "91350100M000100Y4I", "91350100M000100Y44", "91350100m000100y43"]
)
def test_what_is_not_valid(code: str) -> None:
    assert not is_valid_uscc(code)


first_8 = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)


@given(first_8, first_8, st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_one_wrong_character_is_always_found(
    district: str, organisation: str, place: int, wrong: str
) -> None:
    first_17 = district + organisation + organisation_check_character(organisation)
    if any(c not in USCC_ALPHABET for c in first_17):
        return
    code = first_17 + uscc_check_character(first_17)
    assert is_valid_uscc(code)
    damaged = code[:place] + wrong + code[place + 1 :]
    assert is_valid_uscc(damaged) == (damaged == code)
