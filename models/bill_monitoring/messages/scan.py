"""A scan: its order, its steps, its progress and its outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from models.parameters.bill_monitoring import BillMonitoringParameters
from models.people import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class ScanOrder:
    """Start of a scan."""

    list_date: date | None = None
    """Which list to scan; None for the newest one published."""
    source: str = "exchange"
    """``exchange`` for the disclosure site, ``upload`` for files a person brought."""
    upload_id: str | None = None
    force: bool = False
    """Scan a list again although it was scanned already."""
    partial: bool = False
    """The uploaded files are not the whole list."""
    ordered_by: Actor = SYSTEM


@dataclass(frozen=True, slots=True)
class ScanOpened:
    """The scan's row exists; parameters are those in force at this instant."""

    scan_id: str
    parameters: BillMonitoringParameters
    parameters_version: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to the exchange's site by the robot."""

    scan_id: str
    parameters: BillMonitoringParameters
    challenge_answer: str | None = None


@dataclass(frozen=True, slots=True)
class FindLists:
    """Look which lists are published and not yet scanned."""

    visit: Visit
    list_date: date | None
    force: bool
    as_of: datetime | None = None
    """The time that a schedule makes up for: lists published later do not count."""


@dataclass(frozen=True, slots=True)
class ListRef:
    """A published list of the date that is scanned."""

    list_id: str
    title: str
    list_date: date
    table_pages: int
    files: tuple[FileRef, ...]
    corrects: str | None = None
    scanned: bool = False
    """Processed by an earlier scan: not fetched again, but its records still stand beside the new ones."""


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file of a list: on the site, or already kept as evidence."""

    part: str
    """Identity within the list: ``file-<attachment id>``."""
    attachment_id: str
    filename: str
    media_type: str


@dataclass(frozen=True, slots=True)
class FetchFiles:
    """Download some files of a list and keep them."""

    visit: Visit
    list_id: str
    files: tuple[FileRef, ...]


@dataclass(frozen=True, slots=True)
class FetchTable:
    """Walk the pages of a list's on-line table, from the first page that is not kept yet."""

    visit: Visit
    listed: ListRef


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """A kept document that must be read."""

    list_id: str
    part: str
    sha256: str
    filename: str
    first_page: int = 1
    last_page: int | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one visit brought."""

    documents: tuple[DocumentPart, ...]
    """Documents to be read by OCR or from their text."""
    pages: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """Read one kept document into records of its list."""

    scan_id: str
    document: DocumentPart
    parameters: BillMonitoringParameters


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """How many rows a document gave, and how many of them a person must look at."""

    rows: int
    doubtful: int
    problem: str | None = None
    """Why the document could not be read at all."""


@dataclass(frozen=True, slots=True)
class ScanStep:
    """One step over everything that the scan has gathered for a list date."""

    scan_id: str
    list_date: date
    list_ids: tuple[str, ...]
    parameters: BillMonitoringParameters
    partial: bool = False
    """The lists are not all there is for the date: nobody is taken for cleared because of them."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Decisions on all records of the scan."""

    records: int
    matches: int
    reviews: int
    without_amounts: tuple[str, ...] = ()
    """Record ids (matched or in review) whose amounts the site must be asked for."""
    to_complete: tuple[DocumentPart, ...] = ()
    """Documents whose matched rows still lack the fields that an identity reading leaves out."""


@dataclass(frozen=True, slots=True)
class FetchAmounts:
    """Ask the site for the amounts of some acceptors."""

    visit: Visit
    list_date: date
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """The outcome of comparing with the list before."""

    new: int = 0
    worse: int = 0
    better: int = 0
    unchanged: int = 0
    cleared: int = 0
    review_items: int = 0
    officers: tuple[str, ...] = ()
    """Officers who must be warned."""

    @property
    def changed(self) -> int:
        return self.new + self.worse + self.better + self.cleared


@dataclass(frozen=True, slots=True)
class ReportWritten:
    """The report's documents, by content hash."""

    report_id: str
    html: str
    pdf: str | None
    xlsx: str


class ScanState(StrEnum):
    """Where a scan is."""

    CRAWLING = "crawling"
    READING = "reading"
    MATCHING = "matching"
    REPORTING = "reporting"
    WAITING_FOR_PERSON = "waiting-for-person"
    WAITING_FOR_EXCHANGE = "waiting-for-exchange"
    COMPLETED = "completed"
    NOTHING_NEW = "nothing-new"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """Counts while a scan runs."""

    lists: int = 0
    files: int = 0
    files_fetched: int = 0
    pages: int = 0
    documents: int = 0
    documents_read: int = 0
    rows: int = 0
    doubtful: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class ScanStatus:
    """Answer of the ``status`` query."""

    state: ScanState
    waiting_for: str
    """A sentence a person understands; empty while nothing is awaited."""
    list_date: date | None
    progress: ScanProgress
    findings: FindingCounts = field(default_factory=FindingCounts)
    challenge: Challenge | None = None


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """Result of a scan."""

    scan_id: str
    state: ScanState
    list_date: date | None
    records: int = 0
    findings: FindingCounts = field(default_factory=FindingCounts)
    report_id: str | None = None
    list_ids: tuple[str, ...] = ()
    """Lists that were processed to the end."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the site asks of a person: the kind and the picture, kept as evidence."""

    kind: str
    picture_sha256: str
    challenge_id: str = ""


@dataclass(frozen=True, slots=True)
class ChallengeAnswer:
    """A person's answer to a captcha or one-time code."""

    actor: Actor
    answer: str
    challenge_id: str = ""
    """Which challenge is answered; empty for whichever is open."""
