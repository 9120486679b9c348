"""A bank's HTTP/JSON interface: requests signed, answers checked, silence told as silence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

import httpx

from activities.adapters.banks.answers import (
    UNKNOWN_REFERENCE,
    UnreadableAnswerError,
    money,
    order_body,
    read_answer,
    read_line,
    read_object,
)
from activities.adapters.banks.signing import (
    UnsignedError,
    check_signed,
    signatures_of,
    signed_headers,
)
from activities.ports.banks import BankRefusedUsError, BankService, BankUnreachableError
from activities.ports.secrets import SecretStore
from models.errors import InvalidInputError
from models.money import Money
from models.parameters.banks import BankProfile
from models.payments.banking import BankAnswer, BankOrder, BankSaid, Heard, StatementLine

Keep = Callable[[bytes, str], str]
"""Keeps a message (content, media type) and gives its SHA-256."""
Clock = Callable[[], datetime]

_UNDERSTOOD: Final = (200, 201, 202, 409)
"""Statuses whose body tells of an order as it stands; 409 says that it is too late to cancel it."""
_KEPT_HEADERS: Final = ("date", "content-type", "x-timestamp", "x-nonce", "x-signature")
_MOST_PAGES: Final = 10_000


class _NoAnswerError(Exception):
    """Nothing usable came back; the text says why, and evidence is what came all the same."""

    def __init__(self, reason: str, *, evidence: str = "") -> None:
        super().__init__(reason)
        self.evidence = evidence


@dataclass(frozen=True, slots=True)
class _Reply:
    """An answer that the bank signed, or one whose signature the profile does not ask for."""

    status: int
    body: bytes
    evidence: str


class HttpBank(BankService):
    """A bank behind its signed HTTP/JSON interface.

    One connection pool is kept; call `close` at the end. Nothing is tried again here: whether an order may
    be instructed twice is the workflow's to decide.

    Args:
        profile: of the bank, with an ``http`` connection.
        secrets: hold the keys ``bank_<code>_key`` and ``bank_<code>_public_key``.
        keep: keeps the wording of each answer, headers and signature included, as ``message/http``.
        clock: tells the time that requests carry.

    Raises:
        InvalidInputError: the profile has no such connection, or a key is missing or unusable.
    """

    def __init__(self, profile: BankProfile, secrets: SecretStore, keep: Keep, clock: Clock) -> None:
        if profile.http is None:
            raise InvalidInputError(
                f"bank {profile.code!r} has no http connection", remedy="Add one to its profile"
            )
        self._connection = profile.http
        self._code = profile.code
        self._signatures = signatures_of(profile, secrets)
        self._keep = keep
        self._clock = clock
        self._client = httpx.AsyncClient(
            base_url=self._connection.address,
            timeout=self._connection.answer_seconds,
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=50, keepalive_expiry=30),
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def instruct(self, order: BankOrder) -> BankAnswer:
        """See `BankService.instruct`."""
        return await self._about(
            order.reference, Heard.INSTRUCTION, "POST", "/v1/orders", body=order_body(order)
        )

    async def inquire(self, reference: str) -> BankAnswer:
        """See `BankService.inquire`."""
        return await self._about(reference, Heard.INQUIRY, "GET", f"/v1/orders/{quote(reference, safe='')}")

    async def cancel(self, reference: str) -> BankAnswer:
        """See `BankService.cancel`; when it is too late, the answer is how the order stands."""
        target = f"/v1/orders/{quote(reference, safe='')}/cancel"
        return await self._about(reference, Heard.CANCELLATION, "POST", target)

    async def balance(self, account: str) -> Money:
        """The booked balance of an account, now.

        Raises:
            BankUnreachableError: no usable answer.
        """
        said = await self._object(f"/v1/accounts/{quote(account, safe='')}/balance")
        if said.get("account") != account or not isinstance(said.get("balance"), dict):
            raise self._unreachable(f"the answer is not about account {account}")
        try:
            return money(said["balance"].get("value"), said["balance"].get("currency"))
        except UnreadableAnswerError as error:
            raise self._unreachable(str(error)) from None

    async def statement(self, account: str, day: date) -> Sequence[StatementLine]:
        """See `BankService.statement`; lines that do not lead from opening to closing are no answer."""
        lines: list[StatementLine] = []
        page, pages = 1, 1
        edges: tuple[Money, Money] | None = None
        while page <= min(pages, _MOST_PAGES):
            target = f"/v1/accounts/{quote(account, safe='')}/entries?day={day.isoformat()}&page={page}"
            said = await self._object(target)
            try:
                found, edges, pages = _page(said, account, page)
            except UnreadableAnswerError as error:
                raise self._unreachable(str(error)) from None
            lines += found
            page += 1
        if edges is not None:
            self._check_sum(account, day, lines, edges)
        return lines

    async def _about(
        self, reference: str, heard: Heard, method: str, target: str, *, body: bytes = b""
    ) -> BankAnswer:
        now = self._clock()
        try:
            reply = await self._ask(method, target, body)
        except _NoAnswerError as error:
            return BankAnswer(
                BankSaid.NOTHING, heard, reason=str(error), heard_at=now, evidence=error.evidence
            )
        try:
            answer = _understood(reply, reference, heard)
        except UnreadableAnswerError as error:
            answer = BankAnswer(BankSaid.NOTHING, heard, reason=str(error))
        return replace(answer, heard_at=self._clock(), evidence=reply.evidence)

    async def _object(self, target: str) -> dict[str, Any]:
        try:
            reply = await self._ask("GET", target, b"")
            said = read_object(reply.body)
        except (_NoAnswerError, UnreadableAnswerError) as error:
            raise self._unreachable(str(error)) from None
        if reply.status != httpx.codes.OK:
            raise self._unreachable(f"HTTP {reply.status} {said.get('code', '')} {said.get('reason', '')}")
        return said

    async def _ask(self, method: str, target: str, body: bytes) -> _Reply:
        """One signed request.

        Raises:
            _NoAnswerError: nothing came that the bank signed.
            BankRefusedUsError: the bank signed that it does not let us in.
        """
        request = self._client.build_request(method, target, content=body)
        path = request.url.raw_path.decode("ascii")
        headers = signed_headers(self._signatures, method, path, body, at=self._clock())
        request.headers.update(
            headers
            | {
                "X-Client": self._connection.client_id,
                "Content-Type": "application/json; charset=utf-8",
            }
        )
        response = await self._sent(request)
        evidence = await asyncio.to_thread(self._keep, _wording(response), "message/http")
        if fault := self._fault(response, path, headers["X-Nonce"]):
            raise _NoAnswerError(fault, evidence=evidence)
        if response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise self._refused(response)
        return _Reply(response.status_code, response.content, evidence)

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        seconds = self._connection.answer_seconds
        try:
            # httpx limits each read; the bank's time for the whole answer is limited here.
            async with asyncio.timeout(seconds):
                return await self._client.send(request)
        except httpx.ConnectError as error:
            raise _NoAnswerError(f"no connection, nothing was sent: {_told(error)}") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise _NoAnswerError(f"no answer within {seconds:g} s") from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise _NoAnswerError(f"the line broke before an answer came: {_told(error)}") from error

    def _fault(self, response: httpx.Response, path: str, nonce: str) -> str:
        """Why an answer cannot be relied on; empty when it can."""
        status = response.status_code
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
            return f"the bank answered HTTP {status}"
        if not self._connection.verify_answers:
            return ""
        now = self._clock().timestamp()
        try:
            signed = check_signed(
                self._signatures, response.headers, str(status), path, response.content, now=now
            )
        except UnsignedError as error:
            return f"the answer (HTTP {status}) is not the bank's: {error}"
        return "" if signed == nonce else "the answer belongs to another request"

    def _refused(self, response: httpx.Response) -> BankRefusedUsError:
        try:
            said = read_object(response.content)
        except UnreadableAnswerError:
            said = {}
        told = f"{said.get('code', '')} {said.get('reason', '')}".strip()
        return BankRefusedUsError(
            f"bank {self._code} refuses client {self._connection.client_id!r}: {told}",
            remedy="Check http.client_id and http.signature of its profile, our key and our clock",
        )

    def _unreachable(self, reason: str) -> BankUnreachableError:
        return BankUnreachableError(f"bank {self._code}: {reason}", remedy="It is asked again later")

    def _check_sum(
        self, account: str, day: date, lines: Sequence[StatementLine], edges: tuple[Money, Money]
    ) -> None:
        opening, closing = edges
        total = sum((line.amount.minor for line in lines), opening.minor)
        if total != closing.minor:
            missing = Money(closing.minor - total, closing.currency)
            raise self._unreachable(
                f"entries of {account} on {day} do not lead from {opening} to {closing}: {missing} missing"
            )


def _understood(reply: _Reply, reference: str, heard: Heard) -> BankAnswer:
    """What a signed answer means.

    Raises:
        UnreadableAnswerError: nothing that can be relied on.
    """
    said = read_object(reply.body)
    code, reason = str(said.get("code", "")), str(said.get("reason", ""))
    if reply.status == httpx.codes.NOT_FOUND and code == UNKNOWN_REFERENCE:
        if said.get("reference") != reference:
            raise UnreadableAnswerError(f"the answer is about {said.get('reference')!r}")
        return BankAnswer(BankSaid.UNHEARD_OF, heard, code=code, reason=reason)
    if reply.status == httpx.codes.UNPROCESSABLE_ENTITY and heard is Heard.INSTRUCTION and code:
        return BankAnswer(BankSaid.REJECTED, heard, code=code, reason=reason)
    if reply.status in _UNDERSTOOD and "status" in said:
        return read_answer(said, heard, about=reference)
    raise UnreadableAnswerError(f"HTTP {reply.status} {code} {reason}".strip())


def _page(
    said: dict[str, Any], account: str, page: int
) -> tuple[list[StatementLine], tuple[Money, Money], int]:
    pages, entries, currency = said.get("pages"), said.get("entries"), said.get("currency")
    if said.get("account") != account or said.get("page") != page:
        raise UnreadableAnswerError(f"the answer is not page {page} of account {account}")
    if not isinstance(pages, int) or not isinstance(entries, list) or not isinstance(currency, str):
        raise UnreadableAnswerError("pages, entries or currency is missing")
    edges = money(said.get("opening"), currency), money(said.get("closing"), currency)
    return [read_line(account, currency, entry) for entry in entries], edges, pages


def _wording(response: httpx.Response) -> bytes:
    """The answer as evidence: status, the headers that its signature covers, and the body as it came."""
    head = [f"HTTP/1.1 {response.status_code}"]
    head += [f"{name}: {response.headers[name]}" for name in _KEPT_HEADERS if name in response.headers]
    return "\r\n".join((*head, "", "")).encode() + response.content


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__
