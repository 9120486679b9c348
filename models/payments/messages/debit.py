"""Messages of bulk debits and of the mailbox through which a bank's files come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.money import Money
from models.payments.messages.payment import BankTerms
from models.people import Actor


class BatchState(StrEnum):
    """Where a batch stands."""

    EMPTY = "empty"
    """Nothing was due."""
    WAITING_FOR_APPROVAL = "waiting-for-approval"
    TURNED_DOWN = "turned-down"
    WAITING_FOR_WINDOW = "waiting-for-window"
    SENDING = "sending"
    SENT = "sent"
    """The bank has its files and is answering."""
    CLOSED = "closed"

    @property
    def is_final(self) -> bool:
        return self in {BatchState.EMPTY, BatchState.TURNED_DOWN, BatchState.CLOSED}


class ItemState(StrEnum):
    """Where one debit of a batch stands."""

    BUILT = "built"
    SENT = "sent"
    TAKEN = "taken"
    """The bank took it for processing."""
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"
    """Settled, and later booked back."""
    UNANSWERED = "unanswered"
    """The batch was closed before the bank said anything definite about it."""


@dataclass(frozen=True)
class BatchOrder:
    """Collect everything that is due through a bank.

    ``batch_id`` is the business key: ordering it twice is ordering it once.
    """

    batch_id: str
    bank: str
    product: str
    collection_date: date
    ordered_by: Actor


@dataclass(frozen=True)
class BatchBuilt:
    """What went into a batch."""

    items: int
    total: Money
    left_out: int
    """Dues that break a limit of the bank and wait for somebody to look at them."""
    opens_at: datetime | None
    terms: BankTerms
    answer_days: int
    """Business days after which unanswered items are put before a person."""


@dataclass(frozen=True)
class BatchStep:
    """A batch, for a step that needs nothing else."""

    batch_id: str
    at: datetime


@dataclass(frozen=True)
class BatchNote:
    """A state that a batch came into, and why."""

    batch_id: str
    state: BatchState
    sentence: str
    at: datetime
    by: str = "leaseflow"


@dataclass(frozen=True)
class FileMade:
    """An order file, ready to be sent."""

    file_id: str
    name: str
    items: int
    total: Money


@dataclass(frozen=True)
class SendFile:
    """A file to be put where the bank takes it."""

    bank: str
    file_id: str
    even_if_perhaps_sent: bool = False
    """Somebody asked the bank: it is not there."""


@dataclass(frozen=True)
class Tally:
    """How many items of a batch are in a state, and their sum."""

    state: ItemState
    items: int
    total: Money


@dataclass(frozen=True)
class BatchCount:
    """A batch counted out."""

    tallies: tuple[Tally, ...]

    def items(self, *states: ItemState) -> int:
        """How many are in one of the states; in any when none is named."""
        return sum(each.items for each in self.tallies if not states or each.state in states)


@dataclass(frozen=True)
class FileApplied:
    """A bank's file was applied: what it changed in one batch."""

    file_name: str
    changed: int


@dataclass(frozen=True)
class BatchOutcome:
    """How a batch ended."""

    batch_id: str
    state: BatchState
    tallies: tuple[Tally, ...] = ()
    retried: int = 0
    routed: int = 0
    reason: str = ""


@dataclass(frozen=True)
class BatchDecision:
    """A treasurer lets a batch go, or does not."""

    actor: Actor
    approved: bool = True
    note: str = ""


@dataclass(frozen=True)
class CloseBatch:
    """A treasurer closes a batch though items are unanswered."""

    actor: Actor
    note: str


@dataclass(frozen=True)
class FileFound:
    """Somebody asked the bank whether a file arrived."""

    actor: Actor
    arrived: bool
    note: str


@dataclass(frozen=True)
class BatchStatus:
    """Answer of the ``status`` query."""

    state: BatchState
    waiting_for: str
    count: BatchCount


# ---------------------------------------------------------------- the mailbox


@dataclass(frozen=True)
class MailboxOrder:
    """Watch a bank's directory; ``taken`` counts the files of earlier runs."""

    bank: str
    queue: str
    taken: int = 0
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True)
class TakeFile:
    """A file that waits at a bank."""

    bank: str
    name: str


@dataclass(frozen=True)
class FileTaken:
    """A file that is kept now; not new when the same content was kept before."""

    file_id: str
    name: str
    new: bool


@dataclass(frozen=True)
class FileOutcome:
    """What applying a file came to."""

    name: str
    kind: str = ""
    items: int = 0
    payments: int = 0
    unmatched: int = 0
    discrepancies: int = 0
    problem: str = ""
    """Why it could not be read; empty when it could."""


@dataclass(frozen=True)
class MailboxStatus:
    """Answer of the mailbox's ``status`` query."""

    waiting_for: str
    taken: int
    unreadable: tuple[str, ...]
