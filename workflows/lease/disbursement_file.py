"""What is known of one disbursement outside its workflow: attributes, details, and its row in the books."""

from __future__ import annotations

from typing import Final

from temporalio import workflow

from workflows.lease.disbursement_steps import DISBURSEMENT_RETRY, DisbursementBooks
from workflows.payments.patience import QUICK
from workflows.search_attributes import AMOUNT, BUSINESS_REFERENCE, COUNTERPARTY
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.lease.disbursement.desk import Desk
    from models.lease.disbursement.messages import DisbursementOrder, DisbursementState, NoteDisbursement

_WAITS_FOR: Final = {
    DisbursementState.WAITING_FOR_REVIEW: "a reviewer of the disbursement desk",
    DisbursementState.SENT_BACK: "somebody to set right what the reviewer found",
    DisbursementState.STOPPED: "the risk desk to clear a suspicion",
    DisbursementState.NOT_PAID: "somebody to order it anew, or to cancel it",
    DisbursementState.PAYING: "the payment",
}


class DisbursementFile:
    """Keeps lists and operators in step with the desk.

    Args:
        order: that the disbursement is about.
        desk: where it stands.
    """

    def __init__(self, order: DisbursementOrder, desk: Desk) -> None:
        self._order = order
        self._desk = desk
        self._steps = 1
        self._situation = Situation(self._details)
        self.entered = False
        """The order is in the books; what is noted before waits for it."""
        self.sentence = "ordered"

    @property
    def waiting_for(self) -> str:
        return self._situation.waiting_for

    def next_step(self) -> int:
        """Entering is step 0, and 1 the last checks that it may make; all others count from 2."""
        self._steps += 1
        return self._steps

    def resume(self, steps: int) -> None:
        """Count on from what an earlier workflow entered: the books take each step once."""
        self._steps = steps

    async def note(self, sentence: str, by: str, *, voucher: str = "", recovery: str = "") -> None:
        """Show where it stands, and enter it in the books."""
        self.tell(sentence)
        await workflow.wait_condition(lambda: self.entered)
        desk = self._desk
        note = NoteDisbursement(
            disbursement_id=self._order.disbursement_id,
            number=self.next_step(),
            state=desk.state,
            sentence=sentence,
            at=workflow.now(),
            by=by,
            payment_id=desk.payment_id if desk.stage is DisbursementState.PAYING else "",
            voucher=voucher,
            lock=desk.lock,
            suspicion=desk.suspicion,
            payee=desk.payee,
            recovery=recovery,
        )
        await workflow.execute_activity_method(
            DisbursementBooks.note,
            note,
            start_to_close_timeout=QUICK,
            retry_policy=DISBURSEMENT_RETRY,
            summary=f"{note.state}: {sentence}"[:200],
        )

    def tell(self, sentence: str) -> None:
        """Show something new to people."""
        self.sentence = sentence
        self.show()

    def show(self) -> None:
        desk = self._desk
        lock = desk.lock_in_force(workflow.now())
        self._situation.enter(
            desk.state, waiting_for=_WAITS_FOR.get(desk.state, ""), assigned_to=lock.holder if lock else ""
        )

    def make_findable(self) -> None:
        """By contract, payee and amount."""
        order = self._order
        workflow.upsert_search_attributes(
            [
                BUSINESS_REFERENCE.value_set(order.contract_number),
                COUNTERPARTY.value_set(order.payee.name),
                AMOUNT.value_set(int(order.amount.amount)),
            ]
        )

    def _details(self) -> list[str]:
        order, desk = self._order, self._desk
        lines = (
            f"{order.amount} {order.amount.currency} for {order.contract_number} through {order.bank}",
            f"to {desk.payee.name}, {desk.payee.number}",
            f"stopped by {desk.suspicion.by}: {desk.suspicion.reason}" if desk.suspicion else "",
            f"approved by {desk.approved_by}" if desk.approved_by else "",
            self.sentence,
        )
        return [line for line in lines if line]
