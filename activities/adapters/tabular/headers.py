"""Which column of an uploaded table is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from activities.adapters.tabular.sheets import Sheet
from models.bill_monitoring.customers import RowError
from models.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that a table may have, by name, with other headings that mean the same."""

    what: str
    """What the table holds, for messages."""
    synonyms: Mapping[str, Sequence[str]]
    """Every known column with its other headings."""
    required: Sequence[str]


class WrongColumnsError(InvalidInputError):
    """A table lacks columns, has some twice, or has unknown ones where known ones are missing."""


def named_columns(
    sheet: Sheet, layout: Layout, *, filename: str
) -> tuple[dict[str, list[str]], list[RowError]]:
    """The known columns of a sheet by name, and a warning for each column that is ignored.

    Raises:
        WrongColumnsError: a required column is missing, a column stands twice, or a column is unknown
            while a known one is missing (it is probably that one under another name).
    """
    known = {_plain(heading): name for name, others in layout.synonyms.items() for heading in (name, *others)}
    names = [known.get(_plain(heading)) for heading in sheet.header]
    unknown = [
        h or f"(column {i})" for i, (h, n) in enumerate(zip(sheet.header, names, strict=True), 1) if n is None
    ]
    missing = [name for name in layout.synonyms if name not in names]
    twice = sorted({n for n in names if n is not None and names.count(n) > 1})
    lacking = [name for name in missing if name in layout.required]
    optional = missing and unknown
    if lacking or twice or optional:
        raise WrongColumnsError(
            f"{filename}: wrong columns for {layout.what}: "
            + "; ".join(
                f"{what} {', '.join(which)}"
                for what, which in (("missing", lacking or missing), ("unknown", unknown), ("twice", twice))
                if which
            ),
            remedy=f"Expected {', '.join(layout.synonyms)}; required are {', '.join(layout.required)}",
        )
    columns = {name: column for name, column in zip(names, sheet.columns, strict=True) if name is not None}
    return columns, [RowError(1, heading, "", "unknown column, ignored") for heading in unknown]


def _plain(heading: str) -> str:
    return "".join(heading.split()).casefold().replace("（", "(").replace("）", ")")
