"""Which field stands under which heading of an overdue list, in whatever words the heading uses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from models.bill_monitoring.field_rules import PUNCTUATION, UNITS
from models.bill_monitoring.printed_text import TextLine, tidy
from models.bill_monitoring.reading import Field

_FOREIGN: Final = re.compile(
    r"类型|类别|性质|开户|账号|账户|注册|成立|承兑余额|承兑发生|累计承兑|承兑金额|联系|电话|地址|地区|省份|法定|代表人|行号|次数|笔数|天数|序号|编号|"
    r"备注|状态|^no\.?$|type|address|region|remark|opening|registered|count|days|acceptance balance"
)
"""Headings of columns that are never read, although they may contain a known word."""

_RULES: Final[tuple[tuple[Field, re.Pattern[str], int], ...]] = (
    (
        Field.USCC,
        re.compile(
            r"信用代码|社会信用|信用代|用代码|统一.{0,4}代码|机构代码|uscc|"
            r"credit\s*code|unified\s*social"
        ),
        9,
    ),
    (
        Field.CUMULATIVE_OVERDUE,
        re.compile(
            r"累计.*逾期|逾期.*累计|累计.*发生额|逾期发生额|(c?umul|accum|"
            r"mulat)|total overdue"
        ),
        8,
    ),
    (
        Field.OVERDUE_BALANCE,
        re.compile(
            r"逾期.*余额|余额.*逾期|(over)?due\s*(balance|outstanding)|"
            r"outstanding"
        ),
        8,
    ),
    (Field.OVERDUE_BALANCE, re.compile(r"逾期.*金额|逾期额|未兑付|overdue\s*amount|逾期"), 6),
    (Field.OVERDUE_BALANCE, re.compile(r"^余额|balance"), 4),
    (Field.DATE, re.compile(r"截止|截至|as.?of|cut.?off"), 8),
    (Field.DATE, re.compile(r"(统计|数据|报告|基准).*(日|时点)"), 7),
    (Field.DATE, re.compile(r"披露.*(日|时间)|disclos|date"), 5),
    (Field.DATE, re.compile(r"日期$|^时间$"), 4),
    (Field.NAME, re.compile(r"承兑人(名称|全称)?$|承兑企业|承兑人.*名|acceptor"), 9),
    (Field.NAME, re.compile(r"(企业|单位|公司|机构|主体|客户)(名称|全称)|^名称$|^全称$"), 7),
    (Field.NAME, re.compile(r"名称|company|enterprise|name|entity|^企业$|^公司$|^单位$"), 5),
)
_USUAL_WORDINGS: Final = {
    "统一社会信用代码": Field.USCC,
    "承兑人名称": Field.NAME,
    "企业名称": Field.NAME,
    "逾期余额": Field.OVERDUE_BALANCE,
    "逾期金额": Field.OVERDUE_BALANCE,
    "累计逾期发生额": Field.CUMULATIVE_OVERDUE,
    "累计逾期金额": Field.CUMULATIVE_OVERDUE,
    "截止日期": Field.DATE,
    "披露日期": Field.DATE,
}
_MISREAD: Final = str.maketrans({"兌": "兑", "馀": "余", "佘": "余", "朝": "期", "遹": "逾", "計": "计"})
"""Characters that stand for others when they appear in a heading."""
_NEARLY: Final = 74
"""Similarity (0 to 100) from which a misread heading counts as one of the usual wordings."""
_AMOUNTS: Final = {Field.OVERDUE_BALANCE, Field.CUMULATIVE_OVERDUE}
_LEGIBLE: Final = 0.8
"""Confidence of a heading's weakest character from which an unknown heading is known to be unknown."""
_UNIT: Final = re.compile(r"(亿元|百万元|千元|万元|元)")
_UNIT_IN_BRACKETS: Final = re.compile(r"\((单位:?|人民币|rmb|cny)*(亿元|百万元|千元|万元|元)?\)?$")
_UNIT_IN_TITLE: Final = re.compile(r"单位[:：]?(?:人民币)?(亿元|百万元|千元|万元|元)")
_TOTAL: Final = re.compile(r"^(合计|总计|小计|共计|total|sum)\b|^(合计|总计|小计|共计)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """What one column holds."""

    field: Field
    unit: int | None
    """Yuan per printed unit, if the heading names a unit."""
    weight: int
    """How surely; of two columns that claim one field the weightier gets it."""


def read_heading(text: str) -> Heading | None:
    """The field that a heading announces, or None for a column that is not read.

    >>> read_heading("逾期金额（万元）")
    Heading(field=<Field.OVERDUE_BALANCE: 'overdue_balance'>, unit=10000, weight=6)
    """
    unit = _UNIT.search(_compact(text))
    core = _core(text)
    if _FOREIGN.search(core) and not re.search(r"逾期|信用代码|社会信用", core):
        return None
    for field, pattern, weight in _RULES:
        if pattern.search(core):
            return Heading(field, UNITS[unit[1]] if unit else None, weight)
    best = max(_USUAL_WORDINGS, key=lambda wording: fuzz.ratio(wording, core))
    if len(core) >= 3 and fuzz.ratio(best, core) >= _NEARLY:  # noqa: PLR2004 - two characters fit anything
        return Heading(_USUAL_WORDINGS[best], UNITS[unit[1]] if unit else None, 3)
    return None


def _compact(text: str) -> str:
    words = re.sub(r"[\s_]+", "", tidy(text)) if _is_chinese(text) else _latin(tidy(text))
    return words.lower().translate(_MISREAD)


def _latin(text: str) -> str:
    """A Latin heading less the accents and points that specks of noise make."""
    letters = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return " ".join(re.sub(r"(?<=\w)[.:;,](?=\s|\w)", " ", letters).split())


def _core(text: str) -> str:
    """A heading without what stands in brackets."""
    words = _compact(text)
    return re.sub(r"[(\[【].*?([)\]】]|$)", "", words) or words


def assign_columns(texts: Sequence[str]) -> dict[Field, tuple[int, int | None]]:
    """For each field announced by a row of headings, its column (from 0) and unit in yuan."""
    best: dict[Field, tuple[int, int, int | None]] = {}
    for column, text in enumerate(texts):
        heading = read_heading(text) if text else None
        if heading and (heading.field not in best or heading.weight > best[heading.field][0]):
            best[heading.field] = (heading.weight, column, heading.unit)
    return {field: (column, unit) for field, (_, column, unit) in best.items()}


def lacks_columns(columns: dict[Field, tuple[int, int | None]]) -> bool:
    """Whether a column that every list should have was not announced, or not read."""
    return not {Field.NAME, Field.USCC, Field.OVERDUE_BALANCE} <= columns.keys()


def obscure_columns(headings: Sequence[TextLine], columns: dict[Field, tuple[int, int | None]]) -> set[int]:
    """Columns (from 0) that announce no field because their heading was not, or hardly, read."""
    taken = {column for column, _ in columns.values()}
    return {
        index
        for index, line in enumerate(headings)
        if index not in taken
        and not _is_foreign(line.text)
        and (line.confidence < _LEGIBLE or not line.text.strip())
    }


def has_doubtful_unit(heading: TextLine) -> bool:
    """Whether a heading shows brackets, as around a unit, of which no unit can surely be read.

    >>> has_doubtful_unit(TextLine("逾期余额(方元)", 0.9))
    True
    """
    opening = max(heading.text.find(c) for c in "(（")
    if opening < 0:
        return False
    inside = heading.glyphs[opening:] if len(heading.glyphs) == len(heading.text) else ()
    unsure = min((glyph.confidence for glyph in inside), default=heading.confidence) < _LEGIBLE
    return unsure or not _UNIT_IN_BRACKETS.match(tidy(heading.text[opening:]).lower())


def _is_foreign(heading: str) -> bool:
    return bool(heading and _FOREIGN.search(_core(heading)))


def with_unnamed_columns(
    columns: dict[Field, tuple[int, int | None]],
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    obscure: Collection[int] = (),
) -> dict[Field, tuple[int, int | None]]:
    """Columns with the lacking ones added, as far as content tells them.

    Args:
        columns: what the header announced.
        headings: the header's texts, to leave out columns that clearly hold something else.
        rows: texts of some rows below the header.
        obscure: columns with illegible headings, one of which may be the other column of amounts.
    """
    taken = {column for column, _ in columns.values()}
    taken |= {index for index, text in enumerate(headings) if _is_foreign(text)}
    added = columns_by_content(_less(rows, taken))
    amount = added.get(Field.OVERDUE_BALANCE)
    balance = columns.get(Field.OVERDUE_BALANCE)
    alone = Field.CUMULATIVE_OVERDUE not in added
    if amount and balance and alone and amount[0] in obscure and _never_smaller(rows, amount[0], balance[0]):
        added[Field.CUMULATIVE_OVERDUE] = amount
    return {**{name: place for name, place in added.items() if name not in columns}, **columns}


def unplaced_fields(
    columns: dict[Field, tuple[int, int | None]], rows: Sequence[Sequence[str]], obscure: Collection[int]
) -> set[Field]:
    """Fields that may stand in columns whose heading is illegible and whose content does not tell them.

    Args:
        columns: what header and content told.
        rows: texts of some rows below the header.
        obscure: columns with illegible headings.
    """
    lacking = {*_AMOUNTS, Field.NAME, Field.USCC, Field.DATE} - columns.keys()
    placed = {column for column, _ in columns.values()}
    found: set[Field] = set()
    for column in set(obscure) - placed:
        cells = [tidy(row[column]) for row in rows if column < len(row) and row[column].strip()]
        if _mostly(cells, lambda c: bool(_NUMBER_LIKE.fullmatch(c.translate(PUNCTUATION)))):
            found |= _AMOUNTS
        elif _mostly(cells, lambda c: bool(_DATE_LIKE.fullmatch(c))):
            found.add(Field.DATE)
        elif _mostly(cells, lambda c: len(c) >= _SHORTEST_NAME):  # not rows' numbers, nor kinds of firms
            found |= lacking
    return found & lacking


def _less(rows: Sequence[Sequence[str]], columns: Collection[int]) -> list[list[str]]:
    return [["" if i in columns else text for i, text in enumerate(row)] for row in rows]


def _never_smaller(rows: Sequence[Sequence[str]], column: int, other: int) -> bool:
    pairs = [
        (_plain_number(tidy(r[column])), _plain_number(tidy(r[other])))
        for r in rows
        if len(r) > max(column, other)
    ]
    return bool(pairs) and all(value >= least for value, least in pairs)


def is_header(columns: dict[Field, tuple[int, int | None]]) -> bool:
    """Whether a row that announces these columns is the header of an overdue list."""
    identity = Field.NAME in columns or Field.USCC in columns
    return len(columns) > 1 and identity


def unit_of_title(text: str) -> int | None:
    """The unit in yuan that a title line announces for all amounts (单位：万元)."""
    found = _UNIT_IN_TITLE.search(re.sub(r"\s", "", tidy(text)))
    return UNITS[found[1]] if found else None


def is_total(text: str) -> bool:
    """Whether a row's first text says that the row is a sum of others."""
    return bool(_TOTAL.search(re.sub(r"\s", "", tidy(text))))


_CODE_LIKE: Final = re.compile(r"[0-9A-Z]{15,20}")
_NUMBER_LIKE: Final = re.compile(r"[¥￥]?[\d,，. ]*\d[.,]\d{2}|[¥￥]?\d{1,3}([,，]\d{3})+|\d{5,}")
_DATE_LIKE: Final = re.compile(r"(19|20)\d{2}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}日?")
_SHORTEST_NAME: Final = 5


def columns_by_content(rows: Sequence[Sequence[str]]) -> dict[Field, tuple[int, int | None]]:
    """Columns of a table without header, told by what stands in them.

    Of two columns of amounts the one that is never the larger is the overdue balance.
    """
    width = max((len(row) for row in rows), default=0)
    columns = [[tidy(row[i]) for row in rows if i < len(row) and row[i].strip()] for i in range(width)]
    found: dict[Field, tuple[int, int | None]] = {}
    amounts: list[int] = []
    for index, cells in enumerate(columns):
        if _mostly(cells, lambda c: bool(_CODE_LIKE.fullmatch(c.replace(" ", "").upper()))):
            found.setdefault(Field.USCC, (index, None))
        elif _mostly(cells, lambda c: bool(_DATE_LIKE.fullmatch(c))):
            found.setdefault(Field.DATE, (index, None))
        elif _mostly(cells, lambda c: bool(_NUMBER_LIKE.fullmatch(c.translate(PUNCTUATION)))):
            amounts.append(index)
        elif _mostly(cells, lambda c: len(c) >= _SHORTEST_NAME and _is_chinese(c)):
            found.setdefault(Field.NAME, (index, None))
    if len(amounts) == 1:
        found[Field.OVERDUE_BALANCE] = (amounts[0], None)
    elif len(amounts) == 2:  # noqa: PLR2004 - with three or more, which is which cannot be told
        balance, cumulative = _smaller_first(columns[amounts[0]], columns[amounts[1]], amounts)
        found[Field.OVERDUE_BALANCE], found[Field.CUMULATIVE_OVERDUE] = (balance, None), (cumulative, None)
    return found


def _smaller_first(left: Sequence[str], right: Sequence[str], places: Sequence[int]) -> tuple[int, int]:
    pairs = [(_plain_number(a), _plain_number(b)) for a, b in zip(left, right, strict=False)]
    left_is_smaller = sum(a <= b for a, b in pairs) * 2 >= len(pairs)
    return (places[0], places[1]) if left_is_smaller else (places[1], places[0])


def _plain_number(text: str) -> int:
    whole = text.rpartition(".")[0] or text
    return int(re.sub(r"\D", "", whole) or 0)


def _mostly(cells: Sequence[str], holds: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(map(holds, cells)) * 2 > len(cells)


def _is_chinese(text: str) -> bool:
    return any("一" <= c <= "鿿" for c in text)
