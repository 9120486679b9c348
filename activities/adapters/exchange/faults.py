"""What goes wrong on the way to the site, in the words of the port."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from activities.ports.bill_source import LayoutChangedError, SessionExpiredError, SourceUnavailableError

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.async_api import Page

UNAUTHORIZED: Final = 401
TOO_MANY_REQUESTS: Final = 429
SERVER_ERRORS: Final = 500
_SCREENSHOT_MILLISECONDS: Final = 5000


class ApiRefusedError(SourceUnavailableError):
    """The JSON API does not talk to programs; the pages may."""


@contextmanager
def transport_faults(what: str) -> Generator[None]:
    """Turn the browser's failures (refused, reset, timed out, crashed) into `SourceUnavailableError`."""
    from playwright.async_api import Error, TimeoutError  # noqa: A004, PLC0415

    try:
        yield
    except TimeoutError as error:
        raise SourceUnavailableError(f"{what} did not answer in time", remedy="Try again later") from error
    except Error as error:
        reason = str(error.message).strip().splitlines()[0]
        raise SourceUnavailableError(f"{what} failed: {reason}", remedy="Try again later") from error


def refuse_status(what: str, status: int) -> None:
    """Raise what an HTTP status means; a good one passes.

    Raises:
        SessionExpiredError: 401.
        SourceUnavailableError: 429 and 5xx.
    """
    if status == UNAUTHORIZED:
        raise SessionExpiredError(
            f"the session ended before {what}", remedy="Log in again and go on from there"
        )
    if status == TOO_MANY_REQUESTS or status >= SERVER_ERRORS:
        raise SourceUnavailableError(f"{what} answered with status {status}", remedy="Try again later")


async def screenshot_of(page: Page) -> bytes | None:
    """What the page shows now, as evidence; None when the browser cannot say any more."""
    from playwright.async_api import Error  # noqa: PLC0415

    try:
        return await page.screenshot(full_page=True, scale="css", timeout=_SCREENSHOT_MILLISECONDS)
    except Error:
        return None


async def layout_changed(page: Page, detail: str) -> LayoutChangedError:
    """The error for a page that is not what it was, with its picture."""
    return LayoutChangedError(detail, await screenshot_of(page))
