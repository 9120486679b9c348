"""The ledger is sealed every few minutes, beside and never before the postings."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.ledger.steps import LedgerBooks
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.ledger.seals import Sealed, SealOrder

_PATIENCE = timedelta(minutes=4)
_RETRY = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=1))
_GIVE_UP = timedelta(minutes=30)


@workflow.defn(name="LedgerSeal")
class LedgerSeal:
    """One round: expired holds are given back, committed journals sealed."""

    def __init__(self) -> None:
        self._expired = 0
        self._sealed: Sealed | None = None
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, order: SealOrder) -> Sealed:
        self._situation.enter("sealing")
        self._expired = await workflow.execute_activity_method(
            LedgerBooks.expire_holds,
            start_to_close_timeout=_PATIENCE,
            schedule_to_close_timeout=_GIVE_UP,
            retry_policy=_RETRY,
            summary="give back holds whose time is over",
        )
        self._sealed = await workflow.execute_activity_method(
            LedgerBooks.seal,
            order,
            start_to_close_timeout=_PATIENCE,
            schedule_to_close_timeout=_GIVE_UP,
            retry_policy=_RETRY,
            summary="seal what is committed",
        )
        self._situation.enter("sealed")
        return self._sealed

    def _details(self) -> list[str]:
        if self._sealed is None:
            return []
        head = (
            f"- Head of the chain: {self._sealed.head[:16]}" if self._sealed.head else "- Nothing posted yet"
        )
        return [
            f"- Journals sealed: {self._sealed.journals} in {self._sealed.blocks} blocks",
            f"- Holds expired: {self._expired}",
            head,
        ]
