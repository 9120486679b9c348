"""What is known of one document: its fields, what is doubtful, whether it was altered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from models.lease.documents.messages import DocumentKind


class DocumentState(StrEnum):
    """How far the reading of a document is."""

    UNREAD = "unread"
    READ = "read"
    UNREADABLE = "unreadable"


class Side(StrEnum):
    """Which side of a resident card a picture shows; other papers have none."""

    NONE = ""
    FRONT = "front"
    """With the portrait, name and number."""
    BACK = "back"
    """With the emblem, issuing authority and validity."""
    BOTH = "both"


class FieldName(StrEnum):
    """What papers state. Values are plain text: dates as ``2026-11-22``, amounts as ``1234.50`` yuan."""

    NAME = "name"
    IDENTIFIER = "identifier"
    """USCC of an enterprise, number of a resident."""
    LEGAL_REPRESENTATIVE = "legal-representative"
    ADDRESS = "address"
    CAPITAL = "capital"
    """Registered capital as printed, such as ``伍佰万元整``."""
    ESTABLISHED = "established"
    SCOPE = "scope"
    SEX = "sex"
    BIRTH = "birth"
    AUTHORITY = "authority"
    VALID_FROM = "valid-from"
    VALID_UNTIL = "valid-until"
    """A date, or ``long-term``."""
    BUYER = "buyer"
    BUYER_IDENTIFIER = "buyer-identifier"
    SELLER = "seller"
    SELLER_IDENTIFIER = "seller-identifier"
    NET_AMOUNT = "net-amount"
    TAX = "tax"
    TOTAL = "total"
    INVOICE_NUMBER = "invoice-number"
    INVOICE_DATE = "invoice-date"
    VIN = "vin"
    ENGINE_NUMBER = "engine-number"
    ACCOUNT = "account"
    BANK = "bank"
    PERIOD_START = "period-start"
    PERIOD_END = "period-end"


@dataclass(frozen=True, slots=True)
class ReadField:
    """One field as read, or as a person stated it."""

    value: str
    confidence: float
    """Of its weakest character, from 0 to 1; 1 from a text layer or a person."""
    repaired: bool = False
    """Misread, and mended because a check character left one possibility only."""
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a person should look."""

    code: str
    """Stable, for rules and filters: ``differs-from-form``, ``expired``."""
    sentence: str
    field: str = ""


class Doctored(StrEnum):
    """Whether a document was altered; rules of screening go by it."""

    NONE = "none"
    """Nothing found, which does not prove that it is genuine."""
    SUSPECTED = "suspected"
    PROVEN = "proven"
    """The document contradicts itself: no bank or office can have issued it as it is."""

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {Doctored.NONE: 0, Doctored.SUSPECTED: 1, Doctored.PROVEN: 2}


@dataclass(frozen=True, slots=True)
class Trace:
    """One sign of alteration. ``weight`` NONE is information that decides nothing."""

    code: str
    weight: Doctored
    sentence: str


def verdict(traces: tuple[Trace, ...] | list[Trace]) -> Doctored:
    """What the traces come to: the gravest of them."""
    return max((trace.weight for trace in traces), key=lambda weight: weight.rank, default=Doctored.NONE)


@dataclass(frozen=True, slots=True)
class StatementSummary:
    """A bank statement in the terms that rules ask for. Amounts in yuan."""

    account: str
    owner: str
    start: date | None
    end: date | None
    entries: int
    months: int
    """Calendar months touched by the period."""
    monthly_inflow: Decimal
    monthly_outflow: Decimal
    average_balance: Decimal | None
    """Mean of the balances at the end of each day; None where the statement shows no balances."""
    lowest_balance: Decimal | None
    monthly_salary: Decimal
    """Income that comes monthly with the words of wages."""
    other_lenders: int
    """Entries with loan companies, consumer credit or leasing other than the house."""
    gambling: int
    bounced: int
    """Debits that were returned for want of funds."""


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """A document of an application as it stands, for screening and for people."""

    document_id: str
    application_id: str
    kind: DocumentKind
    of: str
    """Identifier of the party (or asset) that it is about; empty for the application."""
    version: int
    """Of the same kind, party and side, from 1; 0 until the kind is known."""
    state: DocumentState
    sha256: str
    filename: str
    added_by: str = ""
    current: bool = True
    """No later version stands beside it."""
    side: Side = Side.NONE
    classified_as: DocumentKind = DocumentKind.OTHER
    classification_confidence: float = 0.0
    certain: bool = False
    """Nothing doubtful, or a person settled it."""
    sentence: str = ""
    fields: dict[FieldName, ReadField] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    doctored: Doctored = Doctored.NONE
    traces: tuple[Trace, ...] = ()
    statement: StatementSummary | None = None
    settled_by: str = ""

    def value(self, name: FieldName) -> str:
        """A field's value, "" if it was not read."""
        read = self.fields.get(name)
        return read.value if read else ""
