"""What is said between a payment and its bank, until both the bank and we know what happened."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.payments.patience import BANK_RETRY, BOOKS_RETRY, QUICK
from workflows.payments.steps import BankDesk, PaymentBooks

with workflow.unsafe.imports_passed_through():
    from models.payments.banking import BankAnswer, BankOrder, BankSaid, Heard
    from models.payments.judgement import Outcome, Verdict, judge
    from models.payments.messages import (
        AskBank,
        BankTerms,
        InstructBank,
        PaymentAnswer,
        PaymentState,
        Resolution,
        StateNote,
    )

_INSTRUCTIONS = 3
"""How often an order of which the bank certainly never heard is instructed again."""

_MOVED = frozenset({BankSaid.SETTLED, BankSaid.RETURNED})
_AGAINST = {
    PaymentState.SETTLED: frozenset({BankSaid.RETURNED, BankSaid.REJECTED, BankSaid.CANCELLED}),
    PaymentState.RETURNED: frozenset({BankSaid.REJECTED, BankSaid.CANCELLED}),
}
"""What does not go with the end of a payment; where no money moved, a booking."""


class Enter(Protocol):
    """Shows a state to people."""

    def __call__(self, state: PaymentState, *, waiting_for: str = "") -> None: ...


class BankConversation:
    """One order's answers, and what is asked next.

    Args:
        bank: code of the bank's profile.
        enter: tells people where the payment stands.
    """

    def __init__(self, bank: str, enter: Enter) -> None:
        self._bank = bank
        self._enter = enter
        self._order: BankOrder | None = None
        self._terms: BankTerms | None = None
        self._attempts = 0
        self._sent_at: datetime | None = None
        self._give_up_at: datetime | None = None
        self._judged = 0
        self._accounted = 0
        self._from = 0
        self._puzzle = ""
        self.answers: list[BankAnswer] = []

    # ------------------------------------------------------------ what others may ask and say

    @property
    def instructed(self) -> bool:
        return self._attempts > 0

    @property
    def needs_person(self) -> bool:
        return bool(self._puzzle)

    def may_cancel(self) -> bool:
        return not self.instructed or (self._terms is not None and self._terms.cancellable)

    def hear(self, answer: BankAnswer) -> None:
        """Take an answer, wherever it came from."""
        if answer.heard_at is None:
            answer = replace(answer, heard_at=workflow.now())
        self.answers.append(answer)

    def person_said(self, resolution: Resolution) -> None:
        """A person's word outweighs what the bank said before; "ask again" forgets it."""
        self._puzzle = ""
        if resolution.answer is PaymentAnswer.ASK_AGAIN:
            self._from = len(self.answers)
            self._set_deadline()
            return
        settled = resolution.answer is PaymentAnswer.SETTLED
        told = self._last_settled() if settled else None
        self.hear(
            BankAnswer(
                BankSaid.SETTLED if settled else BankSaid.REJECTED,
                Heard.PERSON,
                bank_reference=resolution.bank_reference or (told.bank_reference if told else ""),
                # a person says whether it was booked; what the bank charged for it, it said itself
                fee=told.fee if told else None,
                value_date=told.value_date if told else None,
                reason=f"{resolution.actor.username}: {resolution.note}",
            )
        )

    def _last_settled(self) -> BankAnswer | None:
        told = (each for each in reversed(self.answers) if each.said in _MOVED)
        return next((each for each in told if each.heard is not Heard.PERSON), None)

    def unaccounted(self, state: PaymentState) -> list[BankAnswer]:
        """What the bank said, and the end of the payment leaves out; each answer is given once.

        Answers that came after the verdict, while it was being entered; and money that came back, where
        a person spoke of the payment alone.
        """
        fresh = list(enumerate(self.answers))[self._accounted :]
        self._accounted = len(self.answers)
        return [
            each
            for place, each in fresh
            if each.said in _AGAINST.get(state, _MOVED)
            and (place >= self._judged or each.said is BankSaid.RETURNED)
        ]

    # ------------------------------------------------------------ the conversation

    async def reach_verdict(self, order: BankOrder, terms: BankTerms) -> Verdict:
        """Instruct, and ask until it is certain what became of the order."""
        self._order, self._terms = order, terms
        self._set_deadline()
        await self._instruct()
        while True:
            verdict = self._judge()
            if verdict.outcome is Outcome.CONTRADICTED:
                await self._contradicted(verdict)
            elif verdict.outcome is Outcome.ABSENT and self._may_instruct_again():
                await self._instruct()
            elif verdict.outcome is Outcome.OPEN or not self._is_certain(verdict):
                await self._hear_more(verdict)
            else:
                return verdict

    async def ask_to_cancel(self) -> bool:
        """Ask the bank to withdraw the order; gives whether it did."""
        order, terms = self._known()
        answer = await workflow.execute_activity_method(
            BankDesk.cancel,
            InstructBank(self._bank, order, self._attempts),
            task_queue=terms.queue,
            start_to_close_timeout=timedelta(seconds=terms.answer_seconds + 10),
            retry_policy=BANK_RETRY,
            summary=f"ask {terms.name} to withdraw {order.amount}",
        )
        self.hear(answer)
        return answer.said is BankSaid.CANCELLED

    async def _instruct(self) -> None:
        order, terms = self._known()
        self._attempts += 1
        answer = await workflow.execute_activity_method(
            BankDesk.instruct,
            InstructBank(self._bank, order, self._attempts),
            task_queue=terms.queue,
            start_to_close_timeout=timedelta(seconds=terms.answer_seconds + 10),
            retry_policy=BANK_RETRY,
            summary=f"instruct {terms.name}: {order.amount} {order.amount.currency}, try {self._attempts}",
        )
        self._sent_at = workflow.now()
        self.hear(answer)

    def _judge(self) -> Verdict:
        order, _ = self._known()
        self._judged = len(self.answers)
        return judge(order.amount, self.answers[self._from :], absent_from=self._absent_from())

    def _is_certain(self, verdict: Verdict) -> bool:
        """Whether a rejection was heard twice, where the profile asks for it: money is freed by it."""
        _, terms = self._known()
        answer = verdict.answer
        if verdict.outcome is not Outcome.FAILED or answer is None or not terms.inquiry.confirm_rejections:
            return True
        return answer.heard is not Heard.INSTRUCTION or not terms.can_inquire or self._heard_by_inquiry()

    def _heard_by_inquiry(self) -> bool:
        return any(
            each.heard is Heard.INQUIRY and each.said is not BankSaid.NOTHING
            for each in self.answers[self._from :]
        )

    def _may_instruct_again(self) -> bool:
        _, terms = self._known()
        return terms.idempotent and self._attempts < _INSTRUCTIONS

    async def _hear_more(self, verdict: Verdict) -> None:
        """Wait for news, asking for it where the bank can be asked."""
        order, terms = self._known()
        taken = any(each.said is BankSaid.TAKEN for each in self.answers[self._from :])
        state = PaymentState.INSTRUCTED if taken else PaymentState.UNKNOWN
        self._enter(state, waiting_for=f"{terms.name} to say what became of {order.reference}")
        if not await (self._inquire(verdict, taken=taken) if terms.can_inquire else self._wait()):
            await self._given_up(state)

    async def _inquire(self, verdict: Verdict, *, taken: bool) -> bool:
        order, terms = self._known()
        asking = workflow.start_activity_method(
            BankDesk.find_out,
            AskBank(
                bank=self._bank,
                reference=order.reference,
                inquiry=terms.inquiry,
                absent_from=workflow.now() if verdict.outcome is Outcome.FAILED else self._absent_from(),
                taken_is_news=not taken,
            ),
            task_queue=terms.queue,
            start_to_close_timeout=timedelta(seconds=terms.answer_seconds + 10),
            schedule_to_close_timeout=self._time_left(),
            retry_policy=BANK_RETRY,
            summary=f"ask {terms.name} about {order.reference}",
        )
        await workflow.wait_condition(lambda: asking.done() or self._news())
        if not asking.done():
            asking.cancel()
            asking.add_done_callback(_forget)
            return True
        try:
            self.hear(await asking)
        except ActivityError:
            return self._news()
        return True

    async def _wait(self) -> bool:
        """A bank that only sends files cannot be asked."""
        try:
            await workflow.wait_condition(self._news, timeout=self._time_left())
        except TimeoutError:
            return False
        return True

    async def _contradicted(self, verdict: Verdict) -> None:
        """Both answers are put before a person, whose word stands."""
        _, terms = self._known()
        self._puzzle = f"{terms.name} contradicts itself: {verdict.why}"
        await self._tell(PaymentState.CONTRADICTED)
        await workflow.wait_condition(lambda: not self._puzzle)

    async def _given_up(self, state: PaymentState) -> None:
        """Silence for too long: a person finds out, unless the bank speaks after all."""
        _, terms = self._known()
        hours = terms.inquiry.give_up_hours
        self._puzzle = f"{terms.name} has said nothing definite for {hours:g} hours"
        await self._tell(state)
        await workflow.wait_condition(lambda: not self._puzzle or self._news())
        self._puzzle = ""
        self._set_deadline()

    async def _tell(self, state: PaymentState) -> None:
        order, _ = self._known()
        self._enter(state, waiting_for=f"a treasurer to find out: {self._puzzle}")
        await workflow.execute_activity_method(
            PaymentBooks.note_state,
            StateNote(order.reference, state, self._puzzle, workflow.now()),
            start_to_close_timeout=QUICK,
            retry_policy=BOOKS_RETRY,
            summary=self._puzzle[:200],
        )

    def _news(self) -> bool:
        return len(self.answers) > self._judged

    def _set_deadline(self) -> None:
        _, terms = self._known()
        self._give_up_at = workflow.now() + timedelta(hours=terms.inquiry.give_up_hours)

    def _time_left(self) -> timedelta:
        left = self._give_up_at - workflow.now() if self._give_up_at else timedelta()
        return max(left, timedelta(seconds=1))

    def _absent_from(self) -> datetime:
        _, terms = self._known()
        return (self._sent_at or workflow.now()) + timedelta(seconds=terms.inquiry.unheard_of_final_seconds)

    def _known(self) -> tuple[BankOrder, BankTerms]:
        if self._order is None or self._terms is None:
            raise RuntimeError("the conversation has not begun")
        return self._order, self._terms


def _forget(asked: asyncio.Future[BankAnswer]) -> None:
    """What is not waited for any more may end as it likes; unread, its end would be logged as an error."""
    if not asked.cancelled():
        asked.exception()
