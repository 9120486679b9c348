"""Which adapter serves which port: the one place that knows."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import structlog

from activities.adapters.secrets import FernetSealer, MountedSecrets
from activities.bill_monitoring.evidence import EvidenceRoom
from activities.store import documents
from activities.store.database import Database
from models.errors import InvalidInputError, LeaseflowError
from workers.keys import data_keys
from workers.settings import Settings
from workers.setup import open_database
from workers.warming import import_early, start_reading
from workflows.approval.steps import ApprovalBooks, ApprovalPost
from workflows.bill_monitoring.steps import DocumentDesk, ExchangeRobot, Messenger, RiskAnalysis, ScanBooks
from workflows.forwarding.steps import Carriers, ForwardingDesk
from workflows.lease.application_steps import ApplicationBooks, OutsideData, Screening
from workflows.lease.contract_steps import ContractBooks, ContractPress, SigningDesk
from workflows.lease.disbursement_steps import DisbursementBooks, PaymentDesk
from workflows.lease.document_steps import DocumentBooks, DocumentReader
from workflows.lease.registration_steps import MovablesRegistry
from workflows.ledger.steps import LedgerBooks
from workflows.parameters.steps import ParameterBooks, ParameterPreviews
from workflows.payments.debit_steps import BankMailroom, DebitBooks
from workflows.payments.receipt_steps import ReceiptBooks, RefundBooks, TerminalBooks
from workflows.payments.steps import BankDesk, PaymentBooks

if TYPE_CHECKING:
    from activities.adapters.banks.doors import BankDoors
    from activities.adapters.bureau_line import OfficeLine
    from activities.adapters.exchange.browser import BrowserProcess
    from activities.adapters.ocr.pool import OcrPool
    from activities.adapters.transports.opening import OpenTransports
    from activities.ports.bill_source import SourceGateway
    from activities.ports.movables import MovablesOffice
    from activities.ports.pdf_signatures import PdfSignatures

log = structlog.get_logger(__name__)

_DRAWING: Final = (
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "matplotlib.font_manager",
    "xlsxwriter",
)
"""What drawing and writing a report imports: 2 s that nobody should wait for."""


class Wiring:
    """Builds what a worker process needs, when it needs it, and closes it in the end.

    Heavy adapters (browser, OCR) are imported here inside the method that builds them: a process
    that serves other queues never loads them.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._opened = AsyncExitStack()
        """Closed in reverse order, each also where one before it fails; the database in the end."""
        self._opened.callback(self._close_database)
        self._warmers: list[Callable[[], Awaitable[None]]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._opened.__aexit__(kind, error, trace)

    def _close_database(self) -> None:
        if "database" in self.__dict__:
            self.database.close()

    async def warm_up(self) -> None:
        """Load what the hands built so far will need; what fails is told again by the first task."""
        for warm in self._warmers:
            try:
                await warm()
            except LeaseflowError as error:
                log.warning("not warmed up", reason=error.message, remedy=error.remedy)

    @cached_property
    def database(self) -> Database:
        return open_database(self.settings)

    @property
    def reading_processes(self) -> int:
        return self.settings.ocr_processes or os.cpu_count() or 1

    # ------------------------------------------------------------ hands

    def scan_books(self) -> ScanBooks:
        # numpy and scipy, which match names, come with it: 30 MiB in each process that imports them
        from activities.bill_monitoring.books import PostgresScanBooks

        return PostgresScanBooks(self.database)

    def messenger(self) -> Messenger:
        from activities.adapters.acknowledgement_links import LinkSigner
        from activities.bill_monitoring.messenger import Deliveries
        from workers.channels import channels

        return Deliveries(
            self.database,
            channels(self.settings, self._secrets),
            language=self.settings.language,
            console_url=self.settings.console_url,
            link_signer=LinkSigner(data_keys(self.settings)),
        )

    def exchange_robot(self) -> ExchangeRobot:
        from activities.bill_monitoring.robot import BrowserRobot, ExchangeAccount

        if self.settings.exchange_url is None:
            raise InvalidInputError(
                "LEASEFLOW_EXCHANGE_URL is not set", remedy="Set it to the disclosure site's address"
            )
        self._warmers.append(partial(import_early, "playwright.async_api"))
        return BrowserRobot(
            account=ExchangeAccount(self.settings.exchange_url, self.settings.exchange_username),
            gateway=self._gateway,
            secrets=self._secrets,
            sealer=FernetSealer(data_keys(self.settings)),
            room=EvidenceRoom(self.database),
        )

    def document_desk(self) -> DocumentDesk:
        from activities.adapters.ocr.engines import Engine
        from activities.bill_monitoring.desk import OcrDesk

        self._warmers.append(
            partial(start_reading, self._reading_pools(Engine.RAPIDOCR), self.reading_processes)
        )
        return OcrDesk(self.database, self._reading_pools, version=version("rapidocr"))

    def document_reader(self) -> DocumentReader:
        from activities.adapters.faces.comparers import face_comparer
        from activities.adapters.faces.pictures import beside
        from activities.adapters.ocr.engines import Engine
        from activities.adapters.papers.pooled import PooledPapers
        from activities.lease.documents.faces import FaceDesk
        from activities.lease.documents.reader import PaperDesk

        pool = self._reading_pools(Engine.RAPIDOCR)
        papers = PooledPapers(pool, version=f"rapidocr {version('rapidocr')}")
        return PaperDesk(self.database, papers, FaceDesk(self.database, face_comparer(pool), beside))

    def document_books(self) -> DocumentBooks:
        from activities.lease.documents.books import PostgresDocumentBooks

        return PostgresDocumentBooks(self.database)

    def risk_analysis(self) -> RiskAnalysis:
        from activities.adapters.printing import ChromiumPrinter
        from activities.bill_monitoring.analysis import SetBasedAnalysis
        from activities.bill_monitoring.reporting import ReportWriter

        self._warmers.append(partial(import_early, *_DRAWING))
        printer = ChromiumPrinter(shared=self._browser)
        return SetBasedAnalysis(
            self.database, ReportWriter(self.database, printer, language=self.settings.language)
        )

    def ledger_books(self) -> LedgerBooks:
        from activities.ledger.books import PostgresLedgerBooks

        return PostgresLedgerBooks(self.database)

    def payment_books(self) -> PaymentBooks:
        from activities.payments.books import LedgerBackedBooks

        return LedgerBackedBooks(self.database)

    def debit_books(self) -> DebitBooks:
        from activities.adapters.bank_files.desk import ProfiledFileDesk
        from activities.payments.batches import SetBasedDebits

        return SetBasedDebits(self.database, ProfiledFileDesk())

    def receipt_books(self) -> ReceiptBooks:
        from activities.payments.receipts.books import LedgerBackedReceipts

        return LedgerBackedReceipts(self.database)

    def refund_books(self) -> RefundBooks:
        from activities.payments.receipts.books import LedgerBackedRefunds

        return LedgerBackedRefunds(self.database)

    def terminal_books(self) -> TerminalBooks:
        from activities.payments.receipts.terminals import PostgresTerminals

        return PostgresTerminals(self.database)

    def application_books(self) -> ApplicationBooks:
        from activities.lease.application.books import PostgresApplications

        return PostgresApplications(self.database)

    def approval_books(self) -> ApprovalBooks:
        from activities.approval.books import PostgresApprovalBooks

        return PostgresApprovalBooks(self.database)

    def approval_post(self) -> ApprovalPost:
        from activities.approval.post import MailedPost
        from workers.channels import mail

        way = mail(self.settings, self._secrets)
        return MailedPost(self.database, way, language=self.settings.language)

    def disbursement_books(self) -> DisbursementBooks:
        from activities.lease.disbursement.books import PostgresDisbursements

        return PostgresDisbursements(self.database)

    def payment_withdrawals(self) -> PaymentDesk:
        from activities.lease.disbursement.desk import UpdatingDesk

        return UpdatingDesk()

    def movables_registry(self) -> MovablesRegistry:
        from activities.lease.registration.desk import ReadBackRegistry

        return ReadBackRegistry(lambda: self._movables)

    def parameter_books(self) -> ParameterBooks:
        from activities.parameters.books import PostgresParameterBooks

        return PostgresParameterBooks(self.database)

    def parameter_previews(self) -> ParameterPreviews:
        from activities.parameters.books import ReplayingPreviews

        return ReplayingPreviews(self.database)

    def bank_mailroom(self) -> BankMailroom:
        from activities.adapters.bank_files.desk import ProfiledFileDesk
        from activities.payments.mailroom import FileMailroom

        return FileMailroom(self.database, self.bank_doors.mailbox, ProfiledFileDesk())

    def bank_desk(self) -> BankDesk:
        from activities.payments.desk import ServiceDesk

        return ServiceDesk(self.database, self.bank_doors.orders)

    def forwarding_desk(self) -> ForwardingDesk:
        from activities.forwarding.desk import BooksDesk

        return BooksDesk(self.database, self._transports.to)

    def partner_carriers(self) -> Carriers:
        from activities.forwarding.carriers import PartnerCarriers

        return PartnerCarriers(self.database, self._transports.to)

    def outside_data(self) -> OutsideData:
        from activities.adapters.antifraud import HttpAntiFraud
        from activities.adapters.bureau import HttpBureau
        from activities.lease.screening.outside import AskedOutside

        bureau = self._office_line("bureau", self.settings.bureau_url)
        antifraud = self._office_line("antifraud", self.settings.antifraud_url)
        return AskedOutside(self.database, HttpBureau(bureau), HttpAntiFraud(antifraud))

    def screening(self) -> Screening:
        from activities.adapters.decision_tables import ZenTables
        from activities.lease.screening.rules import RuleScreening

        return RuleScreening(self.database, ZenTables())

    def contract_press(self) -> ContractPress:
        from activities.adapters.printing import ChromiumPrinter
        from activities.lease.contract.drawing import PrintingPress

        return PrintingPress(self.database, ChromiumPrinter(shared=self._browser), self._pdf_signatures)

    def signing_desk(self) -> SigningDesk:
        from activities.adapters.authority.http import HttpAuthority
        from activities.lease.contract.signing import AuthorityDesk

        authority = HttpAuthority(self.settings.authority_url, self._secrets, lambda: datetime.now(UTC))
        self._opened.push_async_callback(authority.close)
        self._warmers.append(partial(import_early, "activities.adapters.pades.signing"))
        return AuthorityDesk(self.database, authority, self._pdf_signatures)

    def contract_books(self) -> ContractBooks:
        from activities.lease.contract.books import LedgerBackedContracts

        return LedgerBackedContracts(self.database)

    # ------------------------------------------------------------ shared parts

    @cached_property
    def _reading_pools(self) -> Callable[[str], OcrPool]:
        """Gives the pool of an engine: lists, bills and papers of leases share its processes."""
        from activities.adapters.ocr.engines import EASYOCR_MODELS_VARIABLE, Engine
        from activities.adapters.ocr.pool import OcrPool

        if self.settings.easyocr_models is not None:
            # reading processes inherit it
            os.environ[EASYOCR_MODELS_VARIABLE] = str(self.settings.easyocr_models)

        @cache
        def pool(engine: str) -> OcrPool:
            started = OcrPool(processes=self.reading_processes, engine=Engine(engine))
            self._opened.push_async_callback(started.close)
            return started

        return pool

    @cached_property
    def _pdf_signatures(self) -> PdfSignatures:
        from activities.adapters.authority.http import ROOT_SECRET
        from activities.adapters.pades.adapter import PyhankoSignatures

        return PyhankoSignatures(lambda: self._secrets.get(ROOT_SECRET).encode())

    def _office_line(self, name: str, url: str | None) -> OfficeLine:
        from activities.adapters.bureau_line import OfficeLine

        line = OfficeLine(name, url, self._secrets, lambda: datetime.now(UTC))
        self._opened.push_async_callback(line.close)
        return line

    @cached_property
    def _transports(self) -> OpenTransports:
        from activities.adapters.transports.opening import OpenTransports

        transports = OpenTransports(self._secrets, lambda: datetime.now(UTC))
        self._opened.push_async_callback(transports.close)
        return transports

    @cached_property
    def bank_doors(self) -> BankDoors:
        """Open ways to banks, for steps and for commands."""
        from activities.adapters.banks.doors import BankDoors

        doors = BankDoors(self._secrets, self._keep_message, lambda: datetime.now(UTC))
        self._opened.push_async_callback(doors.close)
        return doors

    @cached_property
    def _movables(self) -> MovablesOffice:
        """The way to the registry of movables, opened when something is to be registered."""
        from activities.adapters.movables import HttpMovables

        if self.settings.movables_url is None:
            raise InvalidInputError(
                "LEASEFLOW_MOVABLES_URL is not set",
                remedy="Set it to the address of the registry of movables",
            )
        office = HttpMovables(self.settings.movables_url, self._secrets, lambda: datetime.now(UTC))
        self._opened.push_async_callback(office.close)
        return office

    @cached_property
    def _secrets(self) -> MountedSecrets:
        return MountedSecrets(self.settings.secrets_dir)

    def _keep_message(self, content: bytes, media_type: str) -> str:
        with self.database.transaction() as session:
            return documents.keep(session, content, media_type=media_type)

    @cached_property
    def _gateway(self) -> SourceGateway:
        from activities.adapters.exchange.gateway import ExchangeGateway
        from activities.adapters.lingering import LingeringGateway

        lingering = LingeringGateway(ExchangeGateway(browser=self._browser))
        self._opened.push_async_callback(lingering.close)  # opened after the browser: closed before it
        return lingering

    @cached_property
    def _browser(self) -> BrowserProcess:
        """One browser for the robot and the printer, started when the first of them needs it."""
        from activities.adapters.exchange.browser import BrowserProcess

        browser = BrowserProcess(self.settings.browser_path)
        self._opened.push_async_callback(browser.close)
        return browser
