"""Timestamps of the authority, as pyhanko asks for them."""

from __future__ import annotations

from datetime import datetime

from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper

from activities.ports.pdf_signatures import StampTime


class AskedTimeStamper(TimeStamper):
    """Asks a service that blocks; remembers the token that it gave last.

    Args:
        ask: answers requests.
    """

    def __init__(self, ask: StampTime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._ask = ask
        self._token: cms.ContentInfo | None = None

    @property
    def stamped_at(self) -> datetime:
        """What the last token says.

        Raises:
            LookupError: none was asked for.
        """
        if self._token is None:
            raise LookupError("no timestamp was asked for")
        return content_time(self._token["content"])

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """See `TimeStamper`."""
        response = tsp.TimeStampResp.load(self._ask(req.dump()))
        self._token = response["time_stamp_token"]
        return response


def content_time(signed_data: cms.SignedData) -> datetime:
    """When a timestamp token says that it was given."""
    told: datetime = signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    return told
