"""Mending a USCC that an engine misread, without ever inventing one.

A mend is made only if exactly one candidate holds both check characters, that of the whole code
(GB 32100) and that of the organisation code inside (GB 11714), and only at places where the reading
itself was doubtful: a code that is clearly printed and wrong stays as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

from models.bill_monitoring.printed_text import TextLine, has_gap, tidy
from models.identifiers import (
    USCC_ALPHABET,
    USCC_LENGTH,
    has_valid_organisation_code,
    is_valid_uscc,
)

_NEVER_IN_A_CODE: Final = {"O": "0", "I": "1", "Z": "2", "S": "5", "V": "Y", "|": "1", "!": "1"}
"""Characters outside the alphabet of GB 32100, with what they stand for; always to be replaced."""

_LOOK_ALIKES: Final[dict[str, str]] = {
    "0": "DQ8CU6", "1": "7LJT4", "2": "7", "3": "85B9", "4": "A1", "5": "3689", "6": "G58B0", "7": "1T2",
    "8": "B3690", "9": "8G35", "A": "4R", "B": "8R3E6", "C": "G0", "D": "0", "E": "FB", "F": "EP", "G": "6C9",
    "H": "NMK", "J": "1U", "K": "XHR", "L": "1", "M": "NHW", "N": "MHW", "P": "RF", "Q": "0", "R": "PKBA",
    "T": "71Y", "U": "0J", "W": "MN", "X": "KY", "Y": "XT",
}  # fmt: skip
_REGISTRY: Final = re.compile(r"[1-9AGNY][1239]\d{6}")
"""Registration authority, category and district, as GB 32100 lists them."""
_DOUBTFUL: Final = 0.9
"""Below this confidence a character may be replaced by one that looks like it."""
_MOST_DOUBTFUL_PLACES: Final = 5
_DIGIT_PLACES: Final = range(2, 8)
"""Registration district: always digits."""
_TO_DIGIT: Final = str.maketrans("BDQGTLJUA", "800671104")


@dataclass(frozen=True, slots=True)
class UsccReading:
    """A code as read or mended. ``valid`` is None when there is no code at all."""

    code: str | None
    valid: bool | None
    repaired: bool = False


def read_uscc(line: TextLine) -> UsccReading:
    """The code that a line shows, mended where the mend is certain.

    >>> read_uscc(TextLine("9135O1OOM000100Y43", 0.9))
    UsccReading(code='91350100M000100Y43', valid=True, repaired=True)
    """
    text, confidences, alternatives = _characters(line)
    if not text:
        return UsccReading(None, None)
    if is_valid_uscc(text):
        return UsccReading(text, valid=True)
    candidates = {c for c in _candidates(line, text, confidences, alternatives) if _holds_both_checks(c)}
    if len(candidates) == 1:
        return UsccReading(candidates.pop(), valid=True, repaired=True)
    return UsccReading(text, valid=False)


def _characters(line: TextLine) -> tuple[str, list[float], list[str]]:
    """The characters of a code without spaces and punctuation, each with confidence and alternatives."""
    pairs: list[tuple[str, float, str]] = []
    glyphs = line.glyphs or ()
    if len(glyphs) == len(line.text):
        for glyph in glyphs:
            likely = "".join(c for c, _ in glyph.alternatives)
            pairs += [(c, glyph.confidence, likely) for c in tidy(glyph.text).upper()]
    else:
        pairs = [(c, line.confidence, "") for c in tidy(line.text).upper()]
    kept = [p for p in pairs if re.fullmatch(r"[0-9A-Z|!]", p[0])]
    return "".join(p[0] for p in kept), [p[1] for p in kept], [p[2] for p in kept]


def _candidates(
    line: TextLine, text: str, confidences: list[float], alternatives: list[str]
) -> Iterator[str]:
    clean = "".join(_NEVER_IN_A_CODE.get(c, c) for c in text)
    if len(clean) == USCC_LENGTH:
        district = clean[2:8].translate(_TO_DIGIT)
        structured = clean[:2] + district + clean[8:]
        if _holds_both_checks(structured):
            yield structured
            return
        yield from _substitutions(structured, confidences, alternatives)
    elif len(clean) == USCC_LENGTH - 1:
        if not clean.startswith("9"):
            yield "9" + clean
        shortest = 1 if has_gap(line) else 2
        yield from (clean[:place] + c + clean[place:] for place, c in _runs(clean, shortest))
    elif len(clean) == USCC_LENGTH + 1:
        doubtful = [i for i, confidence in enumerate(confidences) if confidence < _DOUBTFUL]
        yield from (clean[:i] + clean[i + 1 :] for i in doubtful)


def _substitutions(text: str, confidences: list[float], alternatives: list[str]) -> Iterator[str]:
    doubtful = sorted(
        (i for i, confidence in enumerate(confidences) if confidence < _DOUBTFUL),
        key=confidences.__getitem__,
    )[:_MOST_DOUBTFUL_PLACES]
    options = {i: _options(i, text[i], alternatives[i]) for i in doubtful}
    for count in (1, 2):
        found = False
        for places in combinations(doubtful, count):
            for characters in product(*(options[i] for i in places)):
                candidate = list(text)
                for place, character in zip(places, characters, strict=True):
                    candidate[place] = character
                found = found or _holds_both_checks("".join(candidate))
                yield "".join(candidate)
        if found:
            return


def _options(place: int, character: str, alternatives: str) -> list[str]:
    likely = [c for c in alternatives.upper() if c in USCC_ALPHABET and c != character]
    options = dict.fromkeys([*likely, *_LOOK_ALIKES.get(character, "")])
    return [c for c in options if c.isdigit() or place not in _DIGIT_PLACES]


def _runs(text: str, shortest: int) -> Iterator[tuple[int, str]]:
    """Starts of runs of one character, which recognisers shorten; long runs lose one most easily."""
    for run in re.finditer(r"(.)\1*", text):
        if len(run[0]) >= shortest:
            yield run.start(), run[1]


def _holds_both_checks(code: str) -> bool:
    return is_proved_uscc(code)


def is_proved_uscc(code: str) -> bool:
    """Whether both check characters of a code hold and it begins as the code of some registry does."""
    return bool(_REGISTRY.match(code)) and is_valid_uscc(code) and has_valid_organisation_code(code)
