"""A single bill as a form: labels are found, and what stands beside or after them is their value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from activities.adapters.ocr.grid import find_cells
from activities.adapters.ocr.page import Page
from activities.adapters.ocr.word_lines import WordLines, covering
from models.bill_monitoring.printed_text import TextLine, tidy
from models.bill_monitoring.reading import Box, Field

_TITLE: Final = re.compile(
    r"商业(承兑)?汇票|承兑汇票|电子.{0,4}汇票|commercial (acceptance )?(bill|draft)|acceptance bill"
)
_LABELS: Final[tuple[tuple[Field | None, re.Pattern[str]], ...]] = (
    (
        None,
        re.compile(
            r"(出票人|收款人|承兑人|付款人)?(账号|帐号|开户行.{0,3}|开户银行|行号|地址|承诺|"
            r"保证.*|信用.级|评级.*|签章|签收.*)"
        ),
    ),
    (
        None,
        re.compile(
            r"票据状态|能否转让|可否转让|交易合同号?|合同编号|备注|评级.*|子票区间|承兑日期|"
            r"承兑信息|承兑协议.*|票据种类|十亿.*|亿?千百十.*"
        ),
    ),
    (Field.BILL_NO, re.compile(r"(票据|汇票)(（包）|\(包\))?号码?|票号|bill (no\.?|number)", re.IGNORECASE)),
    (Field.ISSUE_DATE, re.compile(r"出票日期?|(date of )?issue( date)?", re.IGNORECASE)),
    (Field.DUE_DATE, re.compile(r"(汇票|票据)?到期日期?|due date|maturity( date)?", re.IGNORECASE)),
    (
        Field.USCC,
        re.compile(r"(承兑人)?(统一)?社会信用代码|(承兑人)?信用代码|(统一)?信用代码|uscc", re.IGNORECASE),
    ),
    (Field.DRAWER, re.compile(r"出票人(信息|全称|名称)?|drawer( name)?", re.IGNORECASE)),
    (Field.PAYEE, re.compile(r"收款人(信息|全称|名称)?|payee( name)?", re.IGNORECASE)),
    (Field.NAME, re.compile(r"承兑人(信息|全称|名称)?|付款人(全称|名称)?|acceptor( name)?", re.IGNORECASE)),
    (
        Field.AMOUNT_CN,
        re.compile(
            r"(票据|汇票|出票)?金额[(（]?大写[)）]?|(票据|汇票)?(大写金额|"
            r"金额大写)|(人民币)?[(（]?大写[)）]?|amount in words",
            re.IGNORECASE,
        ),
    ),
    (
        Field.OVERDUE_BALANCE,
        re.compile(
            r"(票据|汇票|出票|票面)?金额([(（]?(小写|元)[)）]?)?|小写金额|"
            r"金额小写|[(（]?小写[)）]?|amount( in figures)?",
            re.IGNORECASE,
        ),
    ),
)
_FULL_NAME: Final = re.compile(r"(全称|名称|户名)[:：]?")
_PARTIES: Final = (Field.DRAWER, Field.PAYEE, Field.NAME)
_CAPITALS: Final = re.compile(r"[壹贰叁肆伍陆柒捌玖拾佰仟萬万亿億零元圆角分整正一二三四五六七八九十百千两]")
_FIGURES: Final = re.compile(r"[¥￥]?\s*\d[\d,，. ]*[.．]\d{2}")
_BILL_NUMBER: Final = re.compile(r"(?:\d[ -]?){30}")
_FEWEST_CAPITALS: Final = 4
_SHORTEST_NAME: Final = 6
_HEADING_LINES: Final = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a form's cell with its text."""

    box: Box
    line: TextLine
    label: Field | None = None
    is_label: bool = False
    exact: bool = True
    """Whether the rectangle holds this text and nothing else."""

    @property
    def text(self) -> str:
        return self.line.text


def looks_like_bill(words: WordLines) -> bool:
    """Whether a title or the first labels on the page are those of a bill."""
    texts = [tidy(t).replace(" ", "") for line in words.lines[:_HEADING_LINES] for t in words.texts(line)]
    titled = any(_TITLE.search(text.lower()) and not re.search(r"名单|列表|逾期", text) for text in texts)
    return titled or sum(bool(re.match(r"出票人|收款人|票据号码|出票日期|汇票到期日", t)) for t in texts) > 1


def read_bill(page: Page, words: WordLines) -> dict[Field, Piece]:
    """The fields that stand on a bill."""
    pieces = list(_pieces(page, words))
    found: dict[Field, Piece] = {}
    for party in _PARTIES:
        if name := _name_in_section(pieces, party):
            found[party] = name
    for piece in pieces:
        if piece.is_label and piece.label and piece.label not in found:
            value = _value_of(piece, pieces)
            if value and _fits(piece.label, value.text):
                found[piece.label] = value
    _by_pattern(pieces, found)
    return found


def _pieces(page: Page, words: WordLines) -> Iterator[Piece]:
    """A form's cells, then words outside of them; a label with its value behind it becomes two pieces."""
    cells = find_cells(page.image)
    loose = [w for line in words.lines for w in line if not any(_holds(c, w) for c in cells)]
    filled = [c for c in cells if any(_holds(c, w) for line in words.lines for w in line)]
    digits = [c for c in cells if c not in filled and c.right - c.left < 2 * (c.bottom - c.top)]
    boxes = [*filled, *loose, *digits]
    for box, line in zip(boxes, words.read(boxes), strict=True):
        if line.text:
            yield from _divided(box, line)


def _holds(cell: Box, word: Box) -> bool:
    x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return cell.left <= x <= cell.right and cell.top <= y <= cell.bottom


def _divided(box: Box, line: TextLine) -> Iterator[Piece]:
    text = line.text.strip()
    if party := _upright_label(box, text):
        yield Piece(box, line, party, is_label=True)
        return
    for label, pattern in _LABELS:
        compact = re.sub(r"\s+", "", tidy(text)) if not text.isascii() else tidy(text)
        found = pattern.match(compact)
        if not found:
            continue
        rest = compact[found.end() :]
        if not rest.strip(":：.() （）"):
            yield Piece(box, line, label, is_label=True)
            return
        if _begins_value(label, rest):
            value = rest.lstrip(":： ")
            share = (len(compact) - len(rest)) / len(compact)
            split = box.left + round((box.right - box.left) * share)
            yield Piece(
                Box(box.left, box.top, split, box.bottom), TextLine(found[0], 1.0), label, is_label=True
            )
            yield Piece(Box(split, box.top, box.right, box.bottom), _tail(line, value), exact=False)
            return
    yield Piece(box, line)


def _upright_label(box: Box, text: str) -> Field | None:
    """The party whose label runs from top to bottom, its characters apart and dirt read between them."""
    if box.bottom - box.top < 2 * (box.right - box.left):
        return None
    marks = {Field.DRAWER: "出票人", Field.PAYEE: "收款人", Field.NAME: "承兑人"}
    return next((party for party, label in marks.items() if sum(c in text for c in label) > 1), None)


def _begins_value(label: Field | None, rest: str) -> bool:
    """Whether what follows a label is its value rather than more of the label."""
    if rest[0] in ":：":
        return True
    if label in _PARTIES:
        return len(rest) >= _SHORTEST_NAME and not rest.startswith(("账", "开"))
    if label is Field.AMOUNT_CN:
        return _fits(Field.AMOUNT_CN, rest)
    return label is not None and (rest[0].isdigit() or rest[0] in "¥￥" or label is Field.USCC)


def _tail(line: TextLine, value: str) -> TextLine:
    """The end of a line that is ``value``, with the glyphs that belong to it."""
    count = len(value)
    if len(line.glyphs) < count:
        return TextLine(value, line.confidence)
    glyphs = line.glyphs[-count:]
    return TextLine(value, min(glyph.confidence for glyph in glyphs), glyphs)


def _name_in_section(pieces: Sequence[Piece], party: Field) -> Piece | None:
    """The name beside 全称 in the section that a party's label heads."""
    sections = [p for p in pieces if p.is_label and p.label in _PARTIES]
    for piece in pieces:
        if not _FULL_NAME.match(tidy(piece.text)) or piece.is_label:
            continue
        heading = min(
            (s for s in sections if s.box.left < piece.box.left and _beside(s.box, piece.box)),
            key=lambda s: _distance(s.box, piece.box),
            default=None,
        )
        if heading is None or heading.label is not party:
            continue
        rest = _FULL_NAME.sub("", tidy(piece.text), count=1)
        if rest:
            return Piece(piece.box, _tail(piece.line, rest), exact=False)
        if value := _value_of(piece, pieces):
            return value
    return None


def _beside(section: Box, piece: Box) -> bool:
    """Whether a piece stands at the height of a section's label, so that it is not another section's."""
    slack = 0.8 * (piece.bottom - piece.top)
    return section.top - slack < piece.bottom and piece.top < section.bottom + slack


def _distance(section: Box, piece: Box) -> float:
    vertical = max(section.top - piece.bottom, piece.top - section.bottom, 0)
    return max(piece.left - section.right, 0) + 3.0 * vertical


def _value_of(label: Piece, pieces: Sequence[Piece]) -> Piece | None:
    """The piece to the right of a label in its line, else the one right below it."""
    box = label.box
    height = box.bottom - box.top
    right = [
        p
        for p in pieces
        if p.box.left >= box.right - height // 2
        and p is not label
        and min(p.box.bottom, box.bottom) - max(p.box.top, box.top)
        > 0.4 * min(height, p.box.bottom - p.box.top)
    ]
    right = [p for p in right if label.label is None or p.is_label or _fits(label.label, p.text)]
    nearest = min(right, key=lambda p: p.box.left, default=None)
    if nearest is not None and _FULL_NAME.fullmatch(tidy(nearest.text)) and label.label in _PARTIES:
        return None
    if nearest is not None and not nearest.is_label:
        return nearest
    below = [
        p
        for p in pieces
        if 0 <= p.box.top - box.bottom + 4 < 1.5 * height
        and min(p.box.right, box.right) > max(p.box.left, box.left)
        and not p.is_label
    ]
    return min(below, key=lambda p: p.box.top, default=None)


def _fits(field: Field, text: str) -> bool:
    if field is Field.AMOUNT_CN:
        return len(_CAPITALS.findall(text)) >= _FEWEST_CAPITALS
    if field in (Field.OVERDUE_BALANCE, Field.BILL_NO, Field.ISSUE_DATE, Field.DUE_DATE, Field.USCC):
        capitals = len(_CAPITALS.findall(text)) >= _FEWEST_CAPITALS
        return any(c.isdigit() for c in text) and not (capitals and field is Field.OVERDUE_BALANCE)
    return len(text) > 1


def _by_pattern(pieces: Sequence[Piece], found: dict[Field, Piece]) -> None:
    """Fields whose look alone tells them, where no label led to them."""
    for piece in pieces:
        text = tidy(piece.text)
        if Field.BILL_NO not in found and (number := _BILL_NUMBER.search(text)):
            found[Field.BILL_NO] = Piece(piece.box, _tail(piece.line, number[0]), exact=False)
        if Field.AMOUNT_CN not in found and _fits(Field.AMOUNT_CN, text) and re.search(r"[元圆]", text):
            found[Field.AMOUNT_CN] = piece
        if Field.OVERDUE_BALANCE not in found and _FIGURES.fullmatch(text):
            found[Field.OVERDUE_BALANCE] = piece
    if Field.OVERDUE_BALANCE not in found and (boxed := _boxed_digits(pieces)):
        found[Field.OVERDUE_BALANCE] = boxed


def _boxed_digits(pieces: Sequence[Piece]) -> Piece | None:
    """An amount with one digit per cell, the last two under 角 and 分."""
    digits = [p for p in pieces if re.fullmatch(r"[¥￥]?\d", tidy(p.text))]
    for first in digits:
        row = [d for d in digits if abs(d.box.top - first.box.top) < (first.box.bottom - first.box.top) / 2]
        if len(row) > 2:  # noqa: PLR2004 - at least one yuan and two decimals
            row.sort(key=lambda d: d.box.left)
            text = "".join(re.sub(r"\D", "", tidy(d.text)) for d in row)
            confidence = min(d.line.confidence for d in row)
            line = TextLine(f"{text[:-2]}.{text[-2:]}", confidence)
            return Piece(covering(d.box for d in row), line, exact=False)
    return None
