"""One Chromium for the life of a worker: found, launched when first needed, launched anew if it died.

The browser does not outlive its worker, SIGKILL included: Playwright's driver ends when the pipe to
this process closes, and Chromium ends when the driver does.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from models.errors import ServiceUnreachableError

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

COMMANDS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Without these Chromium talks to its maker and tries QUIC first, which proxies of banks swallow.
_QUIET: Final = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


_INSTALL: Final = (
    "Run `apt-get install chromium` or `playwright install --with-deps chromium`, "
    "or configure the path of an installed browser"
)


class BrowserMissingError(ServiceUnreachableError):
    """There is no Chromium to crawl with, or what drives it does not run."""

    def __init__(self, detail: str, *, remedy: str = _INSTALL) -> None:
        super().__init__(detail, remedy=remedy)


def find_browser(configured: Path | None) -> Path | None:
    """The browser to use: the configured one, else the first of `COMMANDS` on PATH.

    None leaves the choice to Playwright, which may have downloaded its own.

    Raises:
        BrowserMissingError: the configured path is no executable file.
    """
    if configured is not None:
        if not (configured.is_file() and os.access(configured, os.X_OK)):
            raise BrowserMissingError(f"browser path {str(configured)!r} is not an executable file")
        return configured
    found = next(filter(None, map(shutil.which, COMMANDS)), None)
    return Path(found) if found else None


class BrowserProcess:
    """A browser that is launched once and shared by everything that opens a context in it."""

    def __init__(self, browser_path: Path | None) -> None:
        self._path = browser_path
        self._launching = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def running(self) -> Browser:
        """The browser, launched if it is not there or has died.

        Raises:
            BrowserMissingError: there is none, or it does not start.
        """
        async with self._launching:
            if self._browser is None or not self._browser.is_connected():
                await self._end()
                self._browser = await self._launch()
            return self._browser

    async def close(self) -> None:
        """End the browser and its driver."""
        async with self._launching:
            await self._end()

    async def _launch(self) -> Browser:
        from playwright.async_api import Error  # noqa: PLC0415 - 0.3 s nobody else needs

        executable = find_browser(self._path)
        self._playwright = await _started_driver()
        # Chromium's own sandbox cannot be set up by root; everybody else keeps it.
        arguments = [*_QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(_QUIET)
        try:
            # Signals are the worker's to handle: a draining worker still needs its browser.
            return await self._playwright.chromium.launch(
                executable_path=executable,
                args=arguments,
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
            )
        except Error as error:
            await self._end()
            first_line = str(error).strip().splitlines()[0]
            raise BrowserMissingError(f"no browser could be started: {first_line}") from error

    async def _end(self) -> None:
        from playwright.async_api import Error  # noqa: PLC0415

        browser, playwright = self._browser, self._playwright
        self._browser = self._playwright = None
        with suppress(Error):  # it may have died already, which is what is wanted
            if browser is not None:
                await browser.close()
        if playwright is not None:
            await playwright.stop()


async def _started_driver() -> Playwright:
    """Playwright's driver, a Node.js program that its wheel brings along.

    Raises:
        BrowserMissingError: it does not run; on a minimal Debian it lacks a library.
    """
    from playwright.async_api import async_playwright  # noqa: PLC0415

    try:
        return await async_playwright().start()
    except Exception as error:  # Playwright raises nothing more particular when its driver ends at once
        raise BrowserMissingError(
            f"Playwright's driver does not start: {error}",
            remedy="Run `apt-get install libatomic1`, which its Node.js needs and a minimal Debian lacks",
        ) from error
