"""A bank's mailbox: every file for us is fetched, kept and applied once, for as long as the bank is ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from temporalio import workflow

from workflows.payments.debit_steps import BankMailroom
from workflows.payments.patience import ALIVE, BANK_RETRY, SET_BASED
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.payments.messages import FileOutcome, MailboxOrder, MailboxStatus, TakeFile

_WATCH = timedelta(hours=1)
"""One look lasts that long at most; after it the history is short again."""
_SHOWN = 10


@workflow.defn(name="BankMailbox", failure_exception_types=[LeaseflowError])
class BankMailbox:
    """One for each bank that speaks in files."""

    @workflow.init
    def __init__(self, order: MailboxOrder) -> None:
        self._order = order
        self._last: list[FileOutcome] = []
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, order: MailboxOrder) -> None:
        self._situation.enter("watching", waiting_for=f"files of {order.bank}")
        while not workflow.info().is_continue_as_new_suggested():
            waiting = await workflow.execute_activity_method(
                BankMailroom.await_files,
                order,
                task_queue=order.queue,
                start_to_close_timeout=_WATCH,
                heartbeat_timeout=ALIVE,
                retry_policy=BANK_RETRY,
                summary=f"look for files of {order.bank}",
            )
            for file in waiting:
                await self._take(file)
        workflow.continue_as_new(self._order)

    @workflow.query
    def status(self) -> MailboxStatus:
        return MailboxStatus(self._situation.waiting_for, self._order.taken, self._order.unreadable)

    async def _take(self, file: TakeFile) -> None:
        taken = await workflow.execute_activity_method(
            BankMailroom.take_file,
            file,
            task_queue=self._order.queue,
            start_to_close_timeout=SET_BASED,
            heartbeat_timeout=ALIVE,
            retry_policy=BANK_RETRY,
            summary=f"fetch {file.name}",
        )
        if taken.new:
            outcome = await workflow.execute_activity_method(
                BankMailroom.apply_file,
                taken,
                task_queue=self._order.queue,
                start_to_close_timeout=SET_BASED,
                heartbeat_timeout=ALIVE,
                retry_policy=BANK_RETRY,
                summary=f"apply {file.name}",
            )
            self._note(outcome)

    def _note(self, outcome: FileOutcome) -> None:
        unreadable = self._order.unreadable
        if outcome.problem:
            unreadable = (*unreadable, f"{outcome.name}: {outcome.problem}")[-_SHOWN:]
        self._order = replace(self._order, taken=self._order.taken + 1, unreadable=unreadable)
        self._last = [*self._last, outcome][-_SHOWN:]
        self._situation.refresh()

    def _details(self) -> list[str]:
        return [
            f"{self._order.taken} files so far",
            *(f"- {each.name}: {each.problem or _sentence(each)}" for each in self._last),
            *(f"- unreadable: {each}" for each in self._order.unreadable),
        ]


def _sentence(outcome: FileOutcome) -> str:
    return (
        f"{outcome.kind}, {outcome.items} debits, {outcome.payments} payments, "
        f"{outcome.unmatched} of others, {outcome.discrepancies} discrepancies"
    )
