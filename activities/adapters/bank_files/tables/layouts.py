"""Which profile a table belongs to, and where its columns are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from activities.adapters.bank_files.tables.rows import Row, separated_rows
from activities.adapters.bank_files.tables.values import begins_with
from models.payments.bank_files.profile_rules import FileKind, SignRule
from models.payments.bank_files.profiles import FieldName, FileProfile

_SEARCHED_ROWS: Final = 80
_MARK_WEIGHT: Final = 100
_COLUMN_WEIGHT: Final = 10
_AMOUNT_FIELDS: Final[tuple[FieldName, ...]] = ("amount", "credit", "debit")
_CURRENCY: Final = re.compile(
    r"\b(?:EUR|USD|GBP|CHF|CNY|HKD|JPY|SGD|AUD|CAD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|ZAR|KRW|TWD)\b|€|£|(?i:euros?\b)|元"
)
_CURRENCY_SIGNS: Final = {"€": "EUR", "£": "GBP", "euro": "EUR", "euros": "EUR", "元": "CNY"}


@dataclass(frozen=True, slots=True)
class Layout:
    """A profile laid over a table."""

    profile: FileProfile
    delimiter: str
    """Empty for workbooks."""
    header: int
    """Index of the header row; -1 when the table has none."""
    places: dict[FieldName, tuple[int, ...]]
    """Indices of the cells of each field; several where texts are joined."""
    width: int
    """Cells that a row should have."""
    score: int
    currency: str | None = None
    """Named in the heading of the amount: ``Betrag (EUR)``."""


def find_layout(text: str, profiles: Iterable[FileProfile]) -> Layout | None:
    """The profile and delimiter that fit a text best; None when none fits."""
    chosen: Layout | None = None
    tables: dict[str, list[Row]] = {}
    for profile in profiles:
        if profile.kind is not FileKind.CSV or not profile.columns:
            continue
        for delimiter in profile.delimiters:
            if delimiter not in text:
                continue
            if delimiter not in tables:
                tables[delimiter] = separated_rows(text, delimiter, most=_SEARCHED_ROWS)
            chosen = _better(chosen, lay_over(profile, tables[delimiter], delimiter))
    return chosen


def find_workbook_layout(rows: Sequence[Row], profiles: Iterable[FileProfile]) -> Layout | None:
    """The profile that fits the rows of a workbook best; None when none fits."""
    chosen: Layout | None = None
    for profile in profiles:
        if profile.kind is FileKind.CSV and profile.columns:
            chosen = _better(chosen, lay_over(profile, rows[:_SEARCHED_ROWS], ""))
    return chosen


def lay_over(profile: FileProfile, rows: Sequence[Row], delimiter: str) -> Layout | None:
    """A profile over rows; None when its header, or its mark if that is needed, is not there."""
    if not profile.header:
        return _without_header(profile, rows, delimiter)
    chosen: Layout | None = None
    for index, row in enumerate(rows[:_SEARCHED_ROWS]):
        places = _places(profile, row)
        bonus = _mark_bonus(profile, rows[: index + 1]) if places is not None else None
        if places is None or bonus is None or not _is_worded(profile, rows[index + 1 :], places):
            continue
        used = sum(len(place) for place in places.values())
        width = len(_without_empty_tail(row.cells))
        score = bonus + used * _COLUMN_WEIGHT
        layout = Layout(profile, delimiter, index, places, width, score, _heading_currency(row, places))
        chosen = _better(chosen, layout)
    return chosen


def _is_worded(
    profile: FileProfile, rows: Sequence[Row], places: Mapping[FieldName, tuple[int, ...]]
) -> bool:
    """Whether a profile without marks, which only guesses that a column tells directions, guesses right."""
    if profile.sign is not SignRule.WORDS or profile.marks:
        return True
    known = (*profile.credit_words, *profile.debit_words, *profile.neutral_words)
    place = places["direction"][0]
    texts = [row.cells[place] for row in rows if place < len(row.cells) and row.cells[place]]
    fitting = sum(any(begins_with(text, word) for word in known) for text in texts)
    return fitting * 2 > len(texts) or not texts


def _mark_bonus(profile: FileProfile, rows: Sequence[Row]) -> int | None:
    """What the profile's marks in rows up to the header are worth; None when a needed one is missing."""
    marked = any(re.search(mark, row.text()) for mark in profile.marks for row in rows)
    if profile.needs_mark and not marked:
        return None
    return profile.priority + (_MARK_WEIGHT if marked else 0)


def _without_header(profile: FileProfile, rows: Sequence[Row], delimiter: str) -> Layout | None:
    """Columns by their position; None when the rows are too narrow."""
    places: dict[FieldName, tuple[int, ...]] = {
        name: (column.position - 1,) for name, column in profile.columns.items() if column.position
    }
    bonus = _mark_bonus(profile, rows)
    width = max((len(row.cells) for row in rows), default=0)
    needed = max((column.position or 0 for column in profile.columns.values()), default=0)
    if bonus is None or width < needed:
        return None
    return Layout(profile, delimiter, -1, places, width, bonus)


def _better(one: Layout | None, other: Layout | None) -> Layout | None:
    if one is None or other is None:
        return one or other
    return other if other.score > one.score else one


def _places(profile: FileProfile, row: Row) -> dict[FieldName, tuple[int, ...]] | None:
    """Where the fields of a profile stand under a header row; None when a needed one is missing."""
    headings: dict[str, list[int]] = {}
    for index, cell in enumerate(row.cells):
        headings.setdefault(normal_heading(cell), []).append(index)
    places: dict[FieldName, tuple[int, ...]] = {}
    for name, column in profile.columns.items():
        found = [index for known in column.names for index in headings.get(normal_heading(known), ())]
        if found:
            places[name] = tuple(dict.fromkeys(found)) if column.join else (found[0],)
    needed: set[FieldName] = set(profile.required)
    if profile.sign is SignRule.COLUMNS:
        needed |= {"credit", "debit"}
    else:
        needed.add("amount")
    if profile.sign is SignRule.WORDS:
        needed.add("direction")
    return places if needed <= set(places) else None


def _heading_currency(row: Row, places: Mapping[FieldName, tuple[int, ...]]) -> str | None:
    for name in _AMOUNT_FIELDS:
        for place in places.get(name, ()):
            if found := _CURRENCY.search(row.cells[place]):
                return _CURRENCY_SIGNS.get(found[0].lower(), found[0])
    return None


@lru_cache(maxsize=8_192)
def normal_heading(text: str) -> str:
    """A heading without blanks, case, width and marks around it."""
    plain = re.sub(r"\[[^\]]*\]$", "", "".join(text.split()).casefold())
    return plain.replace("（", "(").replace("）", ")").replace("：", ":").strip("*#:`'\"")


def _without_empty_tail(cells: Sequence[str]) -> Sequence[str]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]
