"""A bank's profile: all that is particular about a partner bank, as parameters.

A profile is one parameter set (``bank-<code>``), versioned and effective-dated like any other; the
version in force when a payment starts decides that payment. Amounts are in yuan, written as decimal
strings.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.calendar import SHANGHAI, BusinessCalendar
from models.money import Money
from models.parameters.parts import Part, Seconds, Share, Yuan


class HttpConnection(Part):
    """The bank's HTTP/JSON service interface."""

    address: str
    """Base URL, ``https://…``."""
    client_id: str
    """Under which the bank knows us."""
    signature: Literal["ed25519", "hmac-sha256", "rsa-sha256"] = "ed25519"
    """How a request is signed; the key is the secret ``bank_<code>_key``."""
    verify_answers: bool = True
    """Take only answers that the bank signed; its public key (or the shared one) is the secret
    ``bank_<code>_public_key``."""
    answer_seconds: Seconds = 5.0
    """An answer that takes longer is taken for none."""


class FileConnection(Part):
    """The bank's file interface."""

    address: str
    """``sftp://user@host:port/base`` or ``file:///directory``."""
    host_key: str = ""
    """The server's public key in OpenSSH form; without it an SFTP server is not trusted."""
    outgoing: str = "in"
    """The bank's directory that takes our files."""
    incoming: str = "out"
    """The bank's directory with files for us."""
    poll_seconds: Seconds = 60.0
    settled_seconds: Annotated[float, Field(ge=0, le=3_600)] = 2.0
    """A file that changed more recently is taken for unfinished; 0 where the bank renames complete files."""


class FileFormats(Part):
    """Which file formats the bank speaks."""

    credit_transfer: str = "pain.001.001.09"
    direct_debit: str = "pain.008.001.08"
    """A pain version, or the name of a column profile for banks that take no XML."""
    statement: str = ""
    """Name of a file profile to read its files by; empty to tell by content."""
    items_per_file: Annotated[int, Field(ge=1, le=100_000)] = 20_000


def is_pain(format_name: str) -> bool:
    """Whether a format is an ISO 20022 message; any other one is the name of a column profile."""
    return format_name.startswith("pain.")


def file_suffix(format_name: str) -> str:
    """How the name of an order file in a format ends."""
    return ".xml" if is_pain(format_name) else ".txt"


class AmountLimits(Part):
    """What the bank takes, or what we allow through it."""

    per_payment: Yuan = Decimal(50_000_000)
    per_day: Yuan = Decimal(500_000_000)
    """Sum of pay-outs of one business date through this bank."""
    minimum: Yuan = Decimal("0.01")


def own_calendar(holidays: tuple[date, ...], working_days: tuple[date, ...]) -> BusinessCalendar:
    """The published calendar with one house's own exceptions; a day named as both is worked on."""
    closed = dict.fromkeys(holidays, False)
    return BusinessCalendar(exceptions=closed | dict.fromkeys(working_days, True))


class Window(Part):
    """When the bank takes instructions, in Shanghai time."""

    opens: time = time(0, 0)
    cut_off: time = time(23, 59, 59)
    """From then on an instruction goes out when the window opens on the next day."""
    business_days_only: bool = False
    holidays: tuple[date, ...] = ()
    """Days on which this bank is closed beyond the published calendar."""
    working_days: tuple[date, ...] = ()
    """Days on which this bank works though the published calendar says otherwise."""

    def next_opening(self, at: datetime) -> datetime:
        """The first instant at or after ``at`` at which the bank takes instructions."""
        calendar = self._calendar()
        local = at.astimezone(SHANGHAI)
        day = local.date()
        if local.time() >= self.cut_off:
            day = date.fromordinal(day.toordinal() + 1)
        open_day = calendar.next_business_day(day) if self.business_days_only else day
        opening = datetime.combine(open_day, self.opens, SHANGHAI)
        return max(at, opening)

    def _calendar(self) -> BusinessCalendar:
        return own_calendar(self.holidays, self.working_days)


class FeeStep(Part):
    """A fee for amounts up to a ceiling."""

    up_to: Yuan
    fee: Yuan


class Fees(Part):
    """What the bank charges for a payment: the first step whose ceiling holds the amount, or else a rate."""

    steps: tuple[FeeStep, ...] = ()
    rate: Share = Decimal(0)
    maximum: Yuan = Decimal(0)
    """Ceiling of the fee by rate; 0 for none."""

    def of(self, amount: Money) -> Money:
        """The expected fee, rounded half up to the minor unit."""
        for step in self.steps:
            if amount.amount <= step.up_to:
                return Money.of(step.fee, amount.currency)
        fee = amount.amount * self.rate
        capped = min(fee, self.maximum) if self.maximum else fee
        return Money.rounded(capped, amount.currency)

    @model_validator(mode="after")
    def _ascending(self) -> Fees:
        ceilings = [step.up_to for step in self.steps]
        if ceilings != sorted(set(ceilings)):
            raise ValueError("fee steps must go from the lowest ceiling to the highest")
        return self


class Inquiry(Part):
    """How a payment without a final answer is asked for, and when a person is asked instead."""

    pauses_seconds: tuple[Seconds, ...] = (1, 2, 5, 15, 60)
    """Waits before the first inquiries; the last one repeats."""
    give_up_hours: Annotated[float, Field(gt=0, le=240)] = 24.0
    """After so long without a final answer a person is asked to find out."""
    unheard_of_final_seconds: Annotated[float, Field(ge=0, le=864_000)] = 120.0
    """The bank's promise: what it has not heard of for so long, it will not book any more."""
    confirm_rejections: bool = True
    """Ask once more before a rejection is believed and the money is set free."""


class DebitRules(Part):
    """What becomes of debits that the bank does not collect."""

    creditor_id: str = ""
    """Our number in the bank's direct-debit scheme."""
    retry_codes: tuple[str, ...] = ("AM04", "INSUFFICIENT_FUNDS")
    """Reasons that may be gone on another day; any other is put before a person at once."""
    retry_after_days: Annotated[int, Field(ge=1, le=60)] = 3
    tries: Annotated[int, Field(ge=1, le=20)] = 3
    """How often one due is collected before it is put before a person."""
    answer_days: Annotated[int, Field(ge=1, le=60)] = 5
    """Business days within which the bank answers every item."""


class BankRules(Part):
    """What the bank promises, and how it tells."""

    idempotent: bool = True
    """The bank books one reference once, however often it is instructed: only then do we instruct again."""
    cancellable: bool = True
    """An order that is not booked yet can be withdrawn."""
    reversals: Literal["as-written", "original"] = "as-written"
    """Direction of a reversal entry: in which the money moves now (ISO 20022), or that of the entry
    that is reversed (``RvslInd`` is read differently per bank)."""
    requests_per_second: Annotated[float, Field(gt=0, le=1_000)] = 50.0
    """Rate limit of the bank's task queue."""


class BankProfile(Part):
    """Everything particular about one partner bank."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,23}$")]
    """Short name: part of parameter, queue and file names."""
    name: str
    active: bool = True
    ledger_account: str
    """The bank's account in our chart of accounts, such as ``1002.01``."""
    own_account: str
    own_name: str
    bank_id: str = ""
    """CNAPS code or BIC."""
    currency: str = "CNY"
    http: HttpConnection | None = None
    files: FileConnection | None = None
    formats: FileFormats = FileFormats()
    limits: AmountLimits = AmountLimits()
    window: Window = Window()
    fees: Fees = Fees()
    inquiry: Inquiry = Inquiry()
    rules: BankRules = BankRules()
    debits: DebitRules = DebitRules()

    @model_validator(mode="after")
    def _connected(self) -> BankProfile:
        if self.http is None and self.files is None:
            raise ValueError("a bank needs an http or a files connection")
        return self
