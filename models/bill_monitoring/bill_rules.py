"""A single bill's fields checked: number, dates, and the amount in figures against that in capitals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from models.bill_monitoring.chinese_amounts import parse_chinese_amount
from models.bill_monitoring.printed_text import TextLine, has_gap, tidy
from models.bill_monitoring.reading import Field, ReadRecord
from models.bill_monitoring.record_rules import FieldReading, interpret
from models.errors import InvalidInputError
from models.money import Money

BILL_FIELDS: Final = (
    Field.NAME,
    Field.USCC,
    Field.OVERDUE_BALANCE,
    Field.BILL_NO,
    Field.DRAWER,
    Field.PAYEE,
    Field.ISSUE_DATE,
    Field.DUE_DATE,
    Field.AMOUNT_CN,
)
_DEMANDED: Final = frozenset(BILL_FIELDS) - {Field.USCC}
"""Fields that every bill shows: the form has no room for the acceptor's code."""
_NUMBER_LENGTHS: Final = (30, 16)
"""Digits of an electronic bill's number, and of a paper bill's."""
_DIGIT_LOOK_ALIKES: Final = str.maketrans("OoQDIl|ZzSsBGq", "00001112255869")
_CAPITAL_LOOK_ALIKES: Final = str.maketrans({"伯": "佰", "什": "仟", "抬": "拾", "园": "圆"})
"""Characters that no amount contains, with those that they are misread for."""
_LOW: Final = 0.8
_LOW_NAME: Final = 0.9
_BEFORE_CAPITALS: Final = re.compile(r"^.*?(?=[壹贰叁肆伍陆柒捌玖貳參叄陸零一二三四五六七八九十拾])")


def interpret_bill_field(field: Field, line: TextLine) -> FieldReading:
    """What a bill's field says, by the field's own rules."""
    if field is Field.BILL_NO:
        return _number(line)
    if field is Field.AMOUNT_CN:
        return _capitals(line)
    if field in (Field.ISSUE_DATE, Field.DUE_DATE):
        return interpret(Field.DATE, line)
    return interpret(field, line)


def _number(line: TextLine) -> FieldReading:
    printed = re.sub(r"[^0-9A-Za-z|]", "", tidy(line.text))
    digits = re.sub(r"\D", "", printed.translate(_DIGIT_LOOK_ALIKES))
    doubts = () if len(digits) in _NUMBER_LENGTHS else (f"{digits} has {len(digits)} digits, not 30",)
    if has_gap(line) and len(digits) not in _NUMBER_LENGTHS:
        doubts = (*doubts, "the spacing suggests a digit that was not read")
    return FieldReading(digits or None, line.confidence, printed != digits, doubts)


def _capitals(line: TextLine) -> FieldReading:
    printed = _BEFORE_CAPITALS.sub("", re.sub(r"\s", "", tidy(line.text)), count=1)
    text = printed.translate(_CAPITAL_LOOK_ALIKES)
    try:
        parse_chinese_amount(text)
    except InvalidInputError:
        return FieldReading(text, line.confidence, doubts=(f"{text!r} is no amount in Chinese capitals",))
    return FieldReading(text, line.confidence, text != printed)


def agreeing_amounts(
    figures: Sequence[FieldReading], capitals: Sequence[FieldReading]
) -> tuple[FieldReading, FieldReading, bool | None] | None:
    """The first pair of readings in which figures and capitals name one amount, else the first of each.

    Returns None if either is missing altogether; the flag tells whether they agree, and is None if no
    reading of one of them makes sense.
    """
    if not figures or not capitals:
        return None
    for figure in figures:
        for capital in capitals:
            amount = _amount_of(capital)
            if amount is not None and amount == figure.value:
                # each proves the other, so doubts about single characters no longer count
                return (
                    replace(figure, doubts=(), confidence=max(figure.confidence, capital.confidence)),
                    capital,
                    True,
                )
    comparable = any(f.value for f in figures) and any(_amount_of(c) for c in capitals)
    return figures[0], capitals[0], False if comparable else None


def _amount_of(capital: FieldReading) -> Money | None:
    if not isinstance(capital.value, str) or capital.doubts:
        return None
    return parse_chinese_amount(capital.value)


def build_bill(readings: Mapping[Field, FieldReading], *, consistent: bool | None) -> ReadRecord:
    """A bill's record: the acceptor stands as name and code, the due date as date, the figures as balance."""
    review = [
        sentence for field in BILL_FIELDS for sentence in _sentences(field, readings.get(field), consistent)
    ]
    if consistent is False:
        shown = {f: readings[f].value for f in (Field.OVERDUE_BALANCE, Field.AMOUNT_CN)}
        figures, capitals = shown.values()
        review += [f"{f.value}: {figures} in figures is not {capitals} in capitals" for f in shown]
    values = {_attribute(f): r.value for f, r in readings.items() if r.value is not None}
    code = readings.get(Field.USCC)
    return ReadRecord(
        **values,  # type: ignore[arg-type]
        amount_consistent=consistent,
        confidence={_shown_as(f): round(r.confidence, 4) for f, r in readings.items() if r.value is not None},
        repaired=tuple(_shown_as(f) for f, r in readings.items() if r.repaired and r.value is not None),
        uscc_valid=None if code is None or code.value is None else not code.doubts,
        review=tuple(review),
    )


def _shown_as(field: Field) -> Field:
    return Field.DATE if field is Field.DUE_DATE else field


def _attribute(field: Field) -> str:
    return _shown_as(field).value


def _sentences(field: Field, reading: FieldReading | None, consistent: bool | None) -> list[str]:  # noqa: FBT001
    shown = _attribute(field)
    if reading is None or reading.value is None:
        return [f"{shown}: nothing could be read"] if field in _DEMANDED else []
    sentences = [f"{shown}: {doubt}" for doubt in reading.doubts]
    least = _LOW_NAME if field in (Field.NAME, Field.DRAWER, Field.PAYEE) else _LOW
    proved = consistent and field in (Field.OVERDUE_BALANCE, Field.AMOUNT_CN)
    if not sentences and not proved and reading.confidence < least and field is not Field.USCC:
        sentences.append(f"{shown}: read with confidence {reading.confidence:.2f} only")
    return sentences
