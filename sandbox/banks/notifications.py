"""What the HTTP bank tells without being asked: signed calls to an address of the house."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx

from sandbox.banks.harbour_words import answer_of
from sandbox.banks.misbehaviour import NOTIFY
from sandbox.banks.orders import written
from sandbox.banks.signing import canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.banks.bank import Bank
    from sandbox.banks.books import Entry, Kept
    from sandbox.banks.keys import Keyring

_TRIES: Final = 8
_ANSWER_SECONDS: Final = 5.0


class Messenger:
    """Posts notifications, and again after 1, 2, 4 … seconds when nobody took them (any 2xx takes).

    Args:
        bank: whose agenda holds them.
        keys: to sign with.
    """

    def __init__(self, bank: Bank, keys: Keyring) -> None:
        self._bank = bank
        self._keys = keys
        self._client: httpx.AsyncClient | None = None
        self._running: set[asyncio.Task[None]] = set()
        bank.doing["notify"] = self._start
        bank.on_final.append(self.announce)

    def announce(self, orders: Sequence[Kept]) -> None:
        """Plan a notification for each order, twice where the bank was told to."""
        for kept in orders:
            self.tell({"event": "order", **answer_of(kept)}, kept.order.reference)

    def incoming(self, entry: Entry) -> None:
        """Plan a notification of money that came in."""
        message = {
            "event": "incoming",
            "account": entry.account,
            "reference": entry.reference,
            "bank_reference": entry.bank_reference,
            "amount": {"value": written(entry.minor, entry.currency), "currency": entry.currency},
            "booking_date": entry.booking_day,
            "from": {"number": entry.counterparty, "name": entry.counterparty_name},
            "text": entry.text,
        }
        self.tell(message, entry.reference)

    def tell(self, message: dict[str, Any], reference: str) -> None:
        """Plan a notification, when there is somebody to notify."""
        if not self._bank.settings.callback:
            return
        text = json.dumps({"id": uuid.uuid4().hex, **message}, ensure_ascii=False)
        times = 2 if self._bank.misbehaviour.due("answer_twice", reference) else 1
        for _ in range(times):
            self._bank.plan(0.0, "notify", None, json.dumps({"tries": 0, "text": text}))

    async def close(self) -> None:
        """Stop posting."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._client:
            await self._client.aclose()

    async def _start(self, items: list[dict[str, Any]]) -> None:
        for item in items:
            task = asyncio.create_task(self._post(json.loads(item["detail"])))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _post(self, planned: dict[str, Any]) -> None:
        self._client = self._client or httpx.AsyncClient(timeout=_ANSWER_SECONDS)
        url, body = self._bank.settings.callback, planned["text"].encode()
        reference = json.loads(body).get("reference", "")
        body, headers = self._signed(url, body, reference)
        try:
            outcome = str((await self._client.post(url, content=body, headers=headers)).status_code)
        except httpx.HTTPError as error:
            outcome = type(error).__name__
        self._bank.answered(self._bank.asked("NOTIFY", url, reference), outcome)
        if not outcome.startswith("2") and planned["tries"] < _TRIES:
            again = json.dumps({"tries": planned["tries"] + 1, "text": planned["text"]})
            self._bank.plan(2.0 ** planned["tries"], "notify", None, again)

    def _signed(self, url: str, body: bytes, reference: str) -> tuple[bytes, dict[str, str]]:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        timestamp, nonce = str(int(time.time())), uuid.uuid4().hex
        scheme = self._keys.scheme(self._bank.settings.callback_client)
        signature = scheme.sign(canonical("POST", target, timestamp, nonce, body))
        if rule := self._bank.misbehaviour.due("malformed", reference, on=NOTIFY):
            signature = "A" * 88 if rule.mode == "signature" else signature
            body = body if rule.mode == "signature" else body[: len(body) // 2]
        signed = {"X-Client": self._bank.name, "X-Timestamp": timestamp, "X-Nonce": nonce}
        return body, signed | {"X-Signature": signature, "Content-Type": "application/json"}
