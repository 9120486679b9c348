"""Account numbers: what can be told wrong without asking a bank."""

from __future__ import annotations

import re
from typing import Final

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_DOMESTIC = re.compile(r"[0-9]{8,32}")
_UNIONPAY = re.compile(r"62[0-9]{14,17}")
_CNAPS = re.compile(r"[0-9]{12}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_MODULUS: Final = 97


def is_iban(number: str) -> bool:
    """Whether a number is an IBAN: its form, and remainder 1 modulo 97 (ISO 13616)."""
    if not _IBAN.fullmatch(number):
        return False
    digits = "".join(str(int(character, 36)) for character in number[4:] + number[:4])
    return int(digits) % _MODULUS == 1


def account_number_fault(number: str) -> str:
    """What is wrong with an account number, empty when nothing is.

    IBANs are checked by `is_iban`, UnionPay cards (``62…``) by their Luhn
    digit; other domestic numbers carry no check digit that all banks share.
    """
    if _IBAN.fullmatch(number):
        return "" if is_iban(number) else "its check digits are wrong"
    if not _DOMESTIC.fullmatch(number):
        return "it is neither an IBAN nor 8 to 32 digits"
    if _UNIONPAY.fullmatch(number) and not _luhn(number):
        return "its last digit does not fit the others"
    return ""


def bank_id_fault(identifier: str) -> str:
    """What is wrong with a CNAPS code (12 digits) or BIC (ISO 9362), empty when nothing is."""
    if _CNAPS.fullmatch(identifier) or _BIC.fullmatch(identifier):
        return ""
    return "it is neither a CNAPS code of 12 digits nor a BIC"


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the digits' sum
    return total % 10 == 0
