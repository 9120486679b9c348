"""The bank desk: speaks with one bank, keeps what it said, and never sends one attempt twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.ports.banks import BankRefusedUsError, BankService
from activities.store import parameters as parameter_store
from activities.store.database import Database
from activities.store.payments import answers, orders
from activities.store.tables.payments import PaymentRow
from models.parameters.banks import BankProfile
from models.parameters.registry import bank_profile
from models.payments.banking import BankAnswer, BankSaid, Heard
from models.payments.messages import AskBank, InstructBank, PaymentState
from workflows.payments.steps import BankDesk

_DEFINITE = frozenset({BankSaid.SETTLED, BankSaid.REJECTED, BankSaid.CANCELLED, BankSaid.RETURNED})
_CUT_SHORT = "the try before was cut short: it may have arrived, so it is not sent again"
_KEY_MENDED_AFTER = timedelta(seconds=30)

Services = Callable[[BankProfile], BankService]
"""Opens the service interface of a bank as its profile says; the same one while the profile stands."""


class ServiceDesk(BankDesk):
    """Single orders over a bank's service interface."""

    def __init__(self, database: Database, services: Services) -> None:
        self._database = database
        self._services = services

    @activity.defn(name="banks.instruct")
    async def instruct(self, request: InstructBank) -> BankAnswer:
        at = activity.info().scheduled_time
        profile, before = await asyncio.to_thread(self._begin, request, at)
        if before is not None:
            return before
        try:
            answer = await self._services(profile).instruct(request.order)
        except BankRefusedUsError as error:
            await asyncio.to_thread(self._withdraw, request)
            raise _let_in_later(error) from error
        answer = replace(answer, heard_at=at)
        await asyncio.to_thread(self._end, request, answer)
        return answer

    @activity.defn(name="banks.find_out")
    async def find_out(self, request: AskBank) -> BankAnswer:
        info = activity.info()
        at = info.current_attempt_scheduled_time
        service = await self._service(request.bank, at)
        try:
            answer = replace(await service.inquire(request.reference), heard_at=at)
        except BankRefusedUsError as error:
            raise _let_in_later(error) from error
        await asyncio.to_thread(self._keep, request.bank, request.reference, answer)
        if _is_news(answer, request):
            return answer
        pauses = request.inquiry.pauses_seconds
        pause = timedelta(seconds=pauses[min(info.attempt, len(pauses)) - 1])
        if answer.said is BankSaid.UNHEARD_OF:
            # no need to sleep over the instant at which it becomes a definite answer
            pause = min(pause, max(request.absent_from - at, timedelta(milliseconds=100)))
        raise ApplicationError(
            f"no definite answer yet: {answer.said} {answer.reason}".rstrip(),
            type="NoDefiniteAnswerYet",
            next_retry_delay=pause,
            category=ApplicationErrorCategory.BENIGN,
        )

    @activity.defn(name="banks.cancel")
    async def cancel(self, request: InstructBank) -> BankAnswer:
        at = activity.info().scheduled_time
        service = await self._service(request.bank, at)
        try:
            answer = replace(await service.cancel(request.order.reference), heard_at=at)
        except BankRefusedUsError as error:
            raise _let_in_later(error) from error
        await asyncio.to_thread(self._keep, request.bank, request.order.reference, answer)
        return answer

    # ------------------------------------------------------------ what is kept

    async def _service(self, bank: str, at: datetime) -> BankService:
        return self._services(await asyncio.to_thread(self._profile, bank, at))

    def _profile(self, bank: str, at: datetime) -> BankProfile:
        with self._database.transaction() as session:
            return parameter_store.in_force(session, bank_profile(bank), at).value

    def _begin(self, request: InstructBank, at: datetime) -> tuple[BankProfile, BankAnswer | None]:
        """Note the attempt; what to answer instead of sending when it was noted before."""
        reference = request.order.reference
        with self._database.transaction() as session:
            profile = parameter_store.in_force(session, bank_profile(request.bank), at).value
            if answers.begin_attempt(session, request.bank, reference, request.attempt, at=at):
                return profile, None
            known = answers.attempt_answer(session, request.bank, reference, request.attempt)
        if known is not None:
            return profile, known
        silence = BankAnswer(BankSaid.NOTHING, Heard.INSTRUCTION, reason=_CUT_SHORT, heard_at=at)
        self._end(request, silence)
        return profile, silence

    def _end(self, request: InstructBank, answer: BankAnswer) -> None:
        reference = request.order.reference
        with self._database.transaction() as session:
            answers.end_attempt(session, request.bank, reference, request.attempt, answer)
            _enter(session, request.bank, reference, answer)

    def _withdraw(self, request: InstructBank) -> None:
        with self._database.transaction() as session:
            answers.withdraw_attempt(session, request.bank, request.order.reference, request.attempt)

    def _keep(self, bank: str, reference: str, answer: BankAnswer) -> None:
        with self._database.transaction() as session:
            _enter(session, bank, reference, answer)


def _enter(session: Session, bank: str, reference: str, answer: BankAnswer) -> None:
    """Keep the answer, and show at once where the payment stands."""
    at = answer.heard_at or activity.info().scheduled_time
    answers.keep(session, bank, reference, answer, at=at)
    row = session.get(PaymentRow, reference, with_for_update=True)
    if row is None or row.changed_at > at:
        return  # a try that was given up may still end: it must not hide what was said since
    if row.state in {PaymentState.RESERVED, PaymentState.UNKNOWN}:
        silent = answer.said in {BankSaid.NOTHING, BankSaid.UNHEARD_OF}
        state = PaymentState.UNKNOWN if silent else PaymentState.INSTRUCTED
        orders.move(session, row, state, f"{answer.heard}: {answer.said} {answer.reason}".strip(), at=at)


def _is_news(answer: BankAnswer, request: AskBank) -> bool:
    if answer.said in _DEFINITE or (answer.said is BankSaid.TAKEN and request.taken_is_news):
        return True
    if answer.said is not BankSaid.UNHEARD_OF or answer.heard_at is None:
        return False
    return answer.heard_at >= request.absent_from


def _let_in_later(error: BankRefusedUsError) -> ApplicationError:
    """A wrong key is mended by people: the step shows why it waits, and goes on by itself afterwards."""
    return ApplicationError(str(error), type="BankRefusedUs", next_retry_delay=_KEY_MENDED_AFTER)
