"""What bill monitoring needs done. Activities implement these steps; workflows call them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from models.bill_monitoring.messages import (
    DocumentPart,
    DocumentRead,
    FetchAmounts,
    Fetched,
    FetchFiles,
    FetchTable,
    FindingCounts,
    FindLists,
    ListRef,
    Matched,
    ReadDocument,
    RecordAcknowledgement,
    ReportWritten,
    ReviewResolution,
    ReviewResolved,
    ReviewRound,
    ScanOpened,
    ScanOrder,
    ScanOutcome,
    ScanStep,
    SendWarning,
    TroubleNotice,
    WarningFindings,
    WarningRound,
)


class ScanBooks(ABC):
    """The scan's entries in the database."""

    @activity.defn(name="bills.open_scan")
    @abstractmethod
    def open_scan(self, order: ScanOrder) -> ScanOpened:
        """Enter the scan and fix the parameters in force; the same workflow run gets the same answer."""

    @activity.defn(name="bills.find_uploaded_lists")
    @abstractmethod
    def find_uploaded_lists(self, order: ScanOrder) -> tuple[ListRef, ...]:
        """The list that a person's upload makes, its documents already kept."""

    @activity.defn(name="bills.uploaded_documents")
    @abstractmethod
    def uploaded_documents(self, listed: ListRef) -> tuple[DocumentPart, ...]:
        """The kept documents of an uploaded list."""

    @activity.defn(name="bills.close_scan")
    @abstractmethod
    def close_scan(self, outcome: ScanOutcome) -> None:
        """Enter how the scan ended."""

    @activity.defn(name="bills.open_review_items")
    @abstractmethod
    def open_review_items(self, round_: ReviewRound) -> tuple[str, ...]:
        """Ids of the scan's review items that nobody has settled."""

    @activity.defn(name="bills.settle_review_item")
    @abstractmethod
    def settle_review_item(self, resolution: ReviewResolution) -> ReviewResolved:
        """Enter a person's decision and what follows from it."""

    @activity.defn(name="bills.load_warning")
    @abstractmethod
    def load_warning(self, round_: WarningRound) -> WarningFindings:
        """Which findings an officer must hear of, and the chain of managers above."""

    @activity.defn(name="bills.record_acknowledgement")
    @abstractmethod
    def record_acknowledgement(self, entry: RecordAcknowledgement) -> None:
        """Enter that a person took note of findings."""


class ExchangeRobot(ABC):
    """Visits to the exchange's site."""

    @activity.defn(name="bills.find_lists")
    @abstractmethod
    async def find_lists(self, request: FindLists) -> tuple[ListRef, ...]:
        """The lists that stand for the wanted (or newest) date; none when all of them were scanned."""

    @activity.defn(name="bills.fetch_files")
    @abstractmethod
    async def fetch_files(self, request: FetchFiles) -> Fetched:
        """Download files and keep them as evidence; what is kept already is not fetched again."""

    @activity.defn(name="bills.fetch_table")
    @abstractmethod
    async def fetch_table(self, request: FetchTable) -> Fetched:
        """Walk a paged table, keep each page; goes on at the page where an earlier try died."""

    @activity.defn(name="bills.fetch_amounts")
    @abstractmethod
    async def fetch_amounts(self, request: FetchAmounts) -> int:
        """Ask for amounts per acceptor; gives how many were disclosed."""


class DocumentDesk(ABC):
    """Reading documents."""

    @activity.defn(name="bills.read_document")
    @abstractmethod
    async def read_document(self, request: ReadDocument) -> DocumentRead:
        """Read a document into records of its list."""

    @activity.defn(name="bills.complete_document")
    @abstractmethod
    async def complete_document(self, request: ReadDocument) -> DocumentRead:
        """Read the remaining fields of a document's rows that concern customers."""


class RiskAnalysis(ABC):
    """Computing over everything gathered."""

    @activity.defn(name="bills.match_records")
    @abstractmethod
    def match_records(self, step: ScanStep) -> Matched:
        """Decide for each record which customer it concerns."""

    @activity.defn(name="bills.assess_findings")
    @abstractmethod
    def assess_findings(self, step: ScanStep) -> FindingCounts:
        """Compare with the list before, grade, and queue doubts for review."""

    @activity.defn(name="bills.write_report")
    @abstractmethod
    async def write_report(self, step: ScanStep) -> ReportWritten:
        """Make and archive the report in all its forms."""


class Messenger(ABC):
    """Telling people."""

    @activity.defn(name="bills.send_warning")
    @abstractmethod
    async def send_warning(self, warning: SendWarning) -> int:
        """Deliver a warning once per channel; gives how many deliveries went out now."""

    @activity.defn(name="bills.send_trouble")
    @abstractmethod
    async def send_trouble(self, notice: TroubleNotice) -> None:
        """Tell the operators that a scan cannot go on by itself."""
