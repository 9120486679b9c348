"""One disbursement: reviewed, checked once more, paid, told; stopped by fraud feedback wherever it is."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.lease.disbursement_file import DisbursementFile
from workflows.lease.disbursement_steps import DISBURSEMENT_RETRY, DisbursementBooks
from workflows.lease.payout import PayOut
from workflows.lease.trouble import told
from workflows.payments.patience import QUICK

with workflow.unsafe.imports_passed_through():
    from models.errors import LeaseflowError
    from models.lease.disbursement.desk import Desk
    from models.lease.disbursement.errors import DisbursementNotOpenError, NotCancelledError
    from models.lease.disbursement.messages import (
        ApproveDisbursement,
        CancelDisbursement,
        CheckDisbursement,
        ClearSuspicion,
        DisbursementOrder,
        DisbursementOutcome,
        DisbursementState,
        DisbursementStatus,
        EnterDisbursement,
        Finding,
        FraudReport,
        LockDisbursement,
        RetryDisbursement,
        SendBack,
        Standing,
        Suspicion,
        UnlockDisbursement,
    )
    from models.payments.messages import PaymentOrder, PaymentOutcome, PaymentState
    from models.people import SYSTEM


@workflow.defn(name="Disbursement", failure_exception_types=[LeaseflowError])
class Disbursement:
    """From an order to money at the payee, or to a definite no."""

    @workflow.init
    def __init__(self, order: DisbursementOrder) -> None:
        self._order = order
        self._desk = Desk(order.disbursement_id, order.payee, (order.ordered_by.username,))
        self._checks = 0
        self._replaces: str | None = None
        self._voucher = ""
        self._cancelling = False
        self._file = DisbursementFile(order, self._desk)

    @workflow.run
    async def run(self, order: DisbursementOrder) -> DisbursementOutcome:
        self._file.make_findable()
        await self._enter_books()
        while not self._desk.stage.is_final:
            await workflow.wait_condition(lambda: self._desk.may_go or self._desk.stage.is_final)
            if self._desk.may_go:
                await self._look_once_more()
            # the books may refuse a cancellation, and it is none then
            await workflow.wait_condition(lambda: not self._cancelling)
        await workflow.wait_condition(workflow.all_handlers_finished)
        paid_by = self._desk.payment_id if self._voucher else ""
        return DisbursementOutcome(
            order.disbursement_id, self._desk.stage, paid_by, self._voucher, self._file.sentence
        )

    # ------------------------------------------------------------ people speak

    @workflow.query
    def status(self) -> DisbursementStatus:
        desk = self._desk
        return DisbursementStatus(
            state=desk.state,
            sentence=self._file.sentence,
            waiting_for=self._file.waiting_for,
            payment_id=desk.payment_id,
            lock=desk.lock_in_force(workflow.now()),
            approved_by=desk.approved_by,
            suspicion=desk.suspicion,
            needs_person=not (desk.may_go or desk.stage is DisbursementState.PAYING or desk.stage.is_final),
        )

    @workflow.update
    async def lock(self, command: LockDisbursement) -> DisbursementStatus:
        """Claim it for a review."""
        self._desk.claim(command.actor, workflow.now())
        return await self._noted(f"locked by {command.actor.username}", command.actor.username)

    @lock.validator
    def _may_lock(self, command: LockDisbursement) -> None:
        self._check_entered("locked")
        self._desk.check_lock(command.actor, workflow.now())

    @workflow.update
    async def unlock(self, command: UnlockDisbursement) -> DisbursementStatus:
        """Give a claim back."""
        self._desk.unlock()
        return await self._noted(f"unlocked by {command.actor.username}", command.actor.username)

    @unlock.validator
    def _may_unlock(self, command: UnlockDisbursement) -> None:
        self._check_entered("unlocked")
        self._desk.check_unlock(command.actor, workflow.now())

    @workflow.update
    async def approve(self, command: ApproveDisbursement) -> DisbursementStatus:
        """Let it go to the last checks; answers when they have looked."""
        checks = self._checks
        self._desk.approve(command.actor)
        await workflow.wait_condition(lambda: self._checks > checks or self._desk.suspicion is not None)
        return self.status()

    @approve.validator
    def _may_approve(self, command: ApproveDisbursement) -> None:
        self._check_entered("approved")
        self._desk.check_decide(command.actor, workflow.now(), "approved")

    @workflow.update
    async def send_back(self, command: SendBack) -> DisbursementStatus:
        """Have something set right first."""
        self._desk.send_back()
        return await self._noted(f"sent back: {command.reason}", command.actor.username)

    @send_back.validator
    def _may_send_back(self, command: SendBack) -> None:
        self._check_entered("sent back")
        self._desk.check_decide(command.actor, workflow.now(), "sent back")

    @workflow.update
    async def report_fraud(self, command: FraudReport) -> DisbursementStatus:
        """Stop it, whoever holds it; a payment under way is asked to stop as well."""
        by = command.actor.username
        self._desk.stop(Suspicion(by, command.reason, command.source, workflow.now()))
        return await self._noted(f"stopped: {command.reason}", by)

    @report_fraud.validator
    def _may_report(self, command: FraudReport) -> None:
        self._desk.check_report(command.actor, command.reason)

    @workflow.update
    async def clear(self, command: ClearSuspicion) -> DisbursementStatus:
        """Lift a stop; it is reviewed anew, also where the rules would have let it go."""
        self._desk.clear()
        return await self._noted(f"cleared: {command.reason}", command.actor.username)

    @clear.validator
    def _may_clear(self, command: ClearSuspicion) -> None:
        self._check_entered("cleared")
        self._desk.check_clear(command.actor)

    @workflow.update
    async def retry(self, command: RetryDisbursement) -> DisbursementStatus:
        """Order anew what was sent back or not paid."""
        self._desk.order_anew(command.actor, command.account, even_if_duplicate=command.even_if_duplicate)
        corrected = f", account corrected to {command.account.number}" if command.account else ""
        return await self._noted(f"ordered anew: {command.reason}{corrected}", command.actor.username)

    @retry.validator
    def _may_retry(self, command: RetryDisbursement) -> None:
        self._check_entered("ordered anew")
        self._desk.check_retry(command.actor, command.account)

    @workflow.update
    async def cancel(self, command: CancelDisbursement) -> DisbursementStatus:
        """Give it up; the purchase leaves the books. Where they refuse that, it stands as it did."""
        before, sentence = self._desk.stage, self._file.sentence
        self._desk.stage, self._cancelling = DisbursementState.CANCELLED, True
        try:
            return await self._noted(f"cancelled: {command.reason}", command.actor.username)
        except ActivityError as error:
            self._desk.stage = before
            self._file.tell(sentence)
            raise NotCancelledError(self._order.disbursement_id, told(error)) from error
        finally:
            self._cancelling = False

    @cancel.validator
    def _may_cancel(self, command: CancelDisbursement) -> None:
        self._check_entered("cancelled")
        self._desk.check_cancel(command.actor)

    # ------------------------------------------------------------ the way

    async def _enter_books(self) -> None:
        order, desk = self._order, self._desk
        entered = await workflow.execute_activity_method(
            DisbursementBooks.enter,
            EnterDisbursement(order, workflow.now()),
            start_to_close_timeout=QUICK,
            retry_policy=DISBURSEMENT_RETRY,
            summary=f"enter {order.amount} to {order.payee.name}",
        )
        desk.outsiders, desk.lock_minutes = entered.may_not_review, entered.lock_minutes
        # a stop that came while it was being entered asks for a person in any case
        desk.by_rules = entered.by_rules and desk.suspicion is None
        if entered.standing is not None:
            self._file.resume(entered.standing.steps)
            desk.resume(entered.standing)
        self._file.entered = True
        if entered.standing is not None:
            await self._take_up(entered.standing)
        elif desk.by_rules:
            await self._weigh(entered.findings)
        else:
            self._file.show()

    async def _take_up(self, standing: Standing) -> None:
        """Go on for a workflow that an operator ended; what it had finished is finished."""
        self._replaces = standing.replaces
        if standing.outcome is None:
            await self._file.note("taken up again, to be reviewed anew", SYSTEM.username)
            return
        self._voucher = standing.outcome.voucher
        self._file.tell(standing.outcome.sentence)

    async def _look_once_more(self) -> None:
        desk = self._desk
        step = CheckDisbursement(
            disbursement_id=self._order.disbursement_id,
            number=self._file.next_step(),
            payment_id=desk.payment_id,
            payee=desk.payee,
            at=workflow.now(),
            approved_by=desk.approved_by,
        )
        checked = await workflow.execute_activity_method(
            DisbursementBooks.check,
            step,
            start_to_close_timeout=QUICK,
            retry_policy=DISBURSEMENT_RETRY,
            summary=f"last checks before {desk.payment_id}",
        )
        await self._weigh(checked.findings)

    async def _weigh(self, findings: tuple[Finding, ...]) -> None:
        """Pay, unless something stands in the way: that goes to a reviewer, or to the risk desk.

        A stop that came while the checks were looking has taken the approval away, and was noted by
        itself; nothing happens between this look and the start of the payment.
        """
        desk = self._desk
        if desk.may_go and not findings:
            desk.stage = DisbursementState.PAYING
            self._checks += 1
            await self._pay()
            return
        if desk.may_go:
            sentence = "; ".join(finding.sentence for finding in findings)
            desk.review_again()
            if any(finding.is_suspicion for finding in findings):
                desk.stop(Suspicion(SYSTEM.username, sentence, "last checks", workflow.now()))
            await self._file.note(sentence, SYSTEM.username)
        self._checks += 1

    async def _pay(self) -> None:
        """Have the payment workflow pay; while it does, a stop is passed on to it."""
        desk = self._desk
        self._file.tell(f"payment {desk.payment_id} is under way")
        payout = PayOut(
            self._payment_order(),
            stopped=lambda: desk.suspicion.reason if desk.suspicion is not None else "",
            told=self._file.tell,
        )
        outcome = await payout.run()
        desk.unsure = payout.broke
        if payout.started and not payout.broke:
            self._replaces = desk.payment_id
        await self._conclude(outcome)

    def _payment_order(self) -> PaymentOrder:
        order, desk = self._order, self._desk
        return PaymentOrder(
            payment_id=desk.payment_id,
            product="disbursement",
            bank=order.bank,
            counterparty=desk.payee,
            amount=order.amount,
            business_reference=order.contract_number,
            ordered_by=SYSTEM,
            purpose=order.purpose,
            replaces=self._replaces,
            even_if_duplicate=desk.even_if_duplicate,
        )

    async def _conclude(self, outcome: PaymentOutcome) -> None:
        desk, order = self._desk, self._order
        recovery = ""
        if outcome.state is not PaymentState.SETTLED:
            desk.stage = DisbursementState.NOT_PAID
            sentence = f"payment {outcome.payment_id} {outcome.state}: {outcome.reason}"
        elif desk.suspicion is not None:
            desk.stage = DisbursementState.PAID_UNDER_SUSPICION
            recovery = f"recover {order.amount} {order.amount.currency} from {desk.payee.name}, "
            recovery += f"account {desk.payee.number}, paid by {outcome.payment_id}"
            sentence = f"paid, though {desk.suspicion.by} reported: {desk.suspicion.reason}; {recovery}"
        else:
            desk.stage = DisbursementState.PAID
            sentence = f"paid by {outcome.payment_id}, voucher {outcome.voucher}"
        self._voucher = outcome.voucher
        await self._file.note(sentence, SYSTEM.username, voucher=outcome.voucher, recovery=recovery)

    def _check_entered(self, wanted: str) -> None:
        """Who may review is known once the order is in the books."""
        if not self._file.entered:
            raise DisbursementNotOpenError(self._order.disbursement_id, "being entered", wanted)

    async def _noted(self, sentence: str, by: str) -> DisbursementStatus:
        await self._file.note(sentence, by)
        return self.status()
