"""Administrative divisions as enterprise names use them: recognised, stripped, compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from functools import cache
from typing import Final

from models.bill_monitoring.matching.vocabulary.divisions import DIVISIONS

Division = frozenset[str]
"""The codes that one spelling may stand for (``鼓楼区`` is in four cities); a prefix contains the rest."""

_PROVINCE_DIGITS: Final = 2
_GOVERNED_DIRECTLY: Final = "-"
_LONGEST: Final = 12
_SHORTEST_REST: Final = 2
_NEVER_BARE: Final = frozenset(
    {"东方", "安国", "兴化", "永安", "永康", "新民", "海城", "昌邑", "高安", "和田"}
)
"""Cities whose short name is a distinguishing name far more often than a place."""

_SHORT_PROVINCES: Final = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
    "香港特别行政区": "香港",
    "澳门特别行政区": "澳门",
}
_EXTRA: Final = {
    "浦东": "3101/浦东新区",
    "两江新区": "50",
    "雄安新区": "1306",
    "雄安": "1306",
    "前海": "4403",
}


class Place(IntEnum):
    """How the places of two names relate, the closest last."""

    CONFLICT = 0
    """Neither contains the other."""
    ONE_IS_SILENT = 1
    """Only one name states a place."""
    WITHIN = 2
    """One place lies in the other."""
    SAME = 3
    """The same finest place, or no place in either."""


@cache
def spellings() -> Mapping[str, Division]:
    """Every spelling of a division that may open a name, with the codes it may stand for."""
    found: dict[str, set[str]] = {}
    code, opens = "", False
    for word in DIVISIONS.split():
        if word.isdigit():
            code, opens = word, True
            continue
        if word != _GOVERNED_DIRECTLY:
            own = code if opens else f"{code}/{word}"
            for spelling in _spellings_of(word, own=own, is_county=not opens):
                found.setdefault(spelling, set()).add(own)
        opens = False
    for spelling, own in _EXTRA.items():
        found.setdefault(spelling, set()).add(own)
    return {spelling: frozenset(codes) for spelling, codes in found.items()}


def _spellings_of(name: str, *, own: str, is_county: bool) -> Iterable[str]:
    yield name
    if len(own) == _PROVINCE_DIGITS and name in _SHORT_PROVINCES:
        yield _SHORT_PROVINCES[name]
    elif name.endswith(("市", "省")) or (not is_county and name.endswith(("地区", "盟"))):
        short = name.removesuffix("市").removesuffix("省").removesuffix("地区").removesuffix("盟")
        if len(short) >= _SHORTEST_REST and short not in _NEVER_BARE:
            yield short
    elif name.endswith("自治州"):
        yield name.removesuffix("自治州") + "州"


def strip_divisions(text: str) -> tuple[tuple[Division, ...], str]:
    """The divisions that open a folded text, and the rest; at least two characters always remain.

    A place that lies outside the one before it is a distinguishing name that happens to be a place too
    (长沙宁安酒店: 宁安 is far from 长沙).

    >>> divisions, rest = strip_divisions("江苏省苏州市华信贸易")
    >>> [sorted(division) for division in divisions], rest
    ([['32'], ['3205']], '华信贸易')
    """
    known = spellings()
    divisions: list[Division] = []
    while True:
        for length in range(min(_LONGEST, len(text) - _SHORTEST_REST), 1, -1):
            division = known.get(text[:length])
            if division is not None and all(_compatible(division, wider) for wider in divisions):
                divisions.append(division)
                text = text[length:]
                break
        else:
            return tuple(divisions), text


def as_divisions(text: str) -> tuple[Division, ...] | None:
    """The divisions that make up a whole text (the content of a bracket, a region column), or None."""
    marker = "\0\0"
    divisions, rest = strip_divisions(text + marker)
    return divisions if divisions and rest == marker else None


def compare_places(left: tuple[Division, ...], right: tuple[Division, ...]) -> Place:
    """How the places that two names state relate."""
    if not left or not right:
        return Place.SAME if left == right else Place.ONE_IS_SILENT
    if any(not _compatible(a, b) for a in left for b in right):
        return Place.CONFLICT
    return Place.SAME if _finest(left) & _finest(right) else Place.WITHIN


def _compatible(left: Division, right: Division) -> bool:
    return any(a.startswith(b) or b.startswith(a) for a in left for b in right)


def _finest(divisions: tuple[Division, ...]) -> Division:
    return max(divisions, key=lambda division: len(min(division, key=len)))
