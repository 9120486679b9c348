"""What a document says, as far as it could be read, and how far to trust each field."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from models.money import Money


class Field(StrEnum):
    """A field of an overdue list's row, or of a single bill."""

    NAME = "name"
    USCC = "uscc"
    OVERDUE_BALANCE = "overdue_balance"
    CUMULATIVE_OVERDUE = "cumulative_overdue"
    DATE = "date"
    BILL_NO = "bill_no"
    DRAWER = "drawer"
    PAYEE = "payee"
    ISSUE_DATE = "issue_date"
    DUE_DATE = "due_date"
    AMOUNT_CN = "amount_cn"


class DocumentKind(StrEnum):
    """What kind of document was read."""

    OVERDUE_LIST = "overdue_list"
    BILL = "bill"
    UNKNOWN = "unknown"


class ReadScope(StrEnum):
    """How much of each row is read: identity first, the rest only where it is needed."""

    IDENTITY = "identity"
    """Name and USCC."""

    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in pixels of the page as it was rendered and straightened for reading."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class RowLocator:
    """Where a row stands, so that the rest of it can be read later without finding the table again."""

    page: int
    """From 1."""
    row: int
    """From 1, within the page."""
    cells: dict[Field, Box] = field(default_factory=dict)
    angle: float = 0.0
    """Degrees by which the page was turned to stand upright."""
    units: dict[Field, int] = field(default_factory=dict)
    """Yuan per printed unit of each amount column whose heading names a unit."""
    table: Box | None = None
    """The whole table: titles and footers around it may name unit and as-of date for all rows."""
    unplaced: tuple[Field, ...] = ()
    """Fields that the list may well have, in a column whose heading could not be read."""
    guessed: tuple[Field, ...] = ()
    """Amounts whose column was told by its content, or whose unit was hardly legible."""


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One row of a list, or one bill, as it was read.

    A field that is absent, or was not asked for, is None. ``confidence`` has an entry from 0 to 1 for
    each field that was read; ``repaired`` names fields whose text was mended by a rule (each mend is
    unique, or it is not made); ``review`` holds sentences that say why a person must look.
    """

    name: str | None = None
    uscc: str | None = None
    overdue_balance: Money | None = None
    cumulative_overdue: Money | None = None
    date: dt.date | None = None
    """As-of date of a list's row, due date of a bill."""
    bill_no: str | None = None
    drawer: str | None = None
    payee: str | None = None
    issue_date: dt.date | None = None
    amount_cn: str | None = None
    amount_consistent: bool | None = None
    """Whether a bill's amount in figures equals its amount in Chinese capitals."""
    confidence: dict[Field, float] = field(default_factory=dict)
    repaired: tuple[Field, ...] = ()
    uscc_valid: bool | None = None
    review: tuple[str, ...] = ()
    locator: RowLocator | None = None


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """Everything read from one document."""

    kind: DocumentKind
    pages: int
    records: tuple[ReadRecord, ...]
    engine: str
    """Which engine read it (``text`` for a PDF's own text layer), with its version."""
    notes: tuple[str, ...] = ()
    """What could not be read of the document as a whole: a page without a table, a truncated image."""
