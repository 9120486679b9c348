"""A contract that ends as the story wants; in a module of its own, which the workflow sandbox loads."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.lease.contract.messages import ContractOrder, ContractOutcome, ContractState


@workflow.defn(name="LeaseContract")
class PlayedContract:
    """Ends as it is told to; a recall cancels it unless it is too late."""

    def __init__(self) -> None:
        self._end: ContractState | None = None
        self._why = ""
        self._late = False

    @workflow.run
    async def run(self, order: ContractOrder) -> ContractOutcome:
        await workflow.wait_condition(lambda: self._end is not None)
        assert self._end is not None
        return ContractOutcome(order.contract_number, self._end, self._why)

    @workflow.signal
    def end(self, state: ContractState) -> None:
        self._end = state

    @workflow.signal
    def be_late(self) -> None:
        self._late = True

    @workflow.signal
    def recall(self, why: str) -> None:
        self._why = why
        if not self._late:
            self._end = ContractState.CANCELLED
