"""Having one paper signed by everybody, in order: asked, reminded, lapsed, or stopped."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from workflows.lease.contract_steps import AWAITING, CONTRACT_RETRY, SIGNING, SigningDesk
from workflows.lease.patience import ALIVE
from workflows.queues import Queue

with workflow.unsafe.imports_passed_through():
    from models.lease.contract.messages import (
        EndSigning,
        Paper,
        SignatureAnswer,
        SignatureState,
        Signer,
        SignPaper,
    )

Show = Callable[[str], None]


class Signing:
    """The way of one paper from hand to hand.

    Args:
        paper: with its signers.
        show: says for whom it waits.
    """

    def __init__(self, paper: Paper, show: Show) -> None:
        self._paper = paper
        self._show = show
        self._stopped_by = ""
        self._reason = ""
        self.signers: tuple[Signer, ...] = paper.signers

    def stop(self, by: str, reason: str) -> None:
        """Ask nobody any more."""
        self._stopped_by, self._reason = by, reason

    async def run(self) -> SignatureAnswer:
        """Go from signer to signer; the last answer tells how it ended."""
        answer = SignatureAnswer(SignatureState.SIGNED, "nobody had to sign")
        for number in range(len(self._paper.signers)):
            answer = await self._one(number)
            if answer.state is not SignatureState.SIGNED:
                await self._end(answer)
                return answer
            self.signers = tuple(
                replace(signer, signed_at=answer.signed_at) if at == number else signer
                for at, signer in enumerate(self.signers)
            )
        return answer

    async def _one(self, number: int) -> SignatureAnswer:
        if (end := self._stopped()) is not None:
            return end
        signer = self._paper.signers[number]
        self._show(f"{signer.name} ({signer.role}) to sign")
        asked = workflow.start_activity_method(
            SigningDesk.sign,
            self._step(number),
            task_queue=Queue.OFFICES,
            start_to_close_timeout=SIGNING,
            heartbeat_timeout=ALIVE,
            retry_policy=AWAITING,
            summary=f"{signer.role} {signer.name} signs"[:200],
        )
        await self._wait(asked, number)
        if asked.done():
            return await self._answered(asked)
        asked.cancel()
        return self._stopped() or SignatureAnswer(
            SignatureState.LAPSED,
            f"{signer.name} ({signer.role}) did not sign within {self._paper.signing_days} days",
        )

    async def _wait(self, asked: workflow.ActivityHandle[SignatureAnswer], number: int) -> None:
        """For the signature, an end to it, or the time to be over; with reminders in between."""
        signer = self._paper.signers[number]
        lapse = workflow.now() + timedelta(days=self._paper.signing_days)
        reminder = timedelta(days=self._paper.remind_after_days)
        while (left := lapse - workflow.now()) > timedelta():
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: asked.done() or bool(self._reason),
                    timeout=min(reminder, left),
                    timeout_summary=f"{signer.role} is reminded, or it lapses",
                )
                return
            if left > reminder:
                await self._remind(number, signer)

    async def _answered(self, asked: workflow.ActivityHandle[SignatureAnswer]) -> SignatureAnswer:
        """The desk's answer; a signature that is not to be believed is none."""
        try:
            return await asked
        except ActivityError as error:
            if is_final(error) and isinstance(error.cause, ApplicationError):
                return SignatureAnswer(SignatureState.CANCELLED, error.cause.message)
            raise

    def _stopped(self) -> SignatureAnswer | None:
        if not self._reason:
            return None
        return SignatureAnswer(SignatureState.CANCELLED, f"{self._stopped_by}: {self._reason}".strip(": "))

    async def _remind(self, number: int, signer: Signer) -> None:
        await workflow.execute_activity_method(
            SigningDesk.remind,
            self._step(number),
            task_queue=Queue.OFFICES,
            start_to_close_timeout=SIGNING,
            heartbeat_timeout=ALIVE,
            retry_policy=CONTRACT_RETRY,
            summary=f"remind {signer.name}"[:200],
        )

    async def _end(self, answer: SignatureAnswer) -> None:
        """Whatever happened, nobody may sign what is not to be signed any more."""
        await workflow.execute_activity_method(
            SigningDesk.end_signing,
            EndSigning(
                self._paper.contract_number,
                self._paper.paper,
                answer.state,
                answer.sentence,
                self._stopped_by or "leaseflow",
                workflow.now(),
            ),
            task_queue=Queue.OFFICES,
            start_to_close_timeout=SIGNING,
            heartbeat_timeout=ALIVE,
            retry_policy=CONTRACT_RETRY,
            summary=f"{answer.state}: {answer.sentence}"[:200],
        )

    def _step(self, number: int) -> SignPaper:
        return SignPaper(self._paper.contract_number, self._paper.paper, number)


def is_final(error: ActivityError) -> bool:
    """Whether a step said itself that no repetition mends it."""
    return error.retry_state is RetryState.NON_RETRYABLE_FAILURE
