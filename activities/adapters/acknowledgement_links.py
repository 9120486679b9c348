"""Acknowledgement links signed with HMAC-SHA256, so that only we can make one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from activities.ports.delivery import (
    AcknowledgementClaim,
    AcknowledgementLinks,
    ExpiredLinkError,
    ForgedLinkError,
)
from models.errors import InvalidInputError

_PURPOSE: Final = b"leaseflow/acknowledgement/1\n"
"""Keeps a signature made for something else with the same key from passing here."""
_KEY_BYTES: Final = 32


class LinkSigner(AcknowledgementLinks):
    """Signs with the first key and accepts any, so that keys can be rotated.

    Args:
        keys: secrets of 32 bytes or more, the newest first.

    Raises:
        InvalidInputError: there is no key, or one is too short to be a secret.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or min(map(len, keys)) < _KEY_BYTES:
            raise InvalidInputError(
                f"link signing takes keys of at least {_KEY_BYTES} bytes",
                remedy="Make one with: python -c 'import secrets; print(secrets.token_hex(32))'",
            )
        self._keys = tuple(keys)

    def sign(self, claim: AcknowledgementClaim) -> str:
        body = json.dumps(
            [claim.warning_workflow, claim.recipient, int(claim.expires_at.timestamp())],
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        return f"{_encoded(body)}.{_encoded(_signature(self._keys[0], body))}"

    def verify(self, token: str, *, now: datetime) -> AcknowledgementClaim:
        try:
            body, signature = map(_decoded, token.split("."))
        except (ValueError, binascii.Error):
            raise ForgedLinkError from None
        # every key is tried, so that time does not tell which one fits
        fits = [hmac.compare_digest(_signature(key, body), signature) for key in self._keys]
        if not any(fits):
            raise ForgedLinkError
        warning_workflow, recipient, expires = json.loads(body)
        expires_at = datetime.fromtimestamp(expires, UTC)
        if now >= expires_at:
            raise ExpiredLinkError(expires_at)
        return AcknowledgementClaim(warning_workflow, recipient, expires_at)


def _signature(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + body, hashlib.sha256)


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    """The bytes of a part that is written as `_encoded` writes it; no other spelling passes.

    Raises:
        ValueError: the part is not so written.
    """
    content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encoded(content) != text:
        raise ValueError("not the one spelling of this content")
    return content
