"""The HTTP bank: ``/v1``, signed both ways."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from sandbox.banks.bank import ReferenceTakenError
from sandbox.banks.harbour_door import Asked, Door, NonceBook, RefusedError
from sandbox.banks.harbour_words import answer_of, order_of, unheard_of
from sandbox.banks.orders import Status, written

if TYPE_CHECKING:
    from sandbox.banks.bank import Bank
    from sandbox.banks.books import Kept
    from sandbox.banks.keys import Keyring
    from sandbox.banks.misbehaviour import Rule
    from sandbox.banks.notifications import Messenger


class Harbour:
    """The bank's counter: takes requests that the door let in.

    Args:
        bank: whose counter it is.
        keys: of the bank and its clients.
        messenger: tells of final orders.
    """

    def __init__(self, bank: Bank, keys: Keyring, messenger: Messenger) -> None:
        self.bank = bank
        self._messenger = messenger
        self.keys = keys
        self.nonces = NonceBook()
        self._hidden_until: dict[str, float] = {}

    def routes(self) -> list[Route]:
        """The service interface's addresses."""
        return [
            Route("/v1/orders", Door(self, "instruct", self.instruct), methods=["POST"]),
            Route("/v1/orders/{reference:path}/cancel", Door(self, "cancel", self.cancel), methods=["POST"]),
            Route("/v1/orders/{reference:path}", Door(self, "inquire", self.inquire), methods=["GET"]),
            Route("/v1/accounts/{number}/entries", Door(self, "statement", self.entries), methods=["GET"]),
            Route("/v1/accounts/{number}/balance", Door(self, "statement", self.balance), methods=["GET"]),
        ]

    async def instruct(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        """``POST /v1/orders``: take an order, and misbehave before or after."""
        wrong, reference = self.bank.misbehaviour, asked.reference
        try:
            order = order_of(asked.body)
        except ValueError as error:
            raise RefusedError(422, "INVALID_ORDER", str(error)) from None
        if wrong.due("timeout_before_booking", reference, on="instruct"):
            await asked.hang()
        late = wrong.due("answer_late", reference, on="instruct")
        hold = late.seconds if late and late.mode == "booking" else None
        contradict = wrong.due("contradict", reference, on="instruct")
        refuse = (reference,) if contradict and contradict.mode == "settled" else ()
        try:
            (kept,) = self.bank.take([order], hold=hold, refuse=refuse)
        except ReferenceTakenError as error:
            raise RefusedError(409, "REFERENCE_CONFLICT", str(error)) from None
        self.announce([kept])
        if late:
            await self._late(asked, late)
        await asked.trouble_after_booking()
        return 200, self._said(kept, contradict)

    async def inquire(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        """``GET /v1/orders/{reference}``."""
        found = self.bank.known(asked.reference)
        if time.time() < self._hidden_until.get(asked.reference, 0.0):
            truth = found[0].status if found else "to be booked later"
            self.bank.lied("answer_late", asked.reference, said="unheard-of", truth=truth)
            found = []
        if not found:
            return 404, unheard_of(asked.reference)
        contradict = self.bank.misbehaviour.due("contradict", asked.reference, on="inquire")
        return 200, self._said(found[-1], contradict, on="inquire")

    async def cancel(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        """``POST /v1/orders/{reference}/cancel``: 409 with the order as it stands when it is too late."""
        found = self.bank.cancel(asked.reference)
        if not found:
            return 404, unheard_of(asked.reference)
        await asked.trouble_after_booking()
        self.announce(found)
        return (200 if found[-1].status is Status.CANCELLED else 409), answer_of(found[-1])

    async def entries(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        """``GET /v1/accounts/{number}/entries?day=&page=``: one page of a day, with both balances."""
        try:
            day = date.fromisoformat(asked.request.query_params["day"])
            page = int(asked.request.query_params.get("page", "1"))
        except (KeyError, ValueError):
            raise RefusedError(422, "INVALID_DAY", "say ?day=YYYY-MM-DD, and ?page= from 1") from None
        gap = self.bank.misbehaviour.due("statement_gap", asked.reference, on="statement")
        return 200, self._page(asked.reference, day.isoformat(), page, gap)

    async def balance(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        """``GET /v1/accounts/{number}/balance``."""
        account = self.bank.books.account(asked.reference)
        if account is None:
            return 404, {"code": "UNKNOWN_ACCOUNT", "reason": f"no account {asked.reference}"}
        value = written(account["balance"], account["currency"])
        return 200, {"account": asked.reference, "balance": {"value": value, "currency": account["currency"]}}

    def announce(self, orders: list[Kept]) -> None:
        """Notify of the orders that are final."""
        self._messenger.announce([kept for kept in orders if kept.status is not Status.ACCEPTED])

    async def _late(self, asked: Asked, rule: Rule) -> None:
        """Be unheard-of for a while; an order that is booked only later has no answer, either."""
        self._hidden_until[asked.reference] = time.time() + rule.seconds
        if rule.mode == "booking":
            await asked.hang()

    def _said(self, kept: Kept, contradict: Rule | None, *, on: str = "instruct") -> dict[str, Any]:
        """The answer about an order, false where a switch says so."""
        truth = answer_of(kept)
        told = dict(truth)
        if contradict and contradict.mode.upper() != kept.status:
            told |= _contradicted(contradict.mode)
            self.bank.lied("contradict", kept.order.reference, said=told["status"], truth=truth["status"])
        if self.bank.misbehaviour.mode_of("wrong_amount") == "answer" and self.bank.misbehaviour.due(
            "wrong_amount", kept.order.reference, on=on
        ):
            currency = kept.order.currency
            told["amount"] = {"value": written(kept.order.minor + 100, currency), "currency": currency}
            said, true = told["amount"]["value"], truth["amount"]["value"]
            self.bank.lied("wrong_amount", kept.order.reference, said=said, truth=true)
        return told

    def _page(self, number: str, day: str, page: int, gap: Rule | None) -> dict[str, Any]:
        books, size = self.bank.books, self.bank.settings.page_size
        account = books.account(number)
        if account is None:
            raise RefusedError(404, "UNKNOWN_ACCOUNT", f"no account {number}")
        (sums,) = books.rows(
            "SELECT coalesce(sum(minor) FILTER (WHERE booking_day < ?2), 0) AS before,"
            " coalesce(sum(minor) FILTER (WHERE booking_day = ?2), 0) AS within,"
            " count(*) FILTER (WHERE booking_day = ?2) AS count FROM entries WHERE account = ?1",
            (number, day),
        )
        rows = books.rows(
            "SELECT * FROM entries WHERE account = ? AND booking_day = ? ORDER BY id LIMIT ? OFFSET ?",
            (number, day, size, (page - 1) * size),
        )
        opening = account["opening"] + sums["before"]
        closing = opening + sums["within"]
        if gap:
            said = {"page": "a part left out", "day": "nothing booked", "opening": "another opening balance"}
            self.bank.lied("statement_gap", number, said=said[gap.mode], truth=f"{sums['count']} entries")
            rows = {"page": rows[: len(rows) // 2], "day": []}.get(gap.mode, rows)
            opening += 100 if gap.mode == "opening" else 0
        currency = account["currency"]
        return {
            "account": number,
            "day": day,
            "currency": currency,
            "opening": written(opening, currency),
            "closing": written(closing, currency),
            "page": page,
            "pages": max(1, -(-sums["count"] // size)),
            "entries": [_entry(row) for row in rows],
        }


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "amount": written(row["minor"], row["currency"]),
        "booking_date": row["booking_day"],
        "value_date": row["booking_day"],
        "reference": row["reference"],
        "bank_reference": row["bank_reference"],
        "kind": row["kind"],
        "text": row["text"],
    }


def _contradicted(mode: str) -> dict[str, Any]:
    if mode == "rejected":
        return {"status": Status.REJECTED, "code": "NOT_EXECUTED", "reason": "the order was not executed"}
    return {"status": Status.SETTLED, "code": "", "reason": ""}
