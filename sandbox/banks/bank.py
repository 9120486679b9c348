"""What both banks do alike: judge orders, book them, give money back, and keep an agenda."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from sandbox.banks.books import Books, Entry, Kept, entry_of
from sandbox.banks.judge import Judge
from sandbox.banks.orders import COMES_BACK, PAY_OUT, STUCK, Order, Status, minor_units, written

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from sandbox.banks.misbehaviour import Misbehaviour
    from sandbox.banks.settings import Settings

HOUSE_OPENING: Final = 10_000_000_000_00
"""Opening balance of an account of ours, in minor units."""
OTHERS_OPENING: Final = 100_000_000_00
_CHINA: Final = timezone(timedelta(hours=8))
_PATIENCE: Final = 3_600.0


class ReferenceTakenError(ValueError):
    """The reference stands for another order already."""


class Bank:
    """A bank with its books.

    Args:
        name: ``harbour`` or ``river``; begins its references.
        books: of this bank alone.
        settings: its habits.
        misbehaviour: its switches.
    """

    def __init__(self, name: str, books: Books, settings: Settings, misbehaviour: Misbehaviour) -> None:
        self.name = name
        self.books = books
        self.settings = settings
        self.misbehaviour = misbehaviour
        self.doing: dict[str, Callable[[list[dict[str, Any]]], Awaitable[None]]] = {
            "settle": self._settle_due,
            "return": self._return_due,
        }
        """What stands on the agenda is done in groups of one kind."""
        self.on_final: list[Callable[[Sequence[Kept]], None]] = []
        """Told of orders that were booked later than they were taken, or came back."""
        self._poked = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def today(self) -> date:
        """The bank's date."""
        given = self.settings.business_day
        return date.fromisoformat(given) if given else datetime.now(_CHINA).date()

    def take(
        self,
        orders: Sequence[Order],
        *,
        batch: str = "",
        hold: float | None = None,
        refuse: Collection[str] = (),
    ) -> list[Kept]:
        """Judge orders and book those that are to be booked at once.

        Args:
            orders: in the order in which they are executed.
            batch: the file that brought them.
            hold: seconds until they are booked, in place of the bank's habit.
            refuse: references that are refused in secret, for a bank that will say otherwise.

        Raises:
            ReferenceTakenError: an idempotent bank knows a reference with another content.
        """
        wait = self.settings.settle_seconds if hold is None else hold
        with self.books.at_once():
            known = self._known(orders) if self.misbehaviour.idempotent else {}
            self.books.open_accounts([_account(order) for order in orders if order.account])
            new: dict[int, Kept] = {}
            taken: list[Kept] = []
            judge = Judge(self, refuse)
            for number, order in enumerate(orders, self.books.next_order_id()):
                if (before := known.get(order.reference)) is None:
                    before = new[number] = self._judged(judge, number, order, batch)
                    if self.misbehaviour.idempotent:
                        known[order.reference] = before
                elif before.digest != order.digest():
                    raise ReferenceTakenError(f"{order.reference} stands for another order")
                taken.append(before)
            self.books.add_orders(list(new.values()))
            accepted = [kept for kept in new.values() if kept.status is Status.ACCEPTED]
            movable = [kept for kept in accepted if not kept.order.counterparty.endswith(STUCK)]
            booked = {} if wait else {kept.id: kept for kept in self.settle(movable)}
            if wait:
                self._put_off(movable, wait)
        return [booked.get(kept.id, kept) for kept in taken]

    def settle(self, orders: Sequence[Kept]) -> list[Kept]:
        """Book orders that are accepted."""
        now, day = time.time(), self.today.isoformat()
        fee_of = {c: minor_units(self.settings.fee, c) for c in {k.order.currency for k in orders}}
        done, entries, fees, moves = [], [], [], []
        for kept in orders:
            order = kept.order
            sign = -1 if order.kind == PAY_OUT else 1
            minor = self._booked_minor(order)
            fee = fee_of[order.currency] if order.kind == PAY_OUT else 0
            done.append(replace(kept, status=Status.SETTLED, fee=fee, value_date=day, final_at=now))
            entries.append(entry_of(kept, "order", sign * minor, day, now, text=order.purpose))
            if fee:
                fees.append(entry_of(kept, "fee", -fee, day, now, text="fee"))
            moves.append((-sign * minor, order.counterparty))
        with self.books.at_once():
            self.books.open_accounts([_other_account(kept.order) for kept in orders])
            self.books.finish(done)
            self.books.add_entries([*entries, *fees])
            self.books.move(moves)
            self._plan_returns(done, now)
        return done

    def give_back(self, kept: Kept, *, code: str = "AC01", days: int = 0) -> Kept:
        """Book an order back."""
        now, day = time.time(), (self.today + timedelta(days=days)).isoformat()
        returned = replace(kept, status=Status.RETURNED, code=code, reason="returned by the other bank")
        (booked,) = self.books.rows(
            "SELECT sum(minor) AS minor FROM entries WHERE order_id = ? AND kind = 'order'", (kept.id,)
        )
        minor = -int(booked["minor"])
        with self.books.at_once():
            self.books.finish([returned])
            self.books.add_entries([entry_of(returned, "return", minor, day, now, text=returned.reason)])
            self.books.move([(-minor, kept.order.counterparty)])
        return returned

    def cancel(self, reference: str) -> list[Kept]:
        """Withdraw what is not booked yet; gives all orders of the reference as they stand."""
        now = time.time()
        with self.books.at_once():
            found = self.known(reference)
            open_ones = [kept for kept in found if kept.status is Status.ACCEPTED]
            self.books.finish([replace(kept, status=Status.CANCELLED, final_at=now) for kept in open_ones])
        return self.known(reference)

    def known(self, reference: str) -> list[Kept]:
        """All orders of a reference, oldest first: more than one where the bank is not idempotent."""
        return self.books.orders_by_reference([reference]).get(reference, [])

    def open_house_account(self, number: str, currency: str) -> None:
        """Open an account of the house before anything moves on it."""
        self.books.open_accounts([(number, "", currency, HOUSE_OPENING)])

    def receive(self, entry: Entry) -> None:
        """Book money that somebody sends to the house."""
        with self.books.at_once():
            self.open_house_account(entry.account, entry.currency)
            self.books.add_entries([entry])

    def lied(self, switch: str, reference: str, *, said: str, truth: str) -> None:
        """Remember a false statement."""
        row = {"at": time.time(), "switch": switch, "reference": reference, "said": said, "truth": truth}
        self.books.insert("lies", row)

    def asked(self, method: str, path: str, reference: str, digest: str = "") -> int:
        """Remember a request; gives its number, for `answered`."""
        row = {"at": time.time(), "method": method, "path": path, "reference": reference}
        return self.books.insert("requests", row | {"outcome": "", "digest": digest})

    def answered(self, number: int, outcome: str) -> None:
        """Remember what became of a request."""
        self.books.note_outcome(number, outcome)

    def tell(self, orders: Sequence[Kept]) -> None:
        """Let the listeners know of orders that became final, or came back."""
        for listener in self.on_final if orders else ():
            listener(orders)

    def plan(self, seconds: float, what: str, order_id: int | None = None, detail: str = "") -> None:
        """Put something on the agenda."""
        self.books.schedule([(time.time() + seconds, what, order_id, detail)])
        self.poke()

    def poke(self) -> None:
        """Look at the agenda again; may be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._poked.set)

    async def run(self) -> None:
        """Do what is due, until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._poked.clear()
            for what, items in groupby(self.books.take_due(time.time()), key=itemgetter("what")):
                await self._do(what, list(items))
            due = self.books.next_due()
            wait = _PATIENCE if due is None else max(0.0, due - time.time())
            try:
                async with asyncio.timeout(wait):
                    await self._poked.wait()
            except TimeoutError:
                continue

    async def _do(self, what: str, items: list[dict[str, Any]]) -> None:
        try:
            await self.doing[what](items)
        except Exception as error:  # noqa: BLE001 - one mishap is told on stderr, and the bank stays open
            loop = asyncio.get_running_loop()
            loop.call_exception_handler({"message": f"{self.name} could not {what}", "exception": error})

    def shown_settings(self) -> dict[str, Any]:
        return asdict(self.settings)

    def _known(self, orders: Sequence[Order]) -> dict[str, Kept]:
        found = self.books.orders_by_reference([order.reference for order in orders])
        return {reference: kept[0] for reference, kept in found.items()}

    def _judged(self, judge: Judge, number: int, order: Order, batch: str) -> Kept:
        refusal = judge.refusal(order)
        return Kept(
            id=number,
            order=order,
            digest=order.digest(),
            batch=batch,
            status=Status.REJECTED if refusal else Status.ACCEPTED,
            bank_reference="" if refusal else f"{self.name[0].upper()}{self.today:%Y%m%d}{number:09d}",
            code=refusal.code if refusal else "",
            reason=refusal.reason if refusal else "",
            fee=0,
            value_date="",
            taken_at=judge.now,
            final_at=judge.now if refusal else None,
        )

    def _booked_minor(self, order: Order) -> int:
        rule = (
            self.misbehaviour.due("wrong_amount", order.reference, on="instruct")
            if (self.misbehaviour.mode_of("wrong_amount") == "booked")
            else None
        )
        if rule is None:
            return order.minor
        wrong = order.minor + 1
        truth = f"ordered {written(order.minor, order.currency)}"
        self.lied(
            "wrong_amount", order.reference, said=f"booked {written(wrong, order.currency)}", truth=truth
        )
        return wrong

    def _put_off(self, orders: Sequence[Kept], wait: float) -> None:
        due = time.time() + wait
        self.books.schedule([(due, "settle", kept.id, "") for kept in orders])
        self.poke()

    def _plan_returns(self, orders: Sequence[Kept], now: float) -> None:
        planned: list[tuple[float, str, int | None, str]] = []
        for kept in orders:
            if kept.order.counterparty.endswith(COMES_BACK):
                planned.append((now + self.settings.return_seconds, "return", kept.id, ""))
            elif rule := self.misbehaviour.due("late_returns", kept.order.reference, on="instruct"):
                planned.append((now + rule.seconds, "return", kept.id, str(rule.days)))
        self.books.schedule(planned)
        self.poke()

    async def _settle_due(self, items: list[dict[str, Any]]) -> None:
        found = self.books.orders_by_id([item["order_id"] for item in items])
        accepted = [kept for kept in found if kept.status is Status.ACCEPTED]
        self.tell(await asyncio.to_thread(self.settle, accepted))

    async def _return_due(self, items: list[dict[str, Any]]) -> None:
        days = {item["order_id"]: int(item["detail"] or 0) for item in items}
        settled = [k for k in self.books.orders_by_id([*days]) if k.status is Status.SETTLED]
        with self.books.at_once():
            self.tell([self.give_back(kept, days=days[kept.id]) for kept in settled])


def instant(at: float) -> str:
    """Unix time as an instant that JSON carries."""
    return datetime.fromtimestamp(at, UTC).isoformat()


def _account(order: Order) -> tuple[str, str, str, int]:
    return order.account, order.account_name, order.currency, HOUSE_OPENING


def _other_account(order: Order) -> tuple[str, str, str, int]:
    return order.counterparty, order.counterparty_name, order.currency, OTHERS_OPENING
