"""What the name of an enterprise says: division, distinguishing name, trade, legal form, branch.

A registered name is built from these parts (Provisions on the Administration of Enterprise Name
Registration). Two names are compared part by part, because one changed character means nothing in the
legal form and everything in the distinguishing name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from models.bill_monitoring.matching.characters import CLOSING, OPENING, fold, without_brackets
from models.bill_monitoring.matching.divisions import (
    Division,
    as_divisions,
    spellings,
    strip_divisions,
)
from models.bill_monitoring.matching.vocabulary.words import (
    BRANCH_FORMS,
    LEGAL_FORMS,
    TRADE_SYNONYMS,
    TRADES,
)

GROUP: Final = "集团"
_TRADES: Final = frozenset(TRADES)
_FORMS: Final = tuple(sorted(LEGAL_FORMS, key=len, reverse=True))
_BRANCH_ENDING: Final = re.compile(f"(?:{'|'.join(sorted(BRANCH_FORMS, key=len, reverse=True))})$")
_PARENT_WITH_FORM: Final = re.compile(
    r"^(.{4,}?(?:有限责任公司|股份有限公司|有限公司|集团公司|总公司|银行(?!股份|有限)))(.+)$"
)
_ORDINAL: Final = re.compile(r"第?[0-9一二三四五六七八九十]+$")
_BRACKETED: Final = re.compile(r"\(([^()]*)\)")
_SHORTEST_PARENT: Final = 3


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name taken apart; every text is folded to one spelling and has no brackets."""

    text: str
    """The whole name."""
    divisions: tuple[Division, ...]
    stem: str
    """The distinguishing name (字号); empty when the core is made of trade words only (上海建工)."""
    trade: str
    """What the firm does, in the words of the name."""
    legal_form: str | None
    is_group: bool
    """Whether the name calls the firm a group (集团): the group and its members are different firms."""
    parent: str | None = None
    """For a branch: the name of the enterprise that it belongs to; this one keeps its brackets."""
    branch: str | None = None
    """For a branch: what its own part of the name says (上海分公司)."""

    @property
    def core(self) -> str:
        """Distinguishing name and trade: what is left when place and form are set aside."""
        return self.stem + self.trade

    @property
    def is_generic(self) -> bool:
        """Whether the core is made of trade words only, so that the place is the distinguishing name."""
        return not self.stem


def normalise_name(name: str) -> str:
    """A name in one spelling: width, traditional forms, case folded; brackets, spaces, punctuation gone.

    >>> normalise_name("上海華信（集團）有限公司 ")
    '上海华信集团有限公司'
    """
    return without_brackets(fold(name))


def parse_name(name: str) -> NameParts:
    """Take a name apart.

    >>> parts = parse_name("上海市华信国际贸易（集团）有限公司浦东分公司")
    >>> parts.stem, parts.trade, parts.legal_form, parts.is_group, parts.branch
    ('华信', '国际贸易', 'limited', True, '浦东分公司')
    """
    folded = fold(name)
    text = without_brackets(folded)
    parent, branch = split_branch(folded)
    head, form = _split_form(parent or folded)
    head, divisions, is_group = _read_brackets(head)
    opening, core = strip_divisions(head)
    core, ends_in_group = _without_group(core)
    stem, trade = _split_trade(core)
    return NameParts(
        text=text,
        divisions=opening + divisions,
        stem=stem,
        trade=trade,
        legal_form=form,
        is_group=is_group or ends_in_group,
        parent=parent,
        branch=branch,
    )


def split_branch(folded: str) -> tuple[str, str] | tuple[None, None]:
    """The parent's name (with its brackets) and the branch's own part, when a folded name is a branch's.

    >>> split_branch("中国工商银行股份有限公司上海市分行")
    ('中国工商银行股份有限公司', '上海市分行')
    """
    text = without_brackets(folded)
    ending = _BRANCH_ENDING.search(text)
    if ending is None:
        return None, None
    explicit = _PARENT_WITH_FORM.match(text)
    if explicit is not None:
        return _cut(folded, len(explicit[1])), explicit[2]
    head = _ORDINAL.sub("", text[: ending.start()])
    length = len(head) - _place_at_end(head)
    if length < _SHORTEST_PARENT:
        return None, None
    return _cut(folded, length), text[length:]


def canonical_trade(trade: str) -> str:
    """A trade with its usual abbreviation written out."""
    return TRADE_SYNONYMS.get(trade, trade)


def is_trade(text: str) -> bool:
    """Whether a text is made of trade words only."""
    return bool(text) and not _split_trade("\0" + text)[0].strip("\0")


def _place_at_end(head: str) -> int:
    """How many characters at the end of a text name a division."""
    known = spellings()
    for length in range(min(len(head), 9), 1, -1):
        if head[-length:] in known:
            return length
    return 0


def _cut(folded: str, characters: int) -> str:
    """The opening of a folded text that holds so many characters besides brackets."""
    seen = 0
    for position, character in enumerate(folded):
        if seen == characters:
            return folded[:position] if character != CLOSING else folded[: position + 1]
        seen += character not in (OPENING, CLOSING)
    return folded


def _split_form(folded: str) -> tuple[str, str | None]:
    for spelling in _FORMS:
        if folded.endswith(spelling) and len(folded) > len(spelling):
            return folded[: -len(spelling)], LEGAL_FORMS[spelling]
    return folded, None


def _read_brackets(folded: str) -> tuple[str, tuple[Division, ...], bool]:
    """The text without brackets that hold a place or the word group, the places, and whether a group."""
    divisions: tuple[Division, ...] = ()
    is_group = False
    kept: list[str] = []
    for position, piece in enumerate(_BRACKETED.split(folded)):
        inside = position % 2 == 1
        if inside and piece == GROUP:
            is_group = True
        elif inside and (places := as_divisions(piece)) is not None:
            divisions += places
        else:
            kept.append(without_brackets(piece))
    return "".join(kept), divisions, is_group


def _without_group(core: str) -> tuple[str, bool]:
    if core.endswith(GROUP) and len(core) > len(GROUP):
        return core.removesuffix(GROUP), True
    return core, False


@cache
def _trade_lengths() -> dict[str, tuple[int, ...]]:
    """For the last character of a trade word: the lengths that such words have, longest first."""
    lengths: dict[str, set[int]] = {}
    for word in TRADES:
        lengths.setdefault(word[-1], set()).add(len(word))
    return {last: tuple(sorted(found, reverse=True)) for last, found in lengths.items()}


def _split_trade(core: str) -> tuple[str, str]:
    """Distinguishing name and trade: trade words are taken off the end as long as there are any."""
    lengths = _trade_lengths()
    end = len(core)
    while end:
        for length in lengths.get(core[end - 1], ()):
            if length <= end and core[end - length : end] in _TRADES:
                end -= length
                break
        else:
            break
    return core[:end], core[end:]
