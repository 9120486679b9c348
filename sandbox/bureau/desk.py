"""The desk of an office that is asked about people: signed questions in, signed answers out."""

from __future__ import annotations

import asyncio
import json
import random
import time
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.banks.signing import Hmac, canonical
from sandbox.bureau.books import Books, ConflictingEnquiryError
from sandbox.bureau.misbehaviour import Misbehaviour
from sandbox.offices import doors
from sandbox.offices.doors import NoAnswer, fault_of, target_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

    Seed = Callable[[random.Random], dict[str, Any]]
    """Makes up what is known of somebody."""
    Answer = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]
    """An answer from the question and what is known; reference and charges are added."""

SOMEBODY_ELSE = "110101190001011009"


class Desk:
    """Answers questions about people, always the same for the same identifier unless an admin says otherwise.

    Args:
        path: where questions are posted.
        seed: makes up what is known of somebody.
        answer: words it.
        data: directory of the books; None keeps them in memory.
        key: shared with who asks.
    """

    def __init__(
        self, path: str, seed: Seed, answer: Answer, *, data: Path | None, key: str = "sandbox"
    ) -> None:
        self._path = path
        self._seed = seed
        self._answer = answer
        self._scheme = Hmac(key.encode())
        self.books = Books(data / "books.sqlite" if data else None)
        self.misbehaviour = Misbehaviour()

    def routes(self) -> list[Route]:
        """The addresses; misbehaviour does not touch those of admins."""
        return [
            Route(self._path, self.ask, methods=["POST"]),
            Route("/admin/health", self.health),
            Route("/admin/misbehave", self.misbehave, methods=["GET", "POST", "DELETE"]),
            Route("/admin/records/{subject}", self.records, methods=["GET", "PUT"]),
            Route("/admin/enquiries", self.enquiries),
        ]

    def known_of(self, subject: str) -> dict[str, Any]:
        """What is known of somebody: made up from the identifier, then what admins said."""
        made_up = self._seed(random.Random(subject))
        return made_up | (self.books.record("*") or {}) | (self.books.record(subject) or {})

    async def ask(self, request: Request) -> Response:
        """Answer one question, or do what misbehaviour says."""
        body = await request.body()
        if fault := fault_of(self._scheme, request, body):
            return JSONResponse({"error": fault}, 401)
        question = json.loads(body)
        subject = question["subject"]["identifier"]
        if not question.get("consent"):
            return JSONResponse({"error": "consent is missing"}, 403)
        try:
            charges = self.books.enquire(question, request.headers.get("x-client", ""))
        except ConflictingEnquiryError as error:
            return JSONResponse({"error": str(error)}, 409)
        if instead := await self._misbehaved(subject):
            return instead
        if self.misbehaviour.strikes("duplicate-charge", subject):
            self.books.charge(question["reference"])
            charges = self.books.charges(question["reference"])
        told = self._answer(question, self.known_of(subject))
        told |= {"reference": question["reference"], "charges": charges}
        return self._signed(request, self._spoilt(told, question, subject), subject)

    async def health(self, _: Request) -> Response:
        """How much was asked."""
        asked = self.books.enquiries()
        return JSONResponse({"status": "ok", "enquiries": len(asked), "charges": len(self.books.charges())})

    async def misbehave(self, request: Request) -> Response:
        """POST {"kind": "timeout", "seconds": 3, "next": 1, "subject": "…"} adds a rule, DELETE clears."""
        return await doors.misbehave(self.misbehaviour, request)

    async def records(self, request: Request) -> Response:
        """PUT {"score": 300} changes what is known of somebody; of ``*``, of everybody."""
        subject = request.path_params["subject"]
        if request.method == "PUT":
            self.books.set_record(subject, json.loads(await request.body()))
        return JSONResponse(self.known_of(subject))

    async def enquiries(self, request: Request) -> Response:
        """Who was asked about, how often, on whose consent."""
        asked = self.books.enquiries(request.query_params.get("subject", ""))
        return JSONResponse({"total": len(asked), "enquiries": asked, "charges": self.books.charges()})

    async def _misbehaved(self, subject: str) -> Response | None:
        if slow := self.misbehaviour.strikes("slow", subject):
            await asyncio.sleep(slow.seconds)
        if late := self.misbehaviour.strikes("timeout", subject):
            await asyncio.sleep(late.seconds)
            return NoAnswer()
        if self.misbehaviour.strikes("cut", subject):
            return NoAnswer()
        if trouble := self.misbehaviour.strikes("error", subject):
            return JSONResponse({"error": "out of order"}, trouble.status)
        return None

    def _spoilt(self, told: dict[str, Any], question: dict[str, Any], subject: str) -> dict[str, Any]:
        if self.misbehaviour.strikes("malformed", subject):
            return dict.fromkeys(told, "n/a") | {"reference": told["reference"]}
        if self.misbehaviour.strikes("wrong-subject", subject):
            other = question["subject"] | {"identifier": SOMEBODY_ELSE}
            return told | self._answer(question | {"subject": other}, self.known_of(SOMEBODY_ELSE))
        return told

    def _signed(self, request: Request, told: dict[str, Any], subject: str) -> Response:
        body = json.dumps(told, ensure_ascii=False).encode()
        timestamp, nonce = str(int(time.time())), request.headers.get("x-nonce", "")
        signature = self._scheme.sign(canonical("200", target_of(request), timestamp, nonce, body))
        headers = {"X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature}
        if self.misbehaviour.strikes("unsigned", subject):
            headers.pop("X-Signature")
        return Response(body, media_type="application/json", headers=headers)
