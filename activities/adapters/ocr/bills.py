"""A bill's form read into its record, doubtful fields a second time."""

from __future__ import annotations

from activities.adapters.ocr.bill_form import read_bill
from activities.adapters.ocr.page import Page
from activities.adapters.ocr.word_lines import WordLines
from models.bill_monitoring.bill_rules import agreeing_amounts, build_bill, interpret_bill_field
from models.bill_monitoring.printed_text import TextLine
from models.bill_monitoring.reading import Box, Field, ReadRecord
from models.bill_monitoring.record_rules import LOOK_TWICE_BELOW, FieldReading, is_trusted, settle

_LOOK_TWICE_BELOW = {**LOOK_TWICE_BELOW, Field.BILL_NO: 0.95, Field.DUE_DATE: 0.95, Field.ISSUE_DATE: 0.95}


def read_bill_page(page: Page, words: WordLines) -> ReadRecord | None:
    """The bill on this page, or None if no field of one can be found."""
    found = read_bill(page, words)
    if len(found) < 3:  # noqa: PLR2004 - a heading and a date do not make a bill
        return None
    candidates = {name: _readings(page, name, box, line) for name, (box, line) in found.items()}
    readings = {
        name: settle(name, read[0], read[1:]) if read[1:] else read[0] for name, read in candidates.items()
    }
    pair = agreeing_amounts(candidates.get(Field.OVERDUE_BALANCE, []), candidates.get(Field.AMOUNT_CN, []))
    if pair is None:
        return build_bill(readings, consistent=None)
    figures, capitals, consistent = pair
    if consistent:
        readings |= {Field.OVERDUE_BALANCE: figures, Field.AMOUNT_CN: capitals}
    return build_bill(readings, consistent=consistent)


def _readings(page: Page, name: Field, box: Box, line: TextLine) -> list[FieldReading]:
    first = interpret_bill_field(name, line)
    if is_trusted(name, first, threshold=_LOOK_TWICE_BELOW):
        return [first]
    # The rectangle may hold the label too, so a second text counts only if it ends as the first does.
    others = [interpret_bill_field(name, other) for other in page.second_look(box)]
    return [first, *(o for o in others if o.value is not None and _similar(first, o))]


def _similar(first: FieldReading, other: FieldReading) -> bool:
    if not isinstance(first.value, str) or not isinstance(other.value, str):
        return True
    return abs(len(first.value) - len(other.value)) <= 2  # noqa: PLR2004 - else the label was read with it
