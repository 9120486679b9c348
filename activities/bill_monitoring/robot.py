"""The robot's visits to the exchange: log in, walk, fetch, keep everything as evidence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.bill_monitoring.evidence import EvidenceRoom
from activities.ports.bill_source import (
    Attachment,
    BillSource,
    ChallengeRequiredError,
    LayoutChangedError,
    SessionExpiredError,
    SourceGateway,
    SourceLogin,
    SourceUnavailableError,
)
from activities.ports.secrets import Sealer, SecretStore
from models.bill_monitoring.errors import UnknownListDateError
from models.bill_monitoring.messages import (
    FetchAmounts,
    Fetched,
    FetchFiles,
    FetchTable,
    FindLists,
    ListRef,
    Visit,
)
from models.errors import InvalidInputError
from workflows.bill_monitoring.steps import ExchangeRobot

log = structlog.get_logger(__name__)

_LOGINS_PER_STEP = 5
"""A site that ends the session more often than this within one step is not worth more logins now."""

_NEWEST_WITHIN = timedelta(days=92)
"""Lists appear monthly: further back the newest one is not looked for."""

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class ExchangeAccount:
    """Where the exchange is and as whom we log in; the password stays in the secret store."""

    base_url: str
    username: str
    password_name: str = "exchange_password"  # noqa: S105 - the name of a secret, not the secret


class BrowserRobot(ExchangeRobot):
    """Visits through a browser.

    Args:
        account: the firm's account.
        gateway: opens the site.
        secrets: holds the password.
        sealer: encrypts kept sessions.
        room: keeps evidence and what is known of lists.
    """

    def __init__(
        self,
        *,
        account: ExchangeAccount,
        gateway: SourceGateway,
        secrets: SecretStore,
        sealer: Sealer,
        room: EvidenceRoom,
    ) -> None:
        self._account = account
        self._gateway = gateway
        self._secrets = secrets
        self._sealer = sealer
        self._room = room

    @activity.defn(name="bills.find_lists")
    async def find_lists(self, request: FindLists) -> tuple[ListRef, ...]:
        as_of = request.as_of or activity.info().started_time
        since = request.list_date or as_of.date() - _NEWEST_WITHIN
        announced = await self._on_site(request.visit, lambda site: site.announcements(since=since))
        published = [found for found in announced if request.as_of is None or found.published_at <= as_of]
        if not published:
            return ()
        wanted = request.list_date or max(found.list_date for found in published)
        of_date = [found for found in published if found.list_date == wanted]
        if not of_date:
            known = ", ".join(sorted({f"{found.list_date}" for found in published}, reverse=True)[:6])
            raise UnknownListDateError(
                f"the exchange has published no list of {wanted}", remedy=f"There are lists of {known}"
            )
        replaced = {found.corrects for found in of_date}
        current = [found for found in of_date if found.announcement_id not in replaced]
        return self._room.enter_lists(current, again=request.force)

    @activity.defn(name="bills.fetch_files")
    async def fetch_files(self, request: FetchFiles) -> Fetched:
        async def fetch(site: BillSource) -> Fetched:
            kept = self._room.kept(request.list_id)
            for file in request.files:
                if file.part not in kept:
                    activity.heartbeat(file.part)
                    content = await site.download(
                        Attachment(file.attachment_id, file.filename, file.media_type)
                    )
                    self._room.keep_file(request.list_id, file, content)
            return Fetched(self._room.unread(request.list_id, {file.part for file in request.files}))

        return await self._on_site(request.visit, fetch)

    @activity.defn(name="bills.fetch_table")
    async def fetch_table(self, request: FetchTable) -> Fetched:
        listed, limit = request.listed, request.visit.parameters.crawl.page_limit
        if listed.table_pages > limit:
            raise InvalidInputError(
                f"list {listed.list_id} has {listed.table_pages} pages, more than crawl.page_limit {limit}",
                remedy="Raise it with leaseflow params set if the list is really that long",
            )

        async def walk(site: BillSource) -> Fetched:
            first_page = self._room.next_page(listed.list_id, hint=_page_reached())
            if first_page <= listed.table_pages:
                announcement = self._room.announcement(listed)
                async for page in site.table_pages(announcement, first_page=first_page):
                    self._room.keep_page(listed, page, origin=site.name)
                    activity.heartbeat(page.page)
            return self._room.table_fetched(listed.list_id)

        return await self._on_site(request.visit, walk)

    @activity.defn(name="bills.fetch_amounts")
    async def fetch_amounts(self, request: FetchAmounts) -> int:
        async def ask(site: BillSource) -> int:
            disclosed = 0
            for record_id, uscc in self._room.codes_without_amounts(request.record_ids):
                activity.heartbeat(record_id)
                amounts = await site.amounts(uscc=uscc, list_date=request.list_date)
                if amounts is not None:
                    self._room.keep_amounts(record_id, amounts)
                    disclosed += 1
            return disclosed

        return await self._on_site(request.visit, ask)

    # ------------------------------------------------------------ getting in

    async def _on_site(self, visit: Visit, task: Callable[[BillSource], Awaitable[_Answer]]) -> _Answer:
        """Do a task on the site; log in again when the session ends, step down when the layout changed."""
        kinds: Sequence[str] = visit.parameters.crawl.sources
        answer = visit.challenge_answer
        for _ in range(_LOGINS_PER_STEP):
            try:
                async with self._opened(visit, kinds, answer) as site:
                    return await task(site)
            except SessionExpiredError:
                log.info("session ended by the site; logging in again")
                answer = None
                self._room.forget_session(self._account.base_url, self._account.username)
            except LayoutChangedError as error:
                self._room.keep_failure(visit.scan_id, error)
                kinds = kinds[1:]
                log.warning("layout changed", detail=error.message, next_kinds=list(kinds))
                if not kinds:
                    raise
            except ChallengeRequiredError as error:
                raise self._for_a_person(error) from error
            except SourceUnavailableError as error:
                self._room.keep_failure(visit.scan_id, error)
                raise
        raise SessionExpiredError(
            f"the exchange ended the session {_LOGINS_PER_STEP} times in one step",
            remedy="Check whether the account is used elsewhere",
        )

    @asynccontextmanager
    async def _opened(
        self, visit: Visit, kinds: Sequence[str], answer: str | None
    ) -> AsyncIterator[BillSource]:
        account = self._account
        sealed = self._room.saved_session(account.base_url, account.username)
        login = SourceLogin(
            base_url=account.base_url,
            username=account.username,
            password=self._secrets.get(account.password_name),
            session=self._sealer.open(sealed) if sealed else None,
            challenge_answer=answer,
        )
        delay = visit.parameters.crawl.delay_seconds
        async with self._gateway.open(login, kinds=kinds, delay_seconds=delay) as site:
            self._save(await site.session())
            yield site

    def _for_a_person(self, error: ChallengeRequiredError) -> ApplicationError:
        self._save(error.session)
        picture = self._room.keep(error.picture, media_type="image/png")
        return ApplicationError(
            error.message, error.kind.value, picture, type="ChallengeRequiredError", non_retryable=True
        )

    def _save(self, state: bytes) -> None:
        self._room.save_session(self._account.base_url, self._account.username, self._sealer.seal(state))


def _page_reached() -> int:
    """The last page that an earlier try of this activity reported, 0 for none."""
    details = activity.info().heartbeat_details
    return int(details[0]) if details and isinstance(details[0], int) else 0
