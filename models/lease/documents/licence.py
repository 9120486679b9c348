"""The business licence (营业执照): captions to the left of their values, two columns."""

from __future__ import annotations

import re
from typing import Final

from models.lease.documents import values
from models.lease.documents.paper import Paper, PlacedLine, Sheet, joined
from models.lease.documents.reading import FieldName, ReadField

_CODE: Final = re.compile(r"[0-9A-Z]{17,19}")
_CAPTIONS: Final = re.compile(
    r"^(名称|类型|法定代表人|负责人|经营者|经营范围|注册资本|成立日期|营业期限|住所|经营场所|登记机关|统一社会信用代码)"
)


def read_licence(paper: Paper) -> dict[FieldName, ReadField]:
    """Name, code, legal representative, address, capital, date of establishment and scope."""
    sheet = Sheet(paper.lines)
    found = {
        FieldName.NAME: values.name(sheet.after("^名称")),
        FieldName.IDENTIFIER: values.uscc(_code(sheet)),
        FieldName.LEGAL_REPRESENTATIVE: values.name(sheet.after("^(?:法定代表人|负责人|经营者)")),
        FieldName.ADDRESS: values.plain(_block(sheet, "^(?:住所|经营场所|主要经营场所)")),
        FieldName.CAPITAL: values.plain(sheet.after("^注册资本")),
        FieldName.ESTABLISHED: values.day(sheet.after("^成立日期")),
        FieldName.SCOPE: values.plain(_block(sheet, "^经营范围")),
    }
    return {name: read for name, read in found.items() if read is not None}


def _code(sheet: Sheet) -> PlacedLine | None:
    """The code beside or under its caption, else the first text on the paper that looks like one."""
    for line, _ in sheet.find("统一社会信用代码"):
        rest = sheet.after("统一社会信用代码") or sheet.below(line, lines=2.5)
        below = sheet.below(line, lines=2.5)
        for candidate in (rest, below):
            if candidate and _CODE.search(re.sub(r"\s", "", candidate.text)):
                return candidate
    return next((line for line in sheet.lines if _CODE.fullmatch(re.sub(r"\s", "", line.text))), None)


def _block(sheet: Sheet, caption: str) -> PlacedLine | None:
    """A value that may go on over several lines."""
    first = sheet.after(caption)
    if first is None:
        return None
    parts, line = [first], first
    while (following := sheet.below(line)) and not _CAPTIONS.match(following.text):
        parts.append(following)
        line = following
    return joined(parts)
