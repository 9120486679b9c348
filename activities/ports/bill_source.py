"""The bill exchange's disclosure site, however it can be reached: JSON API, pages, screenshots.

A source yields raw evidence (bytes as they came) together with what could be read from it without
OCR. Attachments and screenshots carry bytes only; a `DocumentReader` reads them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from models.errors import LeaseflowError, ServiceUnreachableError
from models.money import Money


class ChallengeKind(StrEnum):
    """What the site asks of a person at login."""

    CAPTCHA = "captcha"
    ONE_TIME_CODE = "one_time_code"


@dataclass(frozen=True, slots=True)
class Announcement:
    """One published overdue list."""

    announcement_id: str
    title: str
    list_date: date
    """The date as of which the list is drawn up."""
    published_at: datetime
    corrects: str | None
    """Id of the announcement that this one corrects."""
    table_pages: int
    """Pages of the on-line table; 0 when the list comes as attachments only."""
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to an announcement."""

    attachment_id: str
    filename: str
    media_type: str


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of an on-line table, as the site gives it. Lists often name no amounts."""

    name: str
    uscc: str | None
    overdue_balance: Money | None = None
    cumulative_overdue: Money | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of an on-line table with the bytes it was read from."""

    page: int
    """From 1."""
    of_pages: int
    evidence: bytes
    media_type: str
    rows: tuple[ListRow, ...] | None
    """None when the evidence is a picture that must be read by OCR."""


@dataclass(frozen=True, slots=True)
class AcceptorAmounts:
    """What the site discloses about one acceptor as of one date."""

    uscc: str
    name: str
    as_of: date
    overdue_balance: Money
    cumulative_overdue: Money
    acceptance_balance: Money | None
    evidence: bytes
    media_type: str


class ChallengeRequiredError(LeaseflowError):
    """The site asks a person for a captcha or a one-time code.

    ``session`` is the state (cookies) of the login that waits: opening again with it and the answer
    goes on from there.
    """

    def __init__(self, kind: ChallengeKind, picture: bytes, session: bytes) -> None:
        super().__init__(f"the site asks for a {kind.value}", remedy="A person must answer it")
        self.kind = kind
        self.picture = picture
        self.session = session


class SessionExpiredError(LeaseflowError):
    """The session ended, perhaps in mid-list; log in again and go on."""


class LayoutChangedError(LeaseflowError):
    """The site no longer looks as it did; nothing of the page is trusted."""

    def __init__(self, detail: str, screenshot: bytes | None) -> None:
        super().__init__(
            f"the exchange's page has changed: {detail}",
            remedy="Look at the screenshot, then adapt the source or upload the list by hand",
        )
        self.screenshot = screenshot


class CredentialsRefusedError(LeaseflowError):
    """The site refuses user name or password."""


class SourceUnavailableError(ServiceUnreachableError):
    """The site is down, slow beyond patience, answers 5xx or drops the connection; worth another try."""

    screenshot: bytes | None = None
    """What the page showed at the time, when there was a page."""


class SourceLimitError(LeaseflowError):
    """What the site offers is larger than the configured limits allow; another try changes nothing."""

    @classmethod
    def of_pages(cls, announcement_id: str, pages: int, limit: int) -> SourceLimitError:
        """A list with more pages than a crawl may walk."""
        return cls(
            f"list {announcement_id} has {pages} pages, more than the {limit} allowed",
            remedy="Raise the page limit if the list is meant to be that long",
        )


class BillSource(Protocol):
    """An open, logged-in way to the site. Each method may raise any error of this module."""

    name: str

    async def announcements(self, *, since: date | None) -> list[Announcement]:
        """Published lists, newest first; ``since`` leaves out lists drawn up before that date."""
        ...

    def table_pages(self, announcement: Announcement, *, first_page: int) -> AsyncIterator[ListPage]:
        """The pages of an on-line table from ``first_page`` on, politely."""
        ...

    async def download(self, attachment: Attachment) -> bytes:
        """A file's whole content (checked against the announced length)."""
        ...

    async def amounts(self, *, uscc: str, list_date: date) -> AcceptorAmounts | None:
        """Amounts that the site discloses for one acceptor; None when it discloses nothing."""
        ...

    async def session(self) -> bytes:
        """Session state to keep, encrypted by the caller, for the next opening."""
        ...


@dataclass(frozen=True, slots=True)
class SourceLogin:
    """What is needed to get in."""

    base_url: str
    username: str
    password: str
    session: bytes | None
    """Saved session state (cookies), decrypted; None for a fresh login."""
    challenge_answer: str | None
    """A person's answer to the challenge that the saved session is waiting on."""


class SourceGateway(Protocol):
    """Opens a `BillSource`; owns the browser."""

    def open(
        self, login: SourceLogin, *, kinds: Sequence[str], delay_seconds: float
    ) -> AbstractAsyncContextManager[BillSource]:
        """Log in (or resume the session) and give the first kind of source that answers.

        Args:
            login: credentials and saved session.
            kinds: sources to try in order, of ``api``, ``pages``, ``screenshots``.
            delay_seconds: politeness delay between requests.
        """
        ...
