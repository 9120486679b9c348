"""Files as the site has them: whole, or not at all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from activities.adapters.exchange.faults import layout_changed, refuse_status, transport_faults
from activities.ports.bill_source import SourceLimitError, SourceUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.adapters.exchange.pace import Pace
    from activities.adapters.exchange.view import View
    from activities.ports.bill_source import Attachment

_OK: Final = 200
_WEB_PAGE: Final = ("text/html", "application/json")


class Downloads:
    """Fetches attachments with the session's cookies, through the browser."""

    def __init__(
        self, view: View, base_url: str, pace: Pace, *, timeout_seconds: float, max_bytes: int
    ) -> None:
        self._view = view
        self._base_url = base_url
        self._pace = pace
        self._timeout = timeout_seconds * 1000
        self._max_bytes = max_bytes

    async def fetch(self, attachment: Attachment) -> bytes:
        """A file's content, checked against every length and digest that comes with it.

        Raises:
            SourceUnavailableError: it came incomplete or not at all.
            SourceLimitError: it is larger than allowed.
            SessionExpiredError: the session ended.
            LayoutChangedError: a web page came in place of the file.
        """
        what = f"file {attachment.attachment_id} ({attachment.filename})"
        await self._pace.turn()
        with transport_faults(what):
            response = await self._view.page.context.request.get(
                f"{self._base_url}/files/{attachment.attachment_id}", timeout=self._timeout
            )
            content = await response.body()
            await response.dispose()
        refuse_status(what, response.status)
        kind = response.headers.get("content-type", "").partition(";")[0]
        if response.status != _OK or (kind in _WEB_PAGE and kind != attachment.media_type):
            detail = f"{what} answers {response.status} {kind or 'of no type'}, no {attachment.media_type}"
            raise await layout_changed(self._view.page, detail)
        if len(content) > self._max_bytes:
            raise SourceLimitError(
                f"{what} has {len(content)} bytes, more than the {self._max_bytes} allowed",
                remedy="Raise the limit, or upload the file by hand",
            )
        _check_whole(what, content, response.headers)
        return content


def _check_whole(what: str, content: bytes, headers: Mapping[str, str]) -> None:
    announced = {headers[name] for name in ("content-length", "x-file-size") if name in headers}
    if "content-encoding" in headers:  # a compressed answer's length is not the file's
        announced.discard(headers.get("content-length", ""))
    if not content or any(length != str(len(content)) for length in announced):
        raise SourceUnavailableError(
            f"{what} came with {len(content)} bytes, announced were {', '.join(sorted(announced)) or 'some'}",
            remedy="Download it again",
        )
    digest = headers.get("x-file-sha256")
    if digest and digest.lower() != hashlib.sha256(content).hexdigest():
        raise SourceUnavailableError(
            f"{what} came with another digest than announced", remedy="Download it again"
        )
