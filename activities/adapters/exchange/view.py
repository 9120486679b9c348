"""The site's single page as a person sees it: go to a hash route, wait until it is drawn, read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from activities.adapters.exchange.faults import (
    layout_changed,
    refuse_status,
    screenshot_of,
    transport_faults,
)
from activities.ports.bill_source import SessionExpiredError, SourceUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.async_api import Page

    from activities.adapters.exchange.pace import Pace

LOGIN, CHALLENGE, _ERROR = "/login", "/challenge", "/error"
_NOT_A_START: Final = ("", LOGIN, CHALLENGE, _ERROR)
"""What may be shown when the next route needs the site loaded anew; empty when it is not loaded at all."""

_READ_TABLE: Final = """id => {
    const table = document.querySelector(`table#${id}`);
    if (!table) return null;
    const text = node => node ? node.textContent.trim() : "";
    return {
        headings: [...table.querySelectorAll("thead th")].map(text),
        rows: [...table.querySelectorAll("tbody tr")].map(row => [...row.cells].map(cell => ({
            text: text(cell), links: [...cell.querySelectorAll("a")].map(a => a.getAttribute("href")),
        }))),
        pager: ["current", "total"].map(name => text(document.querySelector(`.pager .${name}`))),
    };
}"""
_READ_FILES: Final = """() => [...document.querySelectorAll("#files li")].map(item => ({
    href: item.querySelector("a").getAttribute("href"),
    name: item.querySelector("a").textContent.trim(),
    type: item.querySelector(".type").textContent.trim(),
}))"""


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table as it is shown."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    links: Sequence[Sequence[Sequence[str]]]
    """Addresses of each cell's links."""
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A link to an attachment."""

    href: str
    name: str
    media_type: str


class View:
    """One tab on the site."""

    def __init__(self, page: Page, base_url: str, pace: Pace, *, timeout_seconds: float) -> None:
        self.page = page
        self._base_url = base_url
        self._pace = pace
        self._timeout = timeout_seconds * 1000
        page.set_default_timeout(self._timeout)

    async def go(self, route: str) -> str:
        """Show a hash route and wait until it is drawn; the route that is shown may be the login's.

        Raises:
            SourceUnavailableError: the site does not answer, or shows its error page.
        """
        await self._pace.turn()
        address = f"{self._base_url}/#{route}"
        what = f"page {route}"
        try:
            with transport_faults(what):
                if self.page.url == address or not await self._is_a_start():
                    # From there a new hash would draw nothing, or an old refusal would pass for a new one.
                    await self.page.goto("about:blank")
                response = await self.page.goto(address, wait_until="commit")
                if response is not None:  # None: only the hash changed, nothing was loaded
                    refuse_status(what, response.status)
                return await self.drawn(route)
        except SourceUnavailableError as error:
            error.screenshot = error.screenshot or await screenshot_of(self.page)
            raise

    async def go_as_member(self, route: str) -> None:
        """Show a hash route that needs a session.

        Raises:
            SessionExpiredError: the site asks to log in instead.
        """
        if await self.go(route) in (LOGIN, CHALLENGE):
            raise SessionExpiredError(
                f"the session ended before page {route}", remedy="Log in again and go on from there"
            )

    async def drawn(self, *routes: str) -> str:
        """Wait until one of the routes, or the login, is drawn; returns the one that is."""
        wanted = (*routes, LOGIN, CHALLENGE, _ERROR)
        selector = ", ".join(f'main[aria-busy="false"][data-route={json.dumps(route)}]' for route in wanted)
        await self.page.wait_for_selector(selector)
        shown = await self._shown()
        if shown == _ERROR:
            said = (await self.page.inner_text("main .error")).strip()
            raise SourceUnavailableError(f"the site says {said!r}", remedy="Try again later")
        return shown

    async def table(self, identity: str) -> ShownTable:
        """The table with an element id.

        Raises:
            LayoutChangedError: there is no such table, or it has no pager that says where we are.
        """
        with transport_faults(f"table {identity}"):
            raw: dict[str, Any] | None = await self.page.evaluate(_READ_TABLE, identity)
        if raw is None:
            raise await layout_changed(self.page, f"there is no table {identity!r} on {self.page.url}")
        headings, rows = raw["headings"], raw["rows"]
        if any(len(row) != len(headings) for row in rows):
            raise await layout_changed(self.page, f"rows of table {identity!r} do not fit its headings")
        page, pages, total = await self._place(raw["pager"], len(rows))
        return ShownTable(
            headings=headings,
            rows=[[cell["text"] for cell in row] for row in rows],
            links=[[cell["links"] for cell in row] for row in rows],
            page=page,
            pages=pages,
            total=total,
        )

    async def files(self) -> list[ShownFile]:
        """The attachments that the page links to."""
        with transport_faults("list of attachments"):
            raw = await self.page.evaluate(_READ_FILES)
        return [ShownFile(item["href"], item["name"], item["type"]) for item in raw]

    async def html(self) -> bytes:
        """The page as it is now, as evidence."""
        with transport_faults("content of the page"):
            return (await self.page.content()).encode()

    async def _is_a_start(self) -> bool:
        """Whether a new hash would draw its route: not on a page that is still on its way elsewhere."""
        from playwright.async_api import Error  # noqa: PLC0415 - only who crawls needs it

        try:
            return await self._shown() not in _NOT_A_START
        except Error:
            return False

    async def _shown(self) -> str:
        return str(await self.page.evaluate('document.querySelector("main")?.dataset.route ?? ""'))

    async def _place(self, pager: list[str], rows: int) -> tuple[int, int, int]:
        """Page, pages and total from ``第 2 / 33 页`` and ``共 1638 条``."""
        current, total = pager
        if not current and not total:  # a short table without a pager
            return 1, 1, rows
        try:
            page, _, pages = current.removeprefix("第").removesuffix("页").partition("/")
            return int(page), int(pages), int(total.removeprefix("共").removesuffix("条"))
        except ValueError:
            detail = f"the pager says {current!r} and {total!r}"
            raise await layout_changed(self.page, detail) from None
