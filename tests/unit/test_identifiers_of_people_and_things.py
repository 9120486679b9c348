"""Resident identity numbers, VINs, card numbers and telephone numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from models.identifiers import (
    VIN_CHECK_PLACE,
    bank_card_fault,
    is_resident_female,
    is_valid_bank_card,
    is_valid_phone,
    is_valid_resident_id,
    is_valid_vin,
    luhn_check_digit,
    resident_birth_date,
    resident_check_character,
    resident_id_fault,
    vin_check_digit,
    vin_fault,
)

VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
births = st.dates(date(1930, 1, 1), date(2025, 12, 31))


@given(births, st.integers(0, 999), st.integers(0, 16), st.sampled_from("0123456789"))
def test_a_wrong_digit_of_a_resident_id_is_always_found(
    born: date, order: int, place: int, wrong: str
) -> None:
    first = f"110105{born:%Y%m%d}{order:03d}"
    number = first + resident_check_character(first)
    assert is_valid_resident_id(number)
    assert resident_birth_date(number) == born
    assert ric.calc_check_digit(number) == number[-1]
    other = number[:place] + wrong + number[place + 1 :]
    assert (other == number) == is_valid_resident_id(other)


def test_a_resident_id_tells_what_is_wrong_with_it() -> None:
    assert resident_id_fault("11010519491231002X") == ""
    assert is_resident_female("11010519491231002X")
    assert "check character" in resident_id_fault("110105194912310021")
    assert "province" in resident_id_fault("990105194912310021")
    assert "date of birth" in resident_id_fault("110105194913310021")
    assert "still to come" in resident_id_fault("11010519491231002X", today=date(1940, 1, 1))
    assert "17 digits" in resident_id_fault("11010519491231002x")
    with pytest.raises(ValueError, match="check character"):
        resident_birth_date("110105194912310021")


@pytest.mark.parametrize("vin", ["1M8GDM9AXKP042788", "11111111111111111", "5GZCZ43D13S812715"])
def test_published_vins_are_valid(vin: str) -> None:
    assert is_valid_vin(vin)


@given(st.text(VIN_LETTERS, min_size=16, max_size=16), st.integers(1, 16), st.sampled_from("0123456789"))
def test_a_wrong_digit_of_a_chinese_vin_is_found(rest: str, place: int, wrong: str) -> None:
    draft = "L" + rest
    vin = draft[:VIN_CHECK_PLACE] + vin_check_digit(draft) + draft[VIN_CHECK_PLACE + 1 :]
    assert is_valid_vin(vin)
    other = vin[:place] + wrong + vin[place + 1 :]
    if place != VIN_CHECK_PLACE and vin[place].isdigit() and other != vin:
        assert not is_valid_vin(other)


def test_a_european_vin_needs_no_check_digit() -> None:
    assert is_valid_vin("WVWZZZ1JZXW000001")
    assert "check digit" in vin_fault("LVWZZZ1JZXW000001")
    assert "without I, O and Q" in vin_fault("LSGHD52H4LD12345")


@given(st.text("0123456789", min_size=12, max_size=18))
def test_card_numbers_agree_with_an_independent_library(first: str) -> None:
    number = first + luhn_check_digit(first)
    assert is_valid_bank_card(number)
    assert luhn.is_valid(number)
    assert "last digit should be" in bank_card_fault(first + str((int(number[-1]) + 1) % 10))


def test_a_card_number_is_13_to_19_digits() -> None:
    assert "13 to 19" in bank_card_fault("6222")
    assert "13 to 19" in bank_card_fault("6222 0212 3456 7890")


@pytest.mark.parametrize(
    "number", ["13800138000", "+8613800138000", "021-62345678", "0755-2345678", "400-800-8888"]
)
def test_telephone_numbers(number: str) -> None:
    assert is_valid_phone(number)


@pytest.mark.parametrize("number", ["", "12345", "12800138000", "1380013800", "62345678"])
def test_what_is_no_telephone_number(number: str) -> None:
    assert not is_valid_phone(number)
