"""Timestamps of the authority: asked for as pyhanko does, and believed only from whom we trust."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from asn1crypto import cms, tsp, x509
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus

from activities.adapters.pades.trust import trusting
from activities.ports.authority import Evidence
from activities.ports.pdf_signatures import StampTime
from models.lease.contract.errors import UntrustedSignatureError


class AskedTimeStamper(TimeStamper):
    """Asks a service that blocks; remembers the token that it gave last.

    Args:
        ask: answers requests.
    """

    def __init__(self, ask: StampTime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._ask = ask
        self._asked: tsp.MessageImprint | None = None
        self._token: cms.ContentInfo | None = None

    async def checked(self, evidence: Evidence, roots: Sequence[x509.Certificate]) -> datetime:
        """When the last token was given.

        Args:
            evidence: certificates between, and what says that they were not revoked.
            roots: trusted.

        Raises:
            LookupError: none was asked for.
            UntrustedSignatureError: it is of something else, or nobody whom we trust vouches for it.
        """
        if self._asked is None or self._token is None:
            raise LookupError("no timestamp was asked for")
        asked, signed_data = self._asked, self._token["content"]
        at = content_time(signed_data)

        def imprint(algorithm: str) -> bytes:
            # another algorithm than we asked for is another answer than we asked for
            same = algorithm == asked["hash_algorithm"]["algorithm"].native
            return bytes(asked["hashed_message"].native) if same else b""

        try:
            told = await validate_tst_signed_data(signed_data, trusting(roots, evidence, at=at), imprint)
        except SignatureValidationError as error:
            raise _untrusted(str(error)) from error
        status = TimestampSignatureStatus(**told)
        if not (status.intact and status.valid and status.trusted):
            raise _untrusted(status.summary())
        return at

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """See `TimeStamper`."""
        response = tsp.TimeStampResp.load(self._ask(req.dump()))
        self._asked, self._token = req["message_imprint"], response["time_stamp_token"]
        return response


def _untrusted(why: str) -> UntrustedSignatureError:
    return UntrustedSignatureError(
        f"the timestamp of the signing authority is not to be trusted: {why}",
        remedy="Ask the signing authority which service stamps for it, and check the secret authority_root",
    )


def content_time(signed_data: cms.SignedData) -> datetime:
    """When a timestamp token says that it was given."""
    told: datetime = signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    return told
