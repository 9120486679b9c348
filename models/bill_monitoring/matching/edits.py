"""What the few characters that two names differ in mean."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import Final

from rapidfuzz.distance import Levenshtein

from models.bill_monitoring.matching.vocabulary.glyphs import may_be_misread, twins
from models.bill_monitoring.matching.vocabulary.words import COMMON_IN_NAMES, NUMERALS, OPPOSITES
from models.bill_monitoring.names import NameParts, canonical_trade, is_trade

_ENOUGH_STEM: Final = 3
"""Characters of a distinguishing name from which one strange character leaves it recognisable."""
_COMMON: Final = frozenset(COMMON_IN_NAMES)
_TELLING: Final = frozenset(NUMERALS + "".join(OPPOSITES))


class Slip(IntEnum):
    """How readily a difference is explained as a slip of pen, print or OCR; the worst last."""

    NOTHING = 0
    OUTSIDE_STEM = 1
    """In place, trade or legal form, where it makes no word."""
    TWIN = 2
    """In the distinguishing name: characters hard to tell apart, and no usual name results."""
    LOOK_ALIKE = 3
    """In the distinguishing name: characters of like shape, and no usual name results."""
    DOUBTFUL = 4
    """In the distinguishing name: it may be a slip, it may be another firm's name."""
    OTHER_NAME = 5
    """In the distinguishing name: it makes another name."""
    TELLING = 6
    """A numeral, a point of the compass, old or new: what sister firms differ in."""


def slips(read: NameParts, known: NameParts) -> list[Slip]:
    """The differences between a name as read and a known one, each judged by itself."""
    start = known.text.find(known.stem) if known.stem else 0
    stem = range(max(start, 0), max(start, 0) + len(known.stem or known.core))
    found = []
    for operation, source, target in Levenshtein.editops(read.text, known.text).as_list():
        was = read.text[source] if operation != "insert" else ""
        is_ = known.text[target] if operation != "delete" else ""
        inside = target in stem or (
            operation == "delete" and target == stem.stop and _grows_stem(read, known)
        )
        found.append(_judge(was, is_, inside=inside, stem=len(stem)))
    return found


def _grows_stem(read: NameParts, known: NameParts) -> bool:
    """Whether a character added right after the stem became part of the stem."""
    return len(read.stem) > len(known.stem) and not is_trade(read.core[len(known.stem) :])


def _judge(was: str, is_: str, *, inside: bool, stem: int) -> Slip:
    if is_telling(was, is_):
        return Slip.TELLING
    if not inside:
        return Slip.OUTSIDE_STEM
    if not was or not is_:
        return Slip.DOUBTFUL if stem >= _ENOUGH_STEM else Slip.OTHER_NAME
    usual = was in _COMMON
    if (was, is_) in twins():
        return Slip.DOUBTFUL if usual else Slip.TWIN
    if may_be_misread(was, is_):
        return Slip.DOUBTFUL if usual else Slip.LOOK_ALIKE
    return Slip.OTHER_NAME if usual and stem < _ENOUGH_STEM else Slip.DOUBTFUL


def is_telling(was: str, is_: str) -> bool:
    """Whether two characters (or one against none) are what sister firms differ in.

    >>> is_telling("三", "四"), is_telling("东", "西"), is_telling("", "新"), is_telling("诚", "城")
    (True, True, True, False)
    """
    if not was or not is_:
        return (was or is_) in _TELLING - _common_and_telling()
    return any(was in kind and is_ in kind for kind in (NUMERALS, *OPPOSITES))


@cache
def _common_and_telling() -> frozenset[str]:
    """Characters that stand in names for other reasons too: added or lost, they alone tell nothing."""
    return frozenset("大小中上下内外前后左右红黄蓝绿白黑男女春夏秋冬百甲乙丙丁戊")


def telling_difference(left: str, right: str) -> bool:
    """Whether two cores differ in a character that tells sister firms apart."""
    return any(
        is_telling(
            left[source] if operation != "insert" else "",
            right[target] if operation != "delete" else "",
        )
        for operation, source, target in Levenshtein.editops(left, right).as_list()
    )


def same_trade(left: str, right: str) -> bool:
    """Whether two trades are one, abbreviations written out."""
    return left == right or canonical_trade(left) == canonical_trade(right)


def is_shortened(short: str, full: str) -> bool:
    """Whether a text is another one with characters left out.

    >>> is_shortened("国贸", "国际贸易"), is_shortened("贸国", "国际贸易")
    (True, False)
    """
    rest = iter(full)
    return len(short) < len(full) and all(character in rest for character in short)
