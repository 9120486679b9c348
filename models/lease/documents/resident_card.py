"""The resident identity card, its front, its back, or both on one copy."""

from __future__ import annotations

import re
from typing import Final

from models.identifiers import is_resident_female, is_valid_resident_id, resident_birth_date
from models.lease.documents import values
from models.lease.documents.paper import Paper, PlacedLine, Sheet, cut, joined
from models.lease.documents.reading import FieldName, ReadField

LONG_TERM: Final = "long-term"
_VALIDITY: Final = re.compile(
    r"(\d{4}[.\-年]?\d{2}[.\-月]?\d{2})日?[-—~至一]+(\d{4}[.\-年]?\d{2}[.\-月]?\d{2}|长期)"
)
_NUMBER: Final = re.compile(r"\d{15,18}[\dXx]?")
_CAPTIONS: Final = re.compile(r"^(姓名|性别|民族|出生|住址|公民身份|签发机关|有效期限)|^\d{15,}")


def read_resident_card(paper: Paper) -> dict[FieldName, ReadField]:
    """What either side states; sex and birth come from the number where it checks."""
    sheet = Sheet(paper.lines)
    number = values.resident_number(_number(sheet))
    found = {
        FieldName.NAME: values.name(sheet.after("^姓名?")),
        FieldName.IDENTIFIER: number,
        FieldName.ADDRESS: values.plain(_address(sheet)),
        FieldName.AUTHORITY: values.plain(sheet.after("签发机关")),
        **_born(sheet, number),
        **_validity(sheet),
    }
    return {name: read for name, read in found.items() if read is not None}


def _number(sheet: Sheet) -> PlacedLine | None:
    beside = sheet.after("身份号码")
    if beside and _NUMBER.search(re.sub(r"\s", "", beside.text)):
        return beside
    return next((line for line in sheet.lines if _NUMBER.search(re.sub(r"\s", "", line.text))), None)


def _born(sheet: Sheet, number: ReadField | None) -> dict[FieldName, ReadField | None]:
    """Printed sex and date of birth; a number that checks says the same more surely."""
    if number and is_valid_resident_id(number.value):
        sex = "female" if is_resident_female(number.value) else "male"
        born = resident_birth_date(number.value).isoformat()
        return {
            FieldName.SEX: ReadField(sex, number.confidence),
            FieldName.BIRTH: ReadField(born, number.confidence),
        }
    printed = sheet.after("性别")
    sexes = {"男": "male", "女": "female"}
    sex_read = sexes.get(printed.text[:1]) if printed else None
    return {
        FieldName.SEX: ReadField(sex_read, printed.line.confidence) if printed and sex_read else None,
        FieldName.BIRTH: values.day(sheet.after("^出生")),
    }


def _address(sheet: Sheet) -> PlacedLine | None:
    first = sheet.after("^住址?")
    if first is None:
        return None
    parts, line = [first], first
    while (following := sheet.below(line, lines=2.2)) and not _CAPTIONS.match(following.text):
        parts.append(following)
        line = following
    return joined(parts)


def _validity(sheet: Sheet) -> dict[FieldName, ReadField | None]:
    for line in sheet.lines:
        if found := _VALIDITY.search(re.sub(r"\s", "", line.text)):
            until = (
                ReadField(LONG_TERM, line.line.confidence)
                if found[2] == "长期"
                else values.day(cut(line, found[2]))
            )
            return {FieldName.VALID_FROM: values.day(cut(line, found[1])), FieldName.VALID_UNTIL: until}
    return {}
