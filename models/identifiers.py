"""Identifiers of enterprises, persons, vehicles and accounts in China, and their check characters.

Each kind has a ``…_fault`` that says what is wrong with a value ("" if nothing is) and an
``is_valid_…`` for those who need no reason.

The unified social credit code (USCC, GB 32100-2015) has 18 characters: registration authority,
category, six digits of administrative division, the nine characters of the organisation code
(GB 11714-1997, with a check character of its own) and the check character of the whole.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100: no I, O, S, V, Z."""

USCC_LENGTH: Final = 18

_USCC_VALUE: Final = {character: value for value, character in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS: Final = tuple(3**position % 31 for position in range(17))
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_CHECKS: Final = "0123456789X0"


def uscc_check_character(first_17: str) -> str:
    """The last character that GB 32100 demands for the first 17.

    Raises:
        KeyError: a character is outside the alphabet.
    """
    total = sum(weight * _USCC_VALUE[c] for weight, c in zip(_USCC_WEIGHTS, first_17, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(first_8: str) -> str:
    """The ninth character of an organisation code (GB 11714): weights 3 7 9 10 5 8 4 2, modulo 11."""
    total = sum(
        weight * (ord(c) - ord("0") if c.isdigit() else ord(c) - ord("A") + 10)
        for weight, c in zip(_ORGANISATION_WEIGHTS, first_8, strict=True)
    )
    return _ORGANISATION_CHECKS[11 - total % 11]


def is_valid_uscc(code: str) -> bool:
    """Whether a code is 18 characters of the alphabet and its last one checks (GB 32100).

    >>> is_valid_uscc("91310000MA1FL3FT0N")
    False
    >>> is_valid_uscc("91350100M000100Y43")
    True
    """
    if len(code) != USCC_LENGTH or any(c not in _USCC_VALUE for c in code):
        return False
    return uscc_check_character(code[:17]) == code[17]


def has_valid_organisation_code(code: str) -> bool:
    """Whether characters 9 to 17 of a USCC check as an organisation code of their own (GB 11714)."""
    return len(code) == USCC_LENGTH and organisation_check_character(code[8:16]) == code[16]


# ------------------------------------------------------------ resident identity numbers

_RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS: Final = "10X98765432"
_RESIDENT: Final = re.compile(r"[1-9][0-9]{16}[0-9X]")
_FIRST_BIRTH_YEAR: Final = 1890
_PROVINCE: Final = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
"""GB/T 2260 provinces, and 83 for residents of Taiwan. Counties come and go, so they are not judged."""


def resident_check_character(first_17: str) -> str:
    """The 18th character of a resident identity number (GB 11643): ISO 7064 MOD 11-2.

    >>> resident_check_character("11010519491231002")
    'X'
    """
    total = sum(weight * int(c) for weight, c in zip(_RESIDENT_WEIGHTS, first_17, strict=True))
    return _RESIDENT_CHECKS[total % 11]


def resident_id_fault(number: str, *, today: date | None = None) -> str:
    """What is wrong with a resident identity number (GB 11643-1999), "" if nothing is.

    Args:
        number: as printed, without blanks; the check character X is a capital.
        today: a birth date behind it is a fault; None leaves that open.

    >>> resident_id_fault("110105194912310021")
    'its check character should be X, not 1'
    """
    if not _RESIDENT.fullmatch(number):
        return "a resident identity number is 17 digits and a digit or X"
    if not _PROVINCE.fullmatch(number[:2]):
        return f"no province has the code {number[:2]}"
    born = _date_in(number[6:14])
    if born is None or born.year < _FIRST_BIRTH_YEAR:
        return f"{number[6:14]} is no date of birth"
    if today is not None and born > today:
        return f"its date of birth {born} is still to come"
    check = resident_check_character(number[:17])
    return "" if check == number[17] else f"its check character should be {check}, not {number[17]}"


def is_valid_resident_id(number: str, *, today: date | None = None) -> bool:
    """Whether a resident identity number has a province, a date of birth and the right check character.

    >>> is_valid_resident_id("11010519491231002X")
    True
    """
    return not resident_id_fault(number, today=today)


def resident_birth_date(number: str) -> date:
    """The date of birth that a resident identity number bears.

    Raises:
        ValueError: the number is not valid.

    >>> resident_birth_date("11010519491231002X")
    datetime.date(1949, 12, 31)
    """
    if fault := resident_id_fault(number):
        raise ValueError(fault)
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def is_resident_female(number: str) -> bool:
    """Whether the 17th digit of a valid number is even, as it is for women."""
    return int(number[16]) % 2 == 0


def _date_in(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


# ------------------------------------------------------------ vehicles

VIN_LENGTH: Final = 17
VIN_CHECK_PLACE: Final = 8
"""Index of the check digit."""
_VIN: Final = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUE: Final = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True)
)
_VIN_CHECKED_REGIONS: Final = frozenset("L12345")
"""Made in China (GB 16735) or North America (49 CFR 565): the check digit is obligatory there only."""


def vin_check_digit(vin: str) -> str:
    """The ninth character that GB 16735 (and 49 CFR 565.15) demands for the other sixteen.

    >>> vin_check_digit("1M8GDM9AXKP042788")
    'X'
    """
    total = sum(weight * _VIN_VALUE[c] for weight, c in zip(_VIN_WEIGHTS, vin, strict=True))
    return "0123456789X"[total % 11]


def vin_fault(vin: str) -> str:
    """What is wrong with a vehicle identification number (ISO 3779, GB 16735), "" if nothing is.

    The check digit is demanded of vehicles made in China or North America; elsewhere the ninth
    character is the maker's own.

    >>> vin_fault("LSGHD52H4LD123O56")
    'a VIN is 17 capital letters and digits without I, O and Q'
    """
    if not _VIN.fullmatch(vin):
        return "a VIN is 17 capital letters and digits without I, O and Q"
    if vin[0] in _VIN_CHECKED_REGIONS and (check := vin_check_digit(vin)) != vin[VIN_CHECK_PLACE]:
        return f"its check digit (the ninth) should be {check}, not {vin[VIN_CHECK_PLACE]}"
    return ""


def is_valid_vin(vin: str) -> bool:
    """Whether a VIN is well-formed and, where one is obligatory, its check digit is right.

    >>> is_valid_vin("1M8GDM9AXKP042788")
    True
    """
    return not vin_fault(vin)


# ------------------------------------------------------------ cards and telephones

_CARD: Final = re.compile(r"[0-9]{13,19}")
_MOBILE: Final = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile(r"(?:0[0-9]{2,3}-?[2-9][0-9]{6,7}|[48]00-?[0-9]{3}-?[0-9]{4})(?:-[0-9]{1,6})?")


def luhn_check_digit(digits: str) -> str:
    """The digit that ISO/IEC 7812-1 appends to the others of a card number.

    >>> luhn_check_digit("7992739871")
    '3'
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the sum of a two-digit number's digits
    return str(-total % 10)


def bank_card_fault(number: str) -> str:
    """What is wrong with the number of a bank card (ISO/IEC 7812), "" if nothing is.

    Only cards have the check digit: accounts of enterprises do not, and are not to be asked for it.

    >>> bank_card_fault("6222021234567890123")
    'its last digit should be 8, not 3'
    """
    if not _CARD.fullmatch(number):
        return "a card number is 13 to 19 digits"
    check = luhn_check_digit(number[:-1])
    return "" if check == number[-1] else f"its last digit should be {check}, not {number[-1]}"


def is_valid_bank_card(number: str) -> bool:
    """Whether a card number's last digit checks (Luhn)."""
    return not bank_card_fault(number)


def phone_fault(number: str) -> str:
    """What is wrong with a telephone number of mainland China, "" if nothing is.

    >>> phone_fault("13800138000"), phone_fault("021-62345678"), phone_fault("400-800-8888")
    ('', '', '')
    >>> phone_fault("12345")
    'a telephone number is a mobile (1 and ten digits) or a landline with its area code (021-62345678)'
    """
    plain = number.replace(" ", "")
    if _MOBILE.fullmatch(plain) or _LANDLINE.fullmatch(plain):
        return ""
    return "a telephone number is a mobile (1 and ten digits) or a landline with its area code (021-62345678)"


def is_valid_phone(number: str) -> bool:
    """Whether a telephone number is one of mainland China."""
    return not phone_fault(number)
