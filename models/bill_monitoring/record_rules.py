"""From the texts of a row's cells to a record: what each says, how sure it is, who must look."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from models.bill_monitoring.field_rules import read_amount, read_date
from models.bill_monitoring.line_widths import deviating, printed_width
from models.bill_monitoring.printed_text import TextLine, has_gap, is_odd_name, mend_name, tidy_name
from models.bill_monitoring.reading import Field, ReadRecord, RowLocator
from models.bill_monitoring.uscc_repair import is_proved_uscc, read_uscc
from models.identifiers import is_valid_uscc
from models.money import Money

AMOUNTS: Final = (Field.OVERDUE_BALANCE, Field.CUMULATIVE_OVERDUE)
IDENTITY: Final = (Field.NAME, Field.USCC)

CROSS_READ: Final = (Field.USCC, *AMOUNTS, Field.BILL_NO)
"""Alphanumeric fields, which a second engine without Chinese weights can read too."""

REVIEW_BELOW: Final = {
    Field.NAME: 0.90,
    Field.USCC: 0.90,
    Field.OVERDUE_BALANCE: 0.93,
    Field.CUMULATIVE_OVERDUE: 0.93,
    Field.DATE: 0.80,
}
"""Confidence of the weakest character under which a person must look; measured, see docs/guides/ocr.md."""
LOOK_TWICE_BELOW: Final = {
    Field.NAME: 0.93,
    Field.USCC: 0.90,
    Field.OVERDUE_BALANCE: 0.985,
    Field.CUMULATIVE_OVERDUE: 0.985,
    Field.DATE: 0.95,
}
"""Confidence under which a second reading is worth its time."""
_LEGIBLE_CODE: Final = 0.5
"""Confidence of a code's weakest character from which its check characters can prove it."""


@dataclass(frozen=True, slots=True)
class FieldReading:
    """What one cell says."""

    value: str | Money | date | None
    confidence: float
    repaired: bool = False
    doubts: tuple[str, ...] = ()
    decimals: int | None = None
    grouped: bool = False
    printed: bool = True
    """Whether anything stands in the cell."""
    text: str = ""
    """What was read, before the field's rules."""
    width: float | None = None
    """Pixels that its ink is wide, if it was measured."""


def interpret(field: Field, line: TextLine, *, unit: int = 1) -> FieldReading:
    """What a cell of this field says, by the field's own rules.

    Args:
        field: which field the cell holds.
        line: the cell's text as read.
        unit: yuan per printed unit, for amounts.
    """
    printed = bool(line.text.strip())
    if not printed:
        return FieldReading(None, 0.0, doubts=(), printed=False)
    if field is Field.USCC:
        return _interpret_code(line)
    if field in AMOUNTS:
        amount = read_amount(line.text, unit=unit)
        doubts = amount.doubts
        if line.count > 1:
            doubts = (*doubts, f"{line.text!r} stands in {line.count} lines")
        if has_gap(line):
            doubts = (*doubts, "the spacing suggests a digit that was not read")
        return FieldReading(
            amount.value,
            line.confidence,
            amount.repaired,
            doubts,
            amount.decimals,
            amount.grouped,
            text=line.text,
            width=line.width,
        )
    if field is Field.DATE:
        day = read_date(line.text)
        return FieldReading(day, line.confidence, doubts=() if day else (f"{line.text!r} is no date",))
    name, mended = mend_name(tidy_name(line.text))
    doubts = ("it seems cut off, or run together with something else",) if is_odd_name(name) else ()
    return FieldReading(name, line.confidence, mended, doubts)


def _interpret_code(line: TextLine) -> FieldReading:
    code = read_uscc(line)
    doubts: tuple[str, ...] = ()
    if code.valid is False:
        doubts = (f"{code.code} fails its check character",)
    return FieldReading(code.code, line.confidence, code.repaired, doubts, printed=code.code is not None)


def is_trusted(field: Field, reading: FieldReading, *, threshold: Mapping[Field, float]) -> bool:
    """Whether a reading needs no other: sure enough, and without doubts.

    A code that holds both its check characters is its own proof.
    """
    if reading.doubts:
        return False
    if field is Field.USCC and _is_proved(reading):
        return True
    return not reading.printed or reading.confidence >= threshold.get(field, 0.8)


def _is_proved(reading: FieldReading) -> bool:
    """Whether both check characters prove a code; what was all but guessed may hold them by chance."""
    legible = reading.confidence >= _LEGIBLE_CODE
    return legible and isinstance(reading.value, str) and is_proved_uscc(reading.value)


def settle(
    field: Field, first: FieldReading, others: Sequence[FieldReading], *, stained: bool = False
) -> FieldReading:
    """One reading out of several of the same cell.

    A code that holds its checks wins over one that does not. Amounts and dates that differ are never
    chosen between in silence, nor is anything but a code under a stamp. Elsewhere the surer reading
    wins; agreement lends the surest confidence.
    """
    others = [other for other in others if other.printed]
    if not others:
        return first
    best = max([first, *others], key=lambda r: (_soundness(field, r), r.confidence))
    agreeing = [r for r in (first, *others) if r.value == best.value]
    chosen = replace(best, confidence=max(r.confidence for r in agreeing), width=first.width)
    if best.value is None:
        return chosen  # each reading says in its own words what is wrong with it
    if len(agreeing) == len(others) + 1:
        common = set.intersection(*(set(r.doubts) for r in agreeing))
        return replace(chosen, doubts=tuple(d for d in best.doubts if d in common))
    if field in AMOUNTS or field is Field.DATE or (stained and field is not Field.USCC):
        texts = " / ".join(dict.fromkeys(str(r.value) for r in (first, *others)))
        return replace(chosen, doubts=(*chosen.doubts, f"readings disagree: {texts}"))
    return chosen


def _soundness(field: Field, reading: FieldReading) -> int:
    if reading.value is None:
        return 0
    if field is Field.USCC and isinstance(reading.value, str):
        if reading.doubts:
            return 1
        return 2 + (not reading.repaired) + is_proved_uscc(reading.value)
    return 1 if reading.doubts else 2


def cross_checked(first: FieldReading, second: FieldReading, *, engine: str) -> FieldReading:
    """The first engine's reading, with a doubt if a second engine reads something else.

    A code that holds both its check characters is its own proof.
    """
    if first.value == second.value or _is_proved(first):
        return first
    return replace(first, doubts=(*first.doubts, f"{engine} reads {second.value or 'nothing'} instead"))


def compare_column(readings: Sequence[FieldReading]) -> list[FieldReading]:
    """Amounts of one column, with a doubt on each that is printed unlike the others.

    Where the column shows two decimals (or thousands separators), one without them was misread, or
    printed with an error; either way a person must look.
    """
    amounts = [r for r in readings if r.value is not None]
    decimals = [r.decimals for r in amounts]
    usual = max(set(decimals), key=decimals.count, default=None)
    uniform = usual is not None and decimals.count(usual) >= max(3, 0.8 * len(amounts))
    large = [r for r in amounts if isinstance(r.value, Money) and _printed_digits(r) > 3]  # noqa: PLR2004
    grouped = len(large) > 2 and sum(r.grouped for r in large) >= 0.8 * len(large)  # noqa: PLR2004
    return [_compared(r, usual if uniform else None, grouped=grouped) for r in readings]


def compare_widths(readings: Sequence[FieldReading]) -> list[FieldReading]:
    """Amounts of one table, with a doubt on each that is printed wider or narrower than it reads."""
    flags = deviating([printed_width(reading.text, reading.width) for reading in readings])
    doubt = "the printed width suggests another number of digits"
    return [
        replace(reading, doubts=(*reading.doubts, doubt)) if flag else reading
        for reading, flag in zip(readings, flags, strict=True)
    ]


def _printed_digits(reading: FieldReading) -> int:
    assert isinstance(reading.value, Money)  # noqa: S101 - callers pass amounts
    return len(str(abs(reading.value.minor))) - 2


def _compared(reading: FieldReading, usual: int | None, *, grouped: bool) -> FieldReading:
    if not isinstance(reading.value, Money):
        return reading
    doubts = reading.doubts
    if usual is not None and reading.decimals != usual:
        doubts = (*doubts, f"{reading.decimals} decimals where the column shows {usual}")
    if grouped and not reading.grouped and _printed_digits(reading) > 3:  # noqa: PLR2004
        doubts = (*doubts, "no thousands separators where the column shows them")
    return replace(reading, doubts=doubts)


_GUESSED: Final = "the heading of its column, or the unit in it, could not be read for sure"


def build_record(
    readings: Mapping[Field, FieldReading],
    *,
    locator: RowLocator | None,
    expected: Sequence[Field],
    guessed: Collection[Field] = (),
) -> ReadRecord:
    """A list's record from its fields' readings.

    Args:
        readings: what was read; a field that the list does not have is missing.
        locator: where the row stands.
        expected: fields that the list has, or may well have, so that one without value is worth a look.
        guessed: fields whose column or unit is not sure, which a person has to confirm.
    """
    review = [sentence for field in expected for sentence in _sentences(field, readings.get(field))]
    review += [f"{field.value}: {_GUESSED}" for field in guessed if field in readings]
    balance, cumulative = (readings[f].value if f in readings else None for f in AMOUNTS)
    if isinstance(balance, Money) and isinstance(cumulative, Money) and cumulative < balance:
        review += [
            f"{field.value}: the overdue balance {balance} exceeds the cumulative amount {cumulative}"
            for field in AMOUNTS
        ]
    values = {field.value: r.value for field, r in readings.items() if r.value is not None}
    code = readings.get(Field.USCC)
    return ReadRecord(
        **values,  # type: ignore[arg-type]
        confidence={f: round(r.confidence, 4) for f, r in readings.items() if r.value is not None},
        repaired=tuple(f for f, r in readings.items() if r.repaired and r.value is not None),
        uscc_valid=is_valid_uscc(code.value) if code and isinstance(code.value, str) else None,
        review=tuple(review),
        locator=locator,
    )


def _sentences(field: Field, reading: FieldReading | None) -> list[str]:
    if reading is None or not reading.printed:
        return [f"{field.value}: nothing could be read"]
    sentences = [f"{field.value}: {doubt}" for doubt in reading.doubts]
    if not sentences and not is_trusted(field, reading, threshold=REVIEW_BELOW):
        sentences.append(f"{field.value}: read with confidence {reading.confidence:.2f} only")
    return sentences
