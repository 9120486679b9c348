"""How much of what documents say is read right, and how much is wrong without anybody being told."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from activities.adapters.ocr.reader import StagedReader
from cli.ocr import document_as_json
from models.bill_monitoring.reading import ReadScope
from tests.factories.documents import Made, make


@dataclass(slots=True)
class Tally:
    """Counts for one field of one group."""

    total: int = 0
    right: int = 0
    silent: int = 0
    """Wrong or made up, and no review sentence names the field."""
    missed: int = 0
    """Absent although printed, and no review sentence names the field."""
    reviewed: int = 0
    reviewed_right: int = 0
    """Right, but a person is asked to look all the same."""

    def __iadd__(self, other: Tally) -> Self:
        for name in ("total", "right", "silent", "missed", "reviewed", "reviewed_right"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


@dataclass(slots=True)
class Accuracy:
    """Tallies by group and field, and rows that were lost or invented."""

    fields: dict[str, dict[str, Tally]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Tally))
    )
    lost: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    invented: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def totals(self) -> dict[str, Tally]:
        """Tallies by field over all groups."""
        sums: dict[str, Tally] = defaultdict(Tally)
        for by_field in self.fields.values():
            for name, tally in by_field.items():
                sums[name] += tally
        return sums


def measure(
    reader: StagedReader,
    groups: Sequence[str],
    seeds: Sequence[int],
    *,
    fonts: Sequence[str] = (),
    rows: int = 12,
) -> Accuracy:
    """Read made documents of these groups and compare with what they say."""
    accuracy = Accuracy()
    for group in groups:
        for seed in seeds:
            made = make(group, seed, fonts=fonts, rows=rows)
            reading = reader.read(made.content, filename=made.filename, scope=ReadScope.EVERYTHING)
            compare(made, document_as_json(made.filename, reading, 0.0)["records"], accuracy)
    return accuracy


def compare(made: Made, records: Sequence[Mapping[str, Any]], accuracy: Accuracy) -> None:
    """Add one document's outcome to the tallies; rows are paired by what they have in common."""
    open_records = list(records)
    for truth in made.records:
        best = max(open_records, key=lambda record: _agreements(truth, record), default=None)
        if best is None or not _agreements(truth, best):
            accuracy.lost[made.group] += 1
            best = {}
        else:
            open_records.remove(best)
        for name, expected in truth.items():
            accuracy.fields[made.group][name] += _tally(name, expected, best)
    accuracy.invented[made.group] += len(open_records)


def _agreements(truth: Mapping[str, object], record: Mapping[str, Any]) -> int:
    return sum(_plain(record.get(name)) == _plain(expected) for name, expected in truth.items())


def _tally(name: str, expected: object, record: Mapping[str, Any]) -> Tally:
    value = record.get(name)
    right = _plain(value) == _plain(expected)
    reviewed = any(str(sentence).startswith(f"{name}:") for sentence in record.get("review", ()))
    return Tally(
        total=1,
        right=right,
        silent=not right and not reviewed and value is not None,
        missed=not right and not reviewed and value is None,
        reviewed=reviewed,
        reviewed_right=reviewed and right,
    )


def _plain(value: object) -> object:
    return unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
