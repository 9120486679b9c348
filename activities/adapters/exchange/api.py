"""The site's JSON API, asked with the browser's cookies: the fastest way while it answers."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from activities.adapters.exchange import layout
from activities.adapters.exchange.faults import (
    ApiRefusedError,
    layout_changed,
    refuse_status,
    transport_faults,
)
from activities.adapters.exchange.gathering import summed, without_repeats
from activities.adapters.exchange.layout import TablePage, UnknownLayoutError, field
from activities.adapters.exchange.login import saved_session
from activities.ports.bill_source import (
    Announcement,
    Attachment,
    ListPage,
    SourceLimitError,
    SourceUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from datetime import date

    from activities.adapters.exchange.downloads import Downloads
    from activities.adapters.exchange.layout import Settlement
    from activities.adapters.exchange.pace import Pace
    from activities.adapters.exchange.view import View
    from activities.ports.bill_source import AcceptorAmounts

_OK: Final = 200
_REFUSED: Final = (403, 404)
_ARTICLES_PER_PAGE: Final = 100
_OVERDUE_LIST: Final = "OVERDUE_LIST"
_JSON: Final = "application/json"


class ApiSource:
    """A `BillSource` over the JSON API."""

    name = "api"

    def __init__(
        self,
        view: View,
        base_url: str,
        pace: Pace,
        downloads: Downloads,
        *,
        timeout_seconds: float,
        max_pages: int,
    ) -> None:
        self._view = view
        self._base_url = base_url
        self._pace = pace
        self._timeout = timeout_seconds * 1000
        self._max_pages = max_pages
        self.download = downloads.fetch

    async def probe(self) -> None:
        """See that the API answers programs.

        Raises:
            ApiRefusedError: it does not.
        """
        await self._get("/api/articles", {"page": 1, "size": 1})

    async def announcements(self, *, since: date | None) -> list[Announcement]:
        found: list[Announcement] = []
        page = pages = 1
        while page <= pages:
            data, _ = await self._get("/api/articles", {"page": page, "size": _ARTICLES_PER_PAGE})
            try:
                pages, heads = field(data, "pages", int), field(data, "list", list)
                for head in heads:
                    published_at = layout.moment(field(head, "publishTime", str))
                    if since and published_at.date() < since:
                        return without_repeats(found)
                    if field(head, "articleType", str) == _OVERDUE_LIST:
                        found += await self._announcement(head, since)
            except UnknownLayoutError as error:
                raise await layout_changed(self._view.page, f"announcements: {error}") from error
            page += 1
        return without_repeats(found)

    async def table_pages(self, announcement: Announcement, *, first_page: int) -> AsyncIterator[ListPage]:
        address = f"/api/articles/{announcement.announcement_id}"
        page, pages = first_page, announcement.table_pages
        if pages > self._max_pages:
            raise SourceLimitError.of_pages(announcement.announcement_id, pages, self._max_pages)
        if page > pages:
            return
        detail, _ = await self._get(address, {})
        await self._check_columns(announcement, detail)
        while page <= pages:
            data, evidence = await self._get(f"{address}/rows", {"page": page})
            try:
                table = TablePage(
                    page=field(data, "page", int),
                    pages=field(data, "pages", int),
                    total=field(data, "total", int),
                    cells=[_texts(row) for row in field(data, "rows", list)],
                )
                rows = layout.list_rows(table, page=page)
            except UnknownLayoutError as error:
                raise await self._changed(announcement, page, error) from error
            pages = table.pages
            yield ListPage(page, pages, evidence, _JSON, rows)
            page += 1

    async def amounts(self, *, uscc: str, list_date: date) -> AcceptorAmounts | None:
        found, evidence = await self._get("/api/accounts", {"creditCode": uscc})
        said = [evidence]
        settlements: list[Settlement] = []
        name = ""
        try:
            for account in field(found, "list", list):
                if field(account, "creditCode", str) == uscc:
                    name = field(account, "acptName", str)
                    settlements += await self._settlements(field(account, "accountId", str), list_date, said)
        except UnknownLayoutError as error:
            raise await layout_changed(self._view.page, f"amounts of {uscc}: {error}") from error
        return summed(
            settlements,
            uscc=uscc,
            name=name,
            as_of=list_date,
            evidence=b"[" + b",".join(said) + b"]",
            media_type=_JSON,
        )

    async def session(self) -> bytes:
        return await saved_session(self._view)

    async def _announcement(self, head: Mapping[str, Any], since: date | None) -> list[Announcement]:
        """The announcement of a head with its details; empty when its list is older than asked for."""
        identity = field(head, "articleId", str)
        list_date = layout.day(field(head, "listDate", str))
        if since and list_date < since:
            return []
        detail, _ = await self._get(f"/api/articles/{identity}", {})
        table = detail.get("table")
        attachments = tuple(
            Attachment(field(f, "fileId", str), field(f, "fileName", str), field(f, "contentType", str))
            for f in field(detail, "attachments", list)
        )
        announcement = Announcement(
            announcement_id=identity,
            title=field(head, "title", str),
            list_date=list_date,
            published_at=layout.moment(field(head, "publishTime", str)),
            corrects=head.get("correctOf"),
            table_pages=field(table, "pages", int) if table else 0,
            attachments=attachments,
        )
        return [announcement]

    async def _check_columns(self, announcement: Announcement, detail: Mapping[str, Any]) -> None:
        try:
            columns = field(field(detail, "table", dict), "columns", list)
            layout.check_list_titles({field(c, "key", str): field(c, "title", str) for c in columns})
        except UnknownLayoutError as error:
            raise await self._changed(announcement, 1, error) from error

    async def _settlements(self, account: str, until: date, said: list[bytes]) -> list[Settlement]:
        """An account's months, newest first, back to a date."""
        months: list[Settlement] = []
        page = pages = 1
        while page <= min(pages, self._max_pages) and not (months and months[-1].as_of <= until):
            data, evidence = await self._get(f"/api/accounts/{account}/settlements", {"page": page})
            said.append(evidence)
            columns = field(data, "columns", list)
            layout.check_settlement_titles({field(c, "key", str): field(c, "title", str) for c in columns})
            months += [layout.settlement(_texts(row)) for row in field(data, "list", list)]
            pages = field(data, "pages", int)
            page += 1
        return months

    async def _get(self, path: str, query: Mapping[str, str | int]) -> tuple[dict[str, Any], bytes]:
        """The ``data`` of an answer, and the answer as it came."""
        await self._pace.turn()
        with transport_faults(path):
            response = await self._view.page.context.request.get(
                self._base_url + path, params=dict(query), timeout=self._timeout
            )
            body = await response.body()
            await response.dispose()
        refuse_status(path, response.status)
        if response.status in _REFUSED:
            raise ApiRefusedError(f"{path} answers {response.status} to programs", remedy="Use the pages")
        try:
            return _data_of(body, response.status), body
        except UnknownLayoutError as error:
            raise await layout_changed(self._view.page, f"{path}: {error}") from error

    async def _changed(self, announcement: Announcement, page: int, error: UnknownLayoutError) -> Exception:
        """The error for a list that changed, with a picture of it as the site's own page shows it."""
        with suppress(SourceUnavailableError):  # the picture then shows what there is
            await self._view.go(f"/announcement/{announcement.announcement_id}?page={page}")
        return await layout_changed(
            self._view.page, f"list {announcement.announcement_id}, page {page}: {error}"
        )


def _data_of(body: bytes, status: int) -> dict[str, Any]:
    """What an answer carries under ``data``.

    Raises:
        UnknownLayoutError: it is no JSON of the known shape, or says that something is wrong.
    """
    try:
        answer = json.loads(body)
    except ValueError:
        raise UnknownLayoutError(f"status {status} with {body[:40]!r}, which is no JSON") from None
    if not isinstance(answer, dict) or status != _OK or field(answer, "code", int) != 0:
        raise UnknownLayoutError(f"status {status} with {body[:200].decode(errors='replace')!r}")
    data: dict[str, Any] = field(answer, "data", dict)
    return data


def _texts(row: object) -> dict[str, str]:
    if not isinstance(row, dict):
        raise UnknownLayoutError(f"a row is {type(row).__name__}, expected an object")
    return {str(key): "" if value is None else str(value) for key, value in row.items()}
