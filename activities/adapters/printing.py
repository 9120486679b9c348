"""Pages to PDF by Chromium's own printing."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from activities.adapters.exchange.browser import BrowserMissingError, BrowserProcess
from activities.adapters.fonts import chinese_font
from activities.ports.printing import PagePrinter, PrinterMissingError

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Route

_PAGE_URL: Final = "http://report.invalid/"
_FONT_URL: Final = "http://report.invalid/cjk.otf"
_FONT_FACE: Final = (
    '<style>@font-face { font-family: "Leaseflow CJK"; src: local("Noto Sans CJK SC"), '
    f'local("NotoSansCJKsc-Regular"), url("{_FONT_URL}"); }}</style></head>'
)
_DATES = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}([^)]*)\)")


class ChromiumPrinter(PagePrinter):
    """Prints with a browser that is at hand anyway, or else one of its own for each page.

    Args:
        browser: executable to use; None to look for one.
        shared: a browser that others use, too, and close.
        timeout_seconds: for the page to be laid out.
    """

    def __init__(
        self,
        browser: Path | None = None,
        *,
        shared: BrowserProcess | None = None,
        timeout_seconds: float = 60.0,
    ) -> None:
        self._browser = browser
        self._shared = shared
        self._timeout = timeout_seconds * 1_000

    async def pdf(self, html: Awaitable[str]) -> bytes:
        """Print a page; nothing is fetched from anywhere while it is printed.

        The PDF does not say when it was printed.

        Raises:
            PrinterMissingError: the machine has no Chromium.
        """
        process = self._shared or BrowserProcess(self._browser)
        try:
            browser = await process.running()
            return await self._print(browser, await html)
        except BrowserMissingError as error:
            raise PrinterMissingError(error.message, remedy=error.remedy) from error
        finally:
            if process is not self._shared:
                await process.close()

    async def _print(self, browser: Browser, html: str) -> bytes:
        async with await browser.new_page(java_script_enabled=False) as page:
            page.set_default_timeout(self._timeout)
            return await self._printed(page, html)

    async def _printed(self, page: Page, html: str) -> bytes:

        async def serve(route: Route) -> None:
            if route.request.url == _PAGE_URL:
                body = html.replace("</head>", _FONT_FACE, 1)
                await route.fulfill(body=body, content_type="text/html; charset=utf-8")
            elif route.request.url == _FONT_URL:
                await route.fulfill(path=chinese_font(), content_type="font/otf")
            else:
                await route.abort()

        await page.route("**/*", serve)
        await page.goto(_PAGE_URL, wait_until="load")
        # tags for screen readers would triple the size and double the time; the page itself has them
        printed = await page.pdf(format="A4", prefer_css_page_size=True, print_background=True, tagged=False)
        return _DATES.sub(rb"/\1 (D:20000101000000\2)", printed)
