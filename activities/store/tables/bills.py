"""Tables of bill monitoring: scans, lists, records, decisions, findings, warnings."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, instant, texts


class ScanRow(SQLModel, table=True):
    """One scan, from its order to its outcome."""

    __tablename__ = "bill_scan"

    scan_id: str = Field(primary_key=True)
    run_id: str
    source: str
    upload_id: str | None = None
    wanted_list_date: dt.date | None = None
    list_date: dt.date | None = Field(default=None, index=True)
    state: str
    ordered_by: str
    parameters_version: int
    started_at: dt.datetime = instant()
    ended_at: dt.datetime | None = instant(nullable=True)
    outcome: dict[str, Any] | None = document(nullable=True)


class ScanNoteRow(SQLModel, table=True):
    """Something that a scan met and people should know: a changed layout, with its screenshot."""

    __tablename__ = "bill_scan_note"

    note_id: int | None = Field(default=None, primary_key=True)
    scan_id: str = Field(foreign_key="bill_scan.scan_id", index=True)
    sentence: str
    screenshot_sha256: str | None = Field(default=None, foreign_key="document.sha256")
    noted_at: dt.datetime = instant()


class ListRow(SQLModel, table=True):
    """A published (or uploaded) overdue list."""

    __tablename__ = "overdue_list"

    list_id: str = Field(primary_key=True)
    source: str
    title: str
    list_date: dt.date = Field(index=True)
    published_at: dt.datetime = instant()
    corrects: str | None = None
    table_pages: int
    sequence: int | None = Field(
        default=None, sa_type=BigInteger, sa_column_args=(Identity(),), unique=True, nullable=False
    )
    """Order in which the house came to know of the lists."""
    scanned_by: str | None = Field(default=None, foreign_key="bill_scan.scan_id")
    """The scan that processed it to the end; null while none has."""


class ListPartRow(SQLModel, table=True):
    """A page or file of a list that is kept: evidence, and how far the robot has come."""

    __tablename__ = "overdue_list_part"

    list_id: str = Field(primary_key=True, foreign_key="overdue_list.list_id")
    part: str = Field(primary_key=True)
    kind: str
    """``page`` (rows read from the site's own data), ``picture`` or ``file`` (read by the desk)."""
    filename: str
    sha256: str = Field(foreign_key="document.sha256")
    page_no: int | None = None
    rows: int | None = None
    """Rows read; null while unread."""
    problem: str | None = None
    fetched_at: dt.datetime = instant()


class ReadingRow(SQLModel, table=True):
    """What an engine read in a document: the same document is never read twice."""

    __tablename__ = "document_reading"

    sha256: str = Field(primary_key=True, foreign_key="document.sha256")
    reader: str = Field(primary_key=True)
    """Engine and scope, with the version of the reading rules."""
    reading: dict[str, Any] = document()
    read_at: dt.datetime = instant()


class RecordRow(SQLModel, table=True):
    """One acceptor on one list."""

    __tablename__ = "overdue_record"
    __table_args__ = (Index("ix_overdue_record_acceptor", "acceptor_key", "list_date"),)

    record_id: str = Field(primary_key=True)
    list_id: str = Field(foreign_key="overdue_list.list_id", index=True)
    list_date: dt.date
    part: str
    row_no: int
    name: str
    uscc: str | None = Field(default=None, index=True)
    acceptor_key: str
    """The valid USCC, or else the normalised name: who the same acceptor is on every list."""
    overdue_balance_minor: int | None = Field(default=None, sa_type=BigInteger)
    cumulative_overdue_minor: int | None = Field(default=None, sa_type=BigInteger)
    as_of: dt.date | None = None
    origin: str
    """How it was read: ``site``, ``text`` or the engine's name."""
    confidence: dict[str, Any] | None = document(nullable=True)
    repaired: list[str] = texts()
    doubts: list[str] = texts()
    locator: dict[str, Any] | None = document(nullable=True)


class MatchRow(SQLModel, table=True):
    """Which customer a record concerns, and why."""

    __tablename__ = "record_match"

    record_id: str = Field(primary_key=True, foreign_key="overdue_record.record_id")
    decision: str
    customer_id: str | None = Field(default=None, foreign_key="customer.customer_id", index=True)
    relation: str
    score: float
    reason: str
    candidates: list[dict[str, Any]] = document()
    decided_by: str
    decided_at: dt.datetime = instant()


class SettledIdentityRow(SQLModel, table=True):
    """What a person decided about an acceptor: next month's list does not ask again."""

    __tablename__ = "settled_identity"

    settled_id: int | None = Field(default=None, primary_key=True)
    acceptor_key: str = Field(index=True)
    customer_id: str | None = Field(default=None, foreign_key="customer.customer_id")
    item_id: str
    decided_by: str
    decided_at: dt.datetime = instant()


class ReviewItemRow(SQLModel, table=True):
    """A doubt that a person settles."""

    __tablename__ = "review_item"
    __table_args__ = (UniqueConstraint("scan_id", "record_id"),)

    item_id: str = Field(primary_key=True)
    scan_id: str = Field(foreign_key="bill_scan.scan_id", index=True)
    record_id: str = Field(foreign_key="overdue_record.record_id")
    kind: str
    question: str
    proposed_customer_id: str | None = None
    opened_at: dt.datetime = instant()
    decision: str | None = None
    settled_by: str | None = None
    settled_at: dt.datetime | None = instant(nullable=True)
    resolution: dict[str, Any] | None = document(nullable=True)


class FindingRow(SQLModel, table=True):
    """A stock customer on an overdue list, compared with the list before."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("scan_id", "customer_id", "acceptor_key"),)

    finding_id: str = Field(primary_key=True)
    scan_id: str = Field(foreign_key="bill_scan.scan_id", index=True)
    list_date: dt.date = Field(index=True)
    customer_id: str = Field(foreign_key="customer.customer_id", index=True)
    acceptor_key: str
    acceptor_name: str
    record_id: str | None = Field(default=None, foreign_key="overdue_record.record_id")
    """The record on this list; null when the acceptor has left it."""
    relation: str
    change: str
    grade: str
    overdue_balance_minor: int | None = Field(default=None, sa_type=BigInteger)
    cumulative_overdue_minor: int | None = Field(default=None, sa_type=BigInteger)
    previous_balance_minor: int | None = Field(default=None, sa_type=BigInteger)
    exposure_minor: int | None = Field(default=None, sa_type=BigInteger)
    officer: str
    reason: str
    found_at: dt.datetime = instant()
    acknowledged_by: str | None = None
    acknowledged_at: dt.datetime | None = instant(nullable=True)
    acknowledgement_note: str | None = None


class DeliveryRow(SQLModel, table=True):
    """One message to one person over one channel: entered before it leaves, so that it leaves once."""

    __tablename__ = "warning_delivery"

    delivery_key: str = Field(primary_key=True)
    """Warning workflow, recipient and channel."""
    request_hash: str
    scan_id: str = Field(foreign_key="bill_scan.scan_id", index=True)
    recipient: str
    channel: str
    finding_ids: list[str] = texts()
    entered_at: dt.datetime = instant()
    sent_at: dt.datetime | None = instant(nullable=True)


class ReportRow(SQLModel, table=True):
    """An archived report, its forms by content hash."""

    __tablename__ = "bill_report"

    report_id: str = Field(primary_key=True)
    scan_id: str = Field(foreign_key="bill_scan.scan_id", unique=True)
    list_date: dt.date = Field(index=True)
    html_sha256: str = Field(foreign_key="document.sha256")
    pdf_sha256: str | None = Field(default=None, foreign_key="document.sha256")
    xlsx_sha256: str = Field(foreign_key="document.sha256")
    written_at: dt.datetime = instant()


class UploadRow(SQLModel, table=True):
    """Files that a person brought in place of the exchange's site."""

    __tablename__ = "bill_upload"

    upload_id: str = Field(primary_key=True)
    list_date: dt.date
    files: list[dict[str, Any]] = document()
    uploaded_by: str
    uploaded_at: dt.datetime = instant()
