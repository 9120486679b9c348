"""A bill's form read into its record, doubtful fields a second time."""

from __future__ import annotations

from activities.adapters.ocr.bill_form import Piece, read_bill
from activities.adapters.ocr.page import Page
from activities.adapters.ocr.word_lines import WordLines
from models.bill_monitoring.bill_rules import agreeing_amounts, build_bill, interpret_bill_field
from models.bill_monitoring.reading import Field, ReadRecord
from models.bill_monitoring.record_rules import (
    CROSS_READ,
    LOOK_TWICE_BELOW,
    FieldReading,
    cross_checked,
    is_trusted,
    settle,
)

_LOOK_TWICE_BELOW = {**LOOK_TWICE_BELOW, Field.BILL_NO: 0.95, Field.DUE_DATE: 0.95, Field.ISSUE_DATE: 0.95}


def read_bill_page(page: Page, words: WordLines) -> ReadRecord | None:
    """The bill on this page, or None if no field of one can be found."""
    found = read_bill(page, words)
    if len(found) < 3:  # noqa: PLR2004 - a heading and a date do not make a bill
        return None
    candidates = {name: _readings(page, name, piece) for name, piece in found.items()}
    readings = {
        name: settle(name, read[0], read[1:]) if read[1:] else read[0] for name, read in candidates.items()
    }
    readings = {name: _cross_checked(page, name, found[name], reading) for name, reading in readings.items()}
    pair = agreeing_amounts(candidates.get(Field.OVERDUE_BALANCE, []), candidates.get(Field.AMOUNT_CN, []))
    if pair is None:
        return build_bill(readings, consistent=None)
    figures, capitals, consistent = pair
    if consistent:
        readings |= {Field.OVERDUE_BALANCE: figures, Field.AMOUNT_CN: capitals}
    return build_bill(readings, consistent=consistent)


def _cross_checked(page: Page, name: Field, piece: Piece, reading: FieldReading) -> FieldReading:
    cross = page.cross_look(piece.box) if piece.exact and name in CROSS_READ else None
    if cross is None:
        return reading
    return cross_checked(reading, interpret_bill_field(name, cross[1]), engine=cross[0])


def _readings(page: Page, name: Field, piece: Piece) -> list[FieldReading]:
    first = interpret_bill_field(name, piece.line)
    if not piece.exact or is_trusted(name, first, threshold=_LOOK_TWICE_BELOW):
        return [first]
    others = [interpret_bill_field(name, line) for line in page.second_look(piece.box)]
    return [first, *(other for other in others if other.value is not None)]
