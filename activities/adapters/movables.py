"""The registry of movables behind HTTP: signed requests, and only answers that the registry signed."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import httpx

from activities.adapters.banks.signing import HmacSignatures, canonical, signed_headers
from activities.ports.movables import (
    MovablesOffice,
    RegistryEntry,
    RegistryRefusedError,
    RegistryUnreachableError,
)
from activities.ports.secrets import SecretStore
from models.lease.registration import RegisterLease

SECRET: Final = "movables_key"  # noqa: S105 - the name of a secret, not one
_CLIENT_ID: Final = "leaseflow"
_ANSWER_SECONDS: Final = 10.0
_TARGET: Final = "/v1/registrations"
_REFUSED: Final = frozenset({404, 409, 422})
"""Statuses by which the registry says no; any other failure may pass."""


class HttpMovables(MovablesOffice):
    """Speaks with the registry at one address.

    Args:
        address: base URL.
        secrets: hold the shared key under `SECRET`.
        clock: tells the time that requests carry.
        answer_seconds: an answer that takes longer is taken for none.

    Raises:
        MissingSecretError: there is no key.
    """

    def __init__(
        self,
        address: str,
        secrets: SecretStore,
        clock: Callable[[], datetime],
        *,
        answer_seconds: float = _ANSWER_SECONDS,
    ) -> None:
        key = secrets.get(SECRET).encode()
        self._signatures = HmacSignatures(key, key)
        self._clock = clock
        self._base = urlsplit(address).path.rstrip("/")
        self._client = httpx.AsyncClient(base_url=address, timeout=answer_seconds, follow_redirects=False)

    async def enter(self, wish: RegisterLease) -> None:
        """See `MovablesOffice.enter`."""
        await self._ask("POST", _TARGET, _content(wish))

    async def of_reference(self, reference: str) -> Sequence[RegistryEntry]:
        """See `MovablesOffice.of_reference`."""
        return await self._find({"reference": reference})

    async def of_item(self, identifier: str) -> Sequence[RegistryEntry]:
        """See `MovablesOffice.of_item`."""
        return await self._find({"item": identifier})

    async def change(self, number: str, content: RegisterLease) -> None:
        """See `MovablesOffice.change`."""
        await self._ask("PUT", f"{_TARGET}/{quote(number)}", _content(content))

    async def end(self, number: str, reason: str) -> RegistryEntry:
        """See `MovablesOffice.end`."""
        target = f"{_TARGET}/{quote(number)}?{urlencode({'reason': reason})}"
        return _entry(await self._ask("DELETE", target))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _find(self, query: Mapping[str, str]) -> list[RegistryEntry]:
        said = await self._ask("GET", f"{_TARGET}?{urlencode(query)}")
        found = said.get("registrations")
        if not isinstance(found, list):
            raise RegistryUnreachableError("the registry's answer cannot be read: it lists no registrations")
        return [_entry(each) for each in found]

    async def _ask(self, method: str, target: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        body = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
        headers = signed_headers(self._signatures, method, self._base + target, body, at=self._clock())
        headers |= {"Content-Type": "application/json; charset=utf-8", "X-Client": _CLIENT_ID}
        try:
            reply = await self._client.request(method, target, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise RegistryUnreachableError(
                f"the registry of movables does not answer ({type(error).__name__})",
                remedy="It is asked again by our reference",
            ) from error
        return self._read(reply, self._base + target, headers["X-Nonce"])

    def _read(self, reply: httpx.Response, target: str, nonce: str) -> dict[str, Any]:
        """An answer that the registry signed for this request; a refusal is raised in its own words."""
        if not (reply.is_success or reply.status_code in _REFUSED):
            raise RegistryUnreachableError(f"the registry of movables answers {reply.status_code}")
        timestamp = reply.headers.get("X-Timestamp", "")
        signed = canonical(str(reply.status_code), target, timestamp, nonce, reply.content)
        if not self._signatures.is_signed(signed, _signature(reply)):
            raise RegistryUnreachableError("an answer is not signed by the registry of movables")
        try:
            said = reply.json()
        except ValueError as error:
            raise RegistryUnreachableError("the registry's answer is not JSON") from error
        if not isinstance(said, dict):
            raise RegistryUnreachableError("the registry's answer is no JSON object")
        if not reply.is_success:
            raise RegistryRefusedError(str(said.get("error", reply.status_code)))
        return said


def _signature(reply: httpx.Response) -> bytes:
    try:
        return base64.b64decode(reply.headers.get("X-Signature", ""), validate=True)
    except binascii.Error:
        return b""


def _content(wish: RegisterLease) -> dict[str, Any]:
    """A registration in the registry's words."""
    return {
        "reference": wish.contract_number,
        "type": "finance-lease",
        "registrant": {"name": wish.lessor.name, "id": wish.lessor.identifier},
        "debtor": {"name": wish.lessee.name, "id": wish.lessee.identifier},
        "items": [
            {"kind": asset.kind.value, "id": asset.identifier, "description": asset.description}
            for asset in wish.assets
        ],
        "amount": str(wish.secured),
        "currency": wish.secured.currency,
        "expires": wish.until.isoformat(),
    }


def _entry(said: Any) -> RegistryEntry:  # noqa: ANN401 - whatever JSON holds
    try:
        content = said["content"]
        ended = said.get("ended_at")
        return RegistryEntry(
            number=str(said["certificate"]),
            reference=str(said["reference"]),
            holder=str(content["registrant"]["name"]),
            debtor=str(content.get("debtor", {}).get("id", "")),
            items=tuple(sorted(str(item["id"]) for item in content["items"])),
            registered_at=_instant(said["registered_at"]),
            ended_at=_instant(ended) if ended else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RegistryUnreachableError(f"the registry's answer cannot be read: {error!r}") from error


def _instant(text: str) -> datetime:
    """Who was first is decided by instants: a time that may be anywhere in the world is none."""
    told = datetime.fromisoformat(text)
    if told.tzinfo is None:
        raise ValueError(f"{text!r} does not say in which time zone")
    return told
