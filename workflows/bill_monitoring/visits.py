"""Patience with the exchange: downtime is waited out, questions to a person are put to a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.queues import Queue
from workflows.situation import Situation

with workflow.unsafe.imports_passed_through():
    from models.bill_monitoring.errors import ChallengeExpiredError, ExchangeDownError
    from models.bill_monitoring.messages import Challenge, ScanState, Visit
    from models.parameters.bill_monitoring import BillMonitoringParameters

CHALLENGE = "ChallengeRequiredError"
UNAVAILABLE = "SourceUnavailableError"
HOPELESS = (
    CHALLENGE,
    "CredentialsRefusedError",
    "InvalidInputError",
    "LayoutChangedError",
    "MissingSecretError",
    "SourceLimitError",
    "UnknownListDateError",
)
"""Error types that trying again at once cannot mend."""

_Request = TypeVar("_Request")
_Answer = TypeVar("_Answer")


class Visits:
    """Runs steps at the exchange's site for one scan, one at a time.

    Args:
        scan_id: the scan on whose behalf the robot goes.
        parameters: delays and patience.
        situation: told what the visit waits for.
    """

    def __init__(self, scan_id: str, parameters: BillMonitoringParameters, situation: Situation) -> None:
        self._scan_id = scan_id
        self._parameters = parameters
        self._situation = situation
        self._asked = 0
        self._answer: str | None = None
        self.challenge: Challenge | None = None

    async def run(
        self,
        step: Callable[[Any, _Request], Awaitable[_Answer]],
        request: Callable[[Visit], _Request],
        *,
        summary: str,
    ) -> _Answer:
        """Run one step until it succeeds, a person gives up on it, or patience runs out."""
        give_up_at = workflow.now() + timedelta(hours=self._parameters.crawl.give_up_hours)
        while True:
            answer, self._answer = self._answer, None
            visit = Visit(self._scan_id, self._parameters, challenge_answer=answer)
            try:
                return await workflow.execute_activity_method(
                    step,
                    request(visit),
                    task_queue=Queue.CRAWL,
                    start_to_close_timeout=timedelta(hours=2),
                    heartbeat_timeout=timedelta(seconds=60),
                    retry_policy=RetryPolicy(
                        initial_interval=timedelta(seconds=1),
                        maximum_attempts=4,
                        non_retryable_error_types=HOPELESS,
                    ),
                    summary=summary,
                )
            except ActivityError as failure:
                fact = failure.cause
                if isinstance(fact, ApplicationError) and fact.type == CHALLENGE:
                    await self._ask_a_person(fact)
                elif isinstance(fact, ApplicationError) and fact.type == UNAVAILABLE:
                    await self._wait_for_the_exchange(fact, give_up_at)
                else:
                    raise

    def answer(self, text: str) -> None:
        """Take a person's answer to the open challenge."""
        self._answer = text
        self.challenge = None

    async def _ask_a_person(self, fact: ApplicationError) -> None:
        kind, picture = (str(detail) for detail in fact.details)
        self._asked += 1
        self.challenge = Challenge(kind, picture, challenge_id=f"challenge-{self._asked}")
        before = self._situation.state
        self._situation.enter(
            ScanState.WAITING_FOR_PERSON,
            waiting_for=f"a person to answer the exchange's {kind.replace('_', ' ')} "
            f"(leaseflow bills challenge {workflow.info().workflow_id})",
        )
        patience = timedelta(hours=self._parameters.crawl.challenge_hours)
        try:
            await workflow.wait_condition(
                lambda: self._answer is not None, timeout=patience, timeout_summary="a person has until then"
            )
        except TimeoutError:
            raise ChallengeExpiredError(kind, self._parameters.crawl.challenge_hours) from None
        self._situation.enter(before)

    async def _wait_for_the_exchange(self, fact: ApplicationError, give_up_at: datetime) -> None:
        if workflow.now() >= give_up_at:
            raise ExchangeDownError(self._parameters.crawl.give_up_hours) from fact
        before = self._situation.state
        minutes = self._parameters.crawl.retry_minutes
        self._situation.enter(
            ScanState.WAITING_FOR_EXCHANGE,
            waiting_for=f"the exchange to answer again ({fact.message}); next try in {minutes} min",
        )
        await workflow.sleep(timedelta(minutes=minutes), summary=f"exchange is down: {fact.message}"[:200])
        self._situation.enter(before)
