"""Identifiers of Chinese enterprises and their check characters.

The unified social credit code (USCC, GB 32100-2015) has 18 characters: registration authority,
category, six digits of administrative division, the nine characters of the organisation code
(GB 11714-1997, with a check character of its own) and the check character of the whole.
"""

from __future__ import annotations

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
