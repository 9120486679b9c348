"""What a receipt asks of the books, what it knows of itself, and how it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from temporalio import workflow

from workflows.payments.patience import QUICK
from workflows.payments.receipt_steps import RECEIPTS_RETRY, ReceiptBooks
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.calendar import SHANGHAI
    from models.parameters.channels import Confirmation
    from models.payments.messages import (
        ReceiptBooked,
        ReceiptOrder,
        ReceiptState,
        ReceiptTerms,
    )
    from models.payments.receipts.errors import ReceiptCommandRefusedError, ReceiptNotOpenError

_WAITS_FOR = {
    Confirmation.IMMEDIATE: "the books",
    Confirmation.CLEARING_DAYS: "it to clear",
    Confirmation.TERMINAL_DAY: "the terminal's day to be closed and reconciled",
    Confirmation.NOTIFICATION: "the wallet's operator to confirm",
    Confirmation.BANK_ENTRY: "the bank's entry",
    Confirmation.DEBIT: "the payment that collects it",
}


class ReceiptDesk:
    """One receipt as the books last answered about it; one change is made at a time.

    Args:
        order: what was taken.
    """

    def __init__(self, order: ReceiptOrder) -> None:
        self._order = order
        self._terms: ReceiptTerms | None = None
        self._one_at_a_time = asyncio.Lock()
        self.booked: ReceiptBooked | None = None
        self.doubts: list[str] = []
        """Why news that came confirmed nothing."""
        self.situation = Situation(self._details)

    @property
    def state(self) -> ReceiptState:
        return self.booked.state if self.booked else ReceiptState.RECEIVED

    @property
    def sentence(self) -> str:
        return self.booked.sentence if self.booked else ""

    @property
    def terms(self) -> ReceiptTerms:
        """Of a receipt that was taken."""
        if self._terms is None:
            raise RuntimeError("a receipt that was refused has no terms")
        return self._terms

    # ------------------------------------------------------------ what is asked of the books

    async def register(self) -> None:
        """Have it checked, entered and posted."""
        booked = await self._books(
            ReceiptBooks.register, self._order, f"take {self._order.amount} by {self._order.channel}"
        )
        self._terms = booked.terms
        self._take(booked)

    async def change(self, step: Callable[..., Any], argument: object, summary: str) -> ReceiptBooked:
        """Have the books change it; with refusals they changed nothing."""
        async with self._one_at_a_time:
            booked = await self._books(step, argument, summary)
            self._take(booked)
            return booked

    async def command(self, step: Callable[..., Any], argument: object, summary: str) -> ReceiptState:
        """Do what a person commands.

        Raises:
            ReceiptCommandRefusedError: the books say no.
        """
        booked = await self.change(step, argument, summary)
        if booked.refusals:
            raise ReceiptCommandRefusedError("; ".join(refusal.sentence for refusal in booked.refusals))
        return booked.state

    async def _books(self, step: Callable[..., Any], argument: object, summary: str) -> ReceiptBooked:
        booked: ReceiptBooked = await workflow.execute_activity_method(
            step, argument, start_to_close_timeout=QUICK, retry_policy=RECEIPTS_RETRY, summary=summary[:200]
        )
        return booked

    def _take(self, booked: ReceiptBooked) -> None:
        self.booked = booked
        self.situation.refresh()

    # ------------------------------------------------------------ what validators ask

    def require(self, *states: ReceiptState, wanted: str) -> None:
        """Refuse a command that does not fit the state.

        Raises:
            ReceiptNotOpenError: the receipt is in another one.
        """
        if self.booked is None or self.booked.state not in states:
            state = self.booked.state if self.booked else "being taken"
            raise ReceiptNotOpenError(self._order.receipt_id, state, wanted)

    def require_own_vouchers(self, what: str) -> None:
        """Refuse what would take back vouchers that a payment posted.

        Raises:
            ReceiptCommandRefusedError: a payment collects it.
        """
        if self._terms is not None and self._terms.collection is not None:
            payment_id = self._terms.collection.payment_id
            raise ReceiptCommandRefusedError(
                f"payment {payment_id} collects it; {what} the payment instead",
                remedy=f"See leaseflow payments show {payment_id}",
            )

    def require_bounceable(self) -> None:
        """Refuse a bounce where the channel knows none.

        Raises:
            ReceiptCommandRefusedError: the channel's profile says so.
        """
        if self._terms is not None and not self._terms.bounceable:
            raise ReceiptCommandRefusedError(f"{self._terms.channel} does not bounce")

    # ------------------------------------------------------------ what is shown

    def show(self, *, waiting_for: str = "") -> None:
        self.situation.enter(self.state, waiting_for=waiting_for)

    def awaited(self) -> str:
        """What confirms it, in words; a person once that is overdue or contradicts what was taken."""
        if self.doubts:
            return f"a person: {'; '.join(self.doubts)}"
        if self.terms.clears_at is not None:
            return f"{self.terms.channel} to clear on {_day(self.terms.clears_at)} unless it bounces"
        awaited = _WAITS_FOR[Confirmation(self.terms.confirmation)]
        if workflow.now() >= self.terms.ask_at:
            return f"a person to find out: {awaited} was due {_day(self.terms.ask_at)}"
        return awaited

    def _details(self) -> list[str]:
        order = self._order
        purposes = ", ".join(f"{p.product} {p.business_reference}" for p in order.parts if p.identified)
        number = f", number {order.external_reference}" if order.external_reference else ""
        return [
            f"{order.amount} {order.amount.currency} by {order.channel}{number}",
            f"from {order.payer.name or 'somebody not named'}, for {purposes or 'nobody knows yet what'}",
            f"taken by {order.taken_by.username} in {order.branch}",
            *([self.sentence] if self.sentence else []),
        ]


def _day(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
