"""Unified social credit codes for invented enterprises (GB 32100-2015, GB 11714-1997)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS: Final = tuple(3**position % 31 for position in range(17))
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_CHECKS: Final = "0123456789X0"
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_SHARE_OF_NEWER_CODES: Final = 0.6


def organisation_check(first_8: str) -> str:
    """Check character of an organisation code: letters count as 10 for A to 35 for Z."""
    total = sum(weight * int(c, 36) for weight, c in zip(_ORGANISATION_WEIGHTS, first_8, strict=True))
    return _ORGANISATION_CHECKS[11 - total % 11]


def final_check(first_17: str) -> str:
    """Check character of the whole code."""
    total = sum(weight * _VALUE[c] for weight, c in zip(_WEIGHTS, first_17, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def is_valid(code: str) -> bool:
    """Whether both check characters of a code are right."""
    return (
        len(code) == len(_WEIGHTS) + 1
        and set(code) <= set(ALPHABET)
        and organisation_check(code[8:16]) == code[16]
        and final_check(code[:17]) == code[17]
    )


def invent(random: Random, division: str) -> str:
    """A valid code of an enterprise registered in an administrative division (six digits).

    Since 2015 most organisation codes begin with MA and mix letters and digits; older ones are digits.
    """
    if random.random() < _SHARE_OF_NEWER_CODES:
        body = "MA" + "".join(random.choices(ALPHABET, k=6))
    else:
        body = f"{random.randrange(10**8):08d}"
    first_17 = f"91{division}{body}{organisation_check(body)}"
    return first_17 + final_check(first_17)


def misprint(random: Random, code: str) -> str:
    """The code with one digit changed so that no check character agrees, as a careless list prints it."""
    position = random.randrange(9, 17)
    wrong = random.choice([c for c in "0123456789" if c != code[position]])
    return code[:position] + wrong + code[position + 1 :]
