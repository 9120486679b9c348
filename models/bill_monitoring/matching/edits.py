"""What the few characters that two names differ in mean."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from rapidfuzz.distance import Levenshtein

from models.bill_monitoring.matching.vocabulary.glyphs import may_be_misread, twins
from models.bill_monitoring.matching.vocabulary.words import COMMON_IN_NAMES, NUMERALS, OPPOSITES
from models.bill_monitoring.names import NameParts, canonical_trade, is_trade

_ENOUGH_STEM: Final = 3
"""Characters of a distinguishing name from which one strange character leaves it recognisable."""
_COMMON: Final = frozenset(COMMON_IN_NAMES)
_SECOND_LEVEL: Final = 0xD8
"""First byte of the less common characters of GB 2312."""
_KINDS: Final = (NUMERALS, *OPPOSITES)
_TELLING: Final = frozenset(NUMERALS + "".join(OPPOSITES))
_TELLING_ALONE: Final = _TELLING - frozenset("大小中上下内外前后左右红黄蓝绿白黑男女春夏秋冬百甲乙丙丁戊")
"""Added or lost alone, these tell sister firms apart; the others stand in names for other reasons too."""


class Slip(IntEnum):
    """How readily a difference is explained as a slip of pen, print or OCR; the worst last."""

    NOTHING = 0
    OUTSIDE_STEM = 1
    """In the legal form; or in place or trade, of like shape, where it makes no other place or trade."""
    TWIN = 2
    """In the distinguishing name: characters hard to tell apart, and no usual name results."""
    LOOK_ALIKE = 3
    """In the distinguishing name: characters of like shape, and no usual name results."""
    USUAL_LOOK_ALIKE = 4
    """In the distinguishing name: characters of like shape, but a usual name results."""
    DOUBTFUL = 5
    """No like shape: a slip of another kind, or another firm's name, place or trade."""
    OTHER_NAME = 6
    """In the distinguishing name: it makes another name."""
    TELLING = 7
    """A numeral, a point of the compass, old or new: what sister firms differ in."""


def slips(read: NameParts, known: NameParts) -> list[Slip]:
    """The differences between a name as read and a known one, each judged by itself."""
    start = max(known.text.find(known.core), 0)
    core = range(start, start + len(known.core))
    stem = range(start, start + len(known.stem or known.core))
    found = []
    for was, is_, target in _changes(read.text, known.text):
        inside = target in stem or (not is_ and target == stem.stop and _grows_stem(read, known))
        if target in core and is_telling(was, is_):
            found.append(Slip.TELLING)
        elif inside:
            found.append(_judge(was, is_, stem=len(stem), left=len(read.stem)))
        elif target >= core.stop:
            found.append(Slip.OUTSIDE_STEM)
        else:
            lost_in_trade = target in core and not (was and is_)
            explained = lost_in_trade or may_be_misread(was, is_) or is_rare(was)
            found.append(Slip.OUTSIDE_STEM if explained else Slip.DOUBTFUL)
    return found


def _changes(read: str, known: str) -> Iterator[tuple[str, str, int]]:
    """The least edits from one text to another: what was read, what is known, where in the known one.

    A character lost or added stands against the empty text.
    """
    for edit in Levenshtein.editops(read, known):
        was = read[edit.src_pos] if edit.tag != "insert" else ""
        is_ = known[edit.dest_pos] if edit.tag != "delete" else ""
        yield was, is_, edit.dest_pos


def _grows_stem(read: NameParts, known: NameParts) -> bool:
    """Whether a character added right after the stem became part of the stem."""
    return len(read.stem) > len(known.stem) and not is_trade(read.core[len(known.stem) :])


def _judge(was: str, is_: str, *, stem: int, left: int) -> Slip:
    """A change within a distinguishing name of ``stem`` characters, of which ``left`` were read."""
    if not was or not is_:
        return Slip.DOUBTFUL if stem >= _ENOUGH_STEM or left == 1 else Slip.OTHER_NAME
    usual = was in _COMMON
    if (was, is_) in twins():
        return Slip.USUAL_LOOK_ALIKE if usual else Slip.TWIN
    if may_be_misread(was, is_):
        return Slip.USUAL_LOOK_ALIKE if usual or stem < _ENOUGH_STEM else Slip.LOOK_ALIKE
    return Slip.OTHER_NAME if usual and stem < _ENOUGH_STEM else Slip.DOUBTFUL


def is_telling(was: str, is_: str) -> bool:
    """Whether two characters (or one against none) are what sister firms differ in.

    >>> is_telling("三", "四"), is_telling("东", "西"), is_telling("", "新"), is_telling("诚", "城")
    (True, True, True, False)
    """
    if not was or not is_:
        return (was or is_) in _TELLING_ALONE
    return was in _TELLING and is_ in _TELLING and any(was in kind and is_ in kind for kind in _KINDS)


def is_rare(character: str) -> bool:
    """Whether a character is too rare for a place or a trade (outside the first level of GB 2312).

    >>> is_rare("槭"), is_rare("机"), is_rare("")
    (True, False, False)
    """
    if not character or character.isascii():
        return False
    try:
        return character.encode("gb2312")[0] >= _SECOND_LEVEL
    except UnicodeEncodeError:
        return True


def telling_difference(left: str, right: str) -> bool:
    """Whether two cores differ in a character that tells sister firms apart."""
    return any(is_telling(was, is_) for was, is_, _ in _changes(left, right))


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
