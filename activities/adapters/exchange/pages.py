"""The site's pages as a person reads them, and pictures of them when their text is not to be had."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from activities.adapters.exchange import layout
from activities.adapters.exchange.faults import layout_changed, transport_faults
from activities.adapters.exchange.gathering import summed, without_repeats
from activities.adapters.exchange.layout import TablePage, UnknownLayoutError
from activities.adapters.exchange.login import FRONT, saved_session
from activities.ports.bill_source import Announcement, Attachment, ListPage, SourceLimitError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import date, datetime

    from activities.adapters.exchange.downloads import Downloads
    from activities.adapters.exchange.layout import Settlement
    from activities.adapters.exchange.view import ShownTable, View
    from activities.ports.bill_source import AcceptorAmounts

_OVERDUE_LIST: Final = "逾期名单"
_HEADINGS: Final = ("公告标题", "类别", "名单日期", "发布时间")
_ACCOUNT_NAME, _ACCOUNT_CODE = "承兑人名称", "统一社会信用代码"
_HTML: Final = "text/html"


class PagesSource:
    """A `BillSource` over the pages' tables."""

    name = "pages"

    def __init__(self, view: View, downloads: Downloads, *, max_pages: int) -> None:
        self._view = view
        self._max_pages = max_pages
        self.download = downloads.fetch

    async def probe(self) -> None:
        """See that the pages can be read: the announcements are there."""
        await self._view.go_as_member(FRONT)
        await self._view.table("announcements")

    async def announcements(self, *, since: date | None) -> list[Announcement]:
        found: list[Announcement] = []
        page = pages = 1
        while page <= pages:
            await self._view.go_as_member(f"/announcements?page={page}")
            shown = await self._view.table("announcements")
            pages = shown.pages
            for cells, links in zip(shown.rows, shown.links, strict=True):
                try:
                    published_at, head = self._head(shown, cells, links)
                except UnknownLayoutError as error:
                    raise await layout_changed(self._view.page, f"announcements: {error}") from error
                if since and published_at.date() < since:
                    return without_repeats(found)
                if head and not (since and head.list_date < since):
                    found.append(await self._detailed(head))
            page += 1
        return without_repeats(found)

    async def table_pages(self, announcement: Announcement, *, first_page: int) -> AsyncIterator[ListPage]:
        page, pages = first_page, announcement.table_pages
        if pages > self._max_pages:
            raise SourceLimitError.of_pages(announcement.announcement_id, pages, self._max_pages)
        while page <= pages:
            await self._view.go_as_member(f"/announcement/{announcement.announcement_id}?page={page}")
            read = await self._read_page(await self._view.table("list"), page)
            pages = read.of_pages
            yield read
            page += 1

    async def amounts(self, *, uscc: str, list_date: date) -> AcceptorAmounts | None:
        await self._view.go_as_member(f"/acceptor?code={quote(uscc)}")
        shown = await self._view.table("accounts")
        evidence = [await self._view.html()]
        settlements: list[Settlement] = []
        name = ""
        try:
            for cells, links in zip(shown.rows, shown.links, strict=True):
                account = dict(zip(shown.headings, cells, strict=True))
                if _named(account, _ACCOUNT_CODE) == uscc:
                    name = _named(account, _ACCOUNT_NAME)
                    settlements += await self._settlements(_only_link(links), list_date, evidence)
        except UnknownLayoutError as error:
            raise await layout_changed(self._view.page, f"amounts of {uscc}: {error}") from error
        return summed(
            settlements,
            uscc=uscc,
            name=name,
            as_of=list_date,
            evidence=b"\n".join(evidence),
            media_type=_HTML,
        )

    async def session(self) -> bytes:
        return await saved_session(self._view)

    async def _read_page(self, shown: ShownTable, page: int) -> ListPage:
        keys = layout.keys_of(shown.headings, layout.LIST_TITLES)
        try:
            layout.check_list_titles(dict(zip(keys, shown.headings, strict=True)))
            cells = [dict(zip(keys, row, strict=True)) for row in shown.rows]
            rows = layout.list_rows(TablePage(shown.page, shown.pages, shown.total, cells), page=page)
        except UnknownLayoutError as error:
            raise await layout_changed(self._view.page, f"page {page} of the list: {error}") from error
        return ListPage(page, shown.pages, await self._view.html(), _HTML, rows)

    def _head(
        self, shown: ShownTable, cells: Sequence[str], links: Sequence[Sequence[str]]
    ) -> tuple[datetime, Announcement | None]:
        """When something was published, and, if it is an overdue list, its head."""
        said = dict(zip(shown.headings, cells, strict=True))
        title, kind, list_date, published = (_named(said, heading) for heading in _HEADINGS)
        published_at = layout.moment(published)
        if kind != _OVERDUE_LIST:
            return published_at, None
        addresses = links[list(shown.headings).index(_HEADINGS[0])]
        identities = [address.removeprefix("#/announcement/").partition("?")[0] for address in addresses]
        if not identities:
            raise UnknownLayoutError(f"announcement {title!r} has no link")
        corrects = identities[1] if len(identities) > 1 else None
        head = Announcement(identities[0], title, layout.day(list_date), published_at, corrects, 0, ())
        return published_at, head

    async def _detailed(self, head: Announcement) -> Announcement:
        await self._view.go_as_member(f"/announcement/{head.announcement_id}?page=1")
        files = await self._view.files()
        attachments = tuple(Attachment(f.href.rpartition("/")[2], f.name, f.media_type) for f in files)
        has_table = await self._view.page.locator(".pager").count()
        if not has_table and not attachments:
            raise await layout_changed(self._view.page, f"{head.title!r} shows neither table nor files")
        pages = (await self._view.table("list")).pages if has_table else 0
        return replace(head, table_pages=pages, attachments=attachments)

    async def _settlements(self, address: str, until: date, evidence: list[bytes]) -> list[Settlement]:
        route = address.removeprefix("#").partition("?")[0]
        months: list[Settlement] = []
        page = pages = 1
        while page <= min(pages, self._max_pages) and not (months and months[-1].as_of <= until):
            await self._view.go_as_member(f"{route}?page={page}")
            shown = await self._view.table("settlements")
            keys = layout.keys_of(shown.headings, layout.SETTLEMENT_TITLES)
            layout.check_settlement_titles(dict(zip(keys, shown.headings, strict=True)))
            months += [layout.settlement(dict(zip(keys, row, strict=True))) for row in shown.rows]
            evidence.append(await self._view.html())
            pages = shown.pages
            page += 1
        return months


class ScreenshotsSource(PagesSource):
    """The pages' lists as pictures, to be read by OCR: for when their text is scrambled or drawn.

    Amounts per acceptor are still read from the page's text.
    """

    name = "screenshots"

    async def _read_page(self, shown: ShownTable, page: int) -> ListPage:
        if shown.page != page:
            raise await layout_changed(self._view.page, f"asked for page {page}, got page {shown.page}")
        with transport_faults(f"picture of page {page}"):
            await self._view.page.evaluate("document.fonts.ready.then(() => true)")
            picture = await self._view.page.locator("table#list").screenshot(scale="device")
        return ListPage(page, shown.pages, picture, "image/png", None)


def _named(said: Mapping[str, str], heading: str) -> str:
    if heading not in said:
        raise UnknownLayoutError(f"column {heading} is missing, found {list(said)}")
    return said[heading]


def _only_link(links: Sequence[Sequence[str]]) -> str:
    addresses = [address for cell in links for address in cell]
    if len(addresses) != 1:
        raise UnknownLayoutError(f"an account should have one link, has {addresses}")
    return addresses[0]
