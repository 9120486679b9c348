"""Opens the site: one browser for all, a context of its own for each opening."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from activities.adapters.exchange.api import ApiSource
from activities.adapters.exchange.browser import BrowserProcess
from activities.adapters.exchange.downloads import Downloads
from activities.adapters.exchange.faults import transport_faults
from activities.adapters.exchange.login import enter, storage_of
from activities.adapters.exchange.pace import Pace
from activities.adapters.exchange.pages import PagesSource, ScreenshotsSource
from activities.adapters.exchange.view import View
from activities.ports.bill_source import SourceUnavailableError
from models.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from activities.ports.bill_source import BillSource, SourceLogin

SOURCE_KINDS: Final = ("api", "pages", "screenshots")

_SCALE: Final = 2.0
"""Device pixels per page pixel: OCR wants characters of some thirty pixels."""


class ExchangeGateway:
    """A `SourceGateway` with a real browser behind it.

    Args:
        browser_path: the Chromium to use; None takes the first on PATH, else Playwright's own.
        browser: a browser that others use, too, in place of one of its own.
        timeout_seconds: patience with one request or one page.
        max_pages: a list of more pages is refused, not walked.
        max_download_bytes: a larger file is refused.
    """

    def __init__(
        self,
        browser_path: Path | None = None,
        *,
        browser: BrowserProcess | None = None,
        timeout_seconds: float = 30.0,
        max_pages: int = 1000,
        max_download_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        self._browser = browser or BrowserProcess(browser_path)
        self._timeout_seconds = timeout_seconds
        self._max_pages = max_pages
        self._max_download_bytes = max_download_bytes

    async def close(self) -> None:
        """End the browser; opening again starts a new one."""
        await self._browser.close()

    @asynccontextmanager
    async def open(
        self, login: SourceLogin, *, kinds: Sequence[str], delay_seconds: float
    ) -> AsyncGenerator[BillSource]:
        """See `SourceGateway.open`.

        Raises:
            InvalidInputError: an unknown kind, or a saved session that cannot be read.
            BrowserMissingError: no browser can be started.
            ChallengeRequiredError, CredentialsRefusedError, SourceUnavailableError: as the port says.
        """
        _check_kinds(kinds)
        storage = storage_of(login)
        browser = await self._browser.running()
        with transport_faults("a new browser context"):
            context = await browser.new_context(
                storage_state=storage,
                device_scale_factor=_SCALE,
                viewport={"width": 1280, "height": 900},
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
        try:
            with transport_faults("a new tab"):
                page = await context.new_page()
            base_url = login.base_url.rstrip("/")
            pace = Pace(delay_seconds)
            view = View(page, base_url, pace, timeout_seconds=self._timeout_seconds)
            await enter(view, login)
            yield await self._first_that_answers(kinds, view, base_url, pace)
        finally:
            with suppress(SourceUnavailableError), transport_faults("closing"):
                await context.close()

    async def _first_that_answers(
        self, kinds: Sequence[str], view: View, base_url: str, pace: Pace
    ) -> BillSource:
        refusals = []
        for kind in kinds:
            source = self._source(kind, view, base_url, pace)
            try:
                await source.probe()
            except SourceUnavailableError as error:
                refusals.append(error)
            else:
                return source
        if len(refusals) == 1:
            raise refusals[0]
        told = "; ".join(f"{kind}: {error.message}" for kind, error in zip(kinds, refusals, strict=True))
        raise SourceUnavailableError(f"no way into the site answers: {told}", remedy="Try again later")

    def _source(self, kind: str, view: View, base_url: str, pace: Pace) -> ApiSource | PagesSource:
        downloads = Downloads(
            view, base_url, pace, timeout_seconds=self._timeout_seconds, max_bytes=self._max_download_bytes
        )
        match kind:
            case "api":
                return ApiSource(
                    view,
                    base_url,
                    pace,
                    downloads,
                    timeout_seconds=self._timeout_seconds,
                    max_pages=self._max_pages,
                )
            case "pages":
                return PagesSource(view, downloads, max_pages=self._max_pages)
            case _:
                return ScreenshotsSource(view, downloads, max_pages=self._max_pages)


def _check_kinds(kinds: Sequence[str]) -> None:
    unknown = [kind for kind in kinds if kind not in SOURCE_KINDS]
    if unknown or not kinds:
        raise InvalidInputError(
            f"source kinds {list(kinds)} are not usable", remedy=f"Name some of {', '.join(SOURCE_KINDS)}"
        )
