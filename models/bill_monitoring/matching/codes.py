"""What two unified social credit codes say about each other."""

from __future__ import annotations

from enum import Enum
from typing import Final

from rapidfuzz.distance import OSA

from models.bill_monitoring.matching.characters import fold, without_brackets
from models.identifiers import (
    USCC_LENGTH,
    has_valid_organisation_code,
    is_valid_uscc,
    organisation_check_character,
)

_ORGANISATION: Final = slice(8, 17)
_SHORTEST_GARBLED: Final = 15
"""A shorter text is no code at all, but a dash, a remark, or the start of one."""


class CodeRelation(Enum):
    """How the code printed with a record relates to a customer's."""

    SAME = "same"
    SAME_BUT_INVALID = "same_but_invalid"
    """Equal texts that fail the check digit: both may have been copied from one wrong source."""
    MISREAD = "misread"
    """A few characters apart, and at least one of them fails its check digit."""
    UNKNOWN = "unknown"
    """One side has no code."""
    UNLIKE = "unlike"
    """Far apart, and at least one of them fails its check digit."""
    OTHER = "other"
    """Both valid, and different: two enterprises."""


def clean_code(code: str | None) -> str:
    """A code in capitals, half width, without spaces and dashes; empty when it is too short to be one."""
    if not code:
        return ""
    if code.isascii() and code.isalnum() and len(code) == USCC_LENGTH:
        return code.upper()
    cleaned = without_brackets(fold(code))
    return cleaned if len(cleaned) >= _SHORTEST_GARBLED or _is_organisation_code(cleaned) else ""


def compare_codes(printed: str, known: str, *, typos: int) -> CodeRelation:
    """Compare two cleaned codes.

    Args:
        printed: the record's.
        known: the customer's.
        typos: edits (a swap of neighbours is one) up to which an invalid code may be a misread other.
    """
    if not printed or not known:
        return CodeRelation.UNKNOWN
    if printed == known:
        return CodeRelation.SAME if is_valid_uscc(known) else CodeRelation.SAME_BUT_INVALID
    if _is_organisation_code(printed):
        return CodeRelation.SAME if known[_ORGANISATION] == printed else CodeRelation.OTHER
    if is_valid_uscc(printed) and is_valid_uscc(known):
        return CodeRelation.OTHER
    distance = OSA.distance(printed, known, score_cutoff=typos)
    return CodeRelation.MISREAD if distance <= typos else CodeRelation.UNLIKE


def _is_organisation_code(code: str) -> bool:
    """Whether a text is a bare organisation code (GB 11714), as lists before 2015 print it."""
    return len(code) == 9 and code.isascii() and organisation_check_character(code[:8]) == code[8]  # noqa: PLR2004


def codes_wanted(printed: str) -> bool:
    """Whether a code can be searched by its parts: it fails its check, so it may be a misread one."""
    return len(printed) >= _SHORTEST_GARBLED and not (
        is_valid_uscc(printed) and has_valid_organisation_code(printed)
    )
