"""One scan of the exchange's overdue lists, from the login to the warnings."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.workflow import ParentClosePolicy

from workflows.bill_monitoring.gathering import Gathering
from workflows.bill_monitoring.patience import BOOKS_RETRY, QUICK
from workflows.bill_monitoring.steps import DocumentDesk, ExchangeRobot, Messenger, RiskAnalysis, ScanBooks
from workflows.bill_monitoring.visits import Visits
from workflows.queues import Queue
from workflows.situation import Situation, note_list_date

with workflow.unsafe.imports_passed_through():
    from models.bill_monitoring.errors import NoChallengeError
    from models.bill_monitoring.messages import (
        ChallengeAnswer,
        FetchAmounts,
        FindingCounts,
        ListRef,
        Matched,
        ReadDocument,
        ReviewRound,
        ScanOpened,
        ScanOrder,
        ScanOutcome,
        ScanProgress,
        ScanState,
        ScanStatus,
        ScanStep,
        TroubleNotice,
        WarningRound,
    )
    from models.bill_monitoring.workflow_ids import review_workflow, warning_workflow
    from models.errors import LeaseflowError
    from models.people import Role

_AMOUNTS_PER_VISIT = 50


@workflow.defn(name="OverdueBillScan", failure_exception_types=[LeaseflowError])
class OverdueBillScan:
    """Crawl, read, match, compare, report, warn.

    Review of doubtful items and acknowledgement of warnings live on in workflows of their own, so
    that a scan ends within minutes and the next one is never held up by people.
    """

    def __init__(self) -> None:
        self._progress = ScanProgress()
        self._findings = FindingCounts()
        self._lists: tuple[ListRef, ...] = ()
        self._situation = Situation(self._details)
        self._opened: ScanOpened
        self._visits: Visits | None = None

    @workflow.run
    async def run(self, order: ScanOrder) -> ScanOutcome:
        self._situation.enter(ScanState.CRAWLING)
        self._opened = await workflow.execute_activity_method(
            ScanBooks.open_scan,
            order,
            start_to_close_timeout=QUICK,
            retry_policy=BOOKS_RETRY,
            summary="enter the scan, fix the parameters in force",
        )
        self._visits = Visits(self._opened.scan_id, self._opened.parameters, self._situation)
        try:
            outcome = await self._scan(order, self._visits)
        except (ActivityError, LeaseflowError) as failure:
            await self._report_trouble(failure)
            raise
        await self._close(outcome)
        return outcome

    # ------------------------------------------------------------ people and onlookers

    @workflow.query
    def status(self) -> ScanStatus:
        return ScanStatus(
            state=ScanState(self._situation.state or ScanState.CRAWLING),
            waiting_for=self._situation.waiting_for,
            list_date=self._lists[0].list_date if self._lists else None,
            progress=self._progress,
            findings=self._findings,
            challenge=self._visits.challenge if self._visits else None,
        )

    @workflow.update
    def answer_challenge(self, answer: ChallengeAnswer) -> str:
        """Take a person's answer to the captcha or one-time code that the exchange asks for."""
        if self._visits is None or self._visits.challenge is None:
            raise NoChallengeError
        kind = self._visits.challenge.kind.replace("_", " ")
        self._visits.answer(answer.answer.strip())
        return f"{kind} answered by {answer.actor.username}; the robot goes on"

    @answer_challenge.validator
    def _may_answer(self, answer: ChallengeAnswer) -> None:
        answer.actor.require(Role.OPERATOR, Role.RISK, to="answer the exchange's challenge")
        challenge = self._visits.challenge if self._visits else None
        if challenge is None or answer.challenge_id not in ("", challenge.challenge_id):
            raise NoChallengeError

    # ------------------------------------------------------------ the process

    async def _scan(self, order: ScanOrder, visits: Visits) -> ScanOutcome:
        gathering = Gathering(order, self._opened, visits, self._advance)
        self._lists = await gathering.find_lists()
        if not self._lists:
            return ScanOutcome(self._opened.scan_id, ScanState.NOTHING_NEW, order.list_date)
        list_date = self._lists[0].list_date
        note_list_date(list_date)
        unscanned = [listed for listed in self._lists if not listed.scanned]
        self._advance(lists=len(self._lists), files=sum(len(listed.files) for listed in unscanned))
        for listed in unscanned:
            await gathering.fetch(listed)
        self._situation.enter(ScanState.READING)
        await gathering.everything_read()

        step = ScanStep(
            scan_id=self._opened.scan_id,
            list_date=list_date,
            list_ids=tuple(listed.list_id for listed in self._lists),
            parameters=self._opened.parameters,
            partial=order.partial,
        )
        self._situation.enter(ScanState.MATCHING)
        matched = await self._match(step)
        await self._complete(matched, step, visits)
        return await self._conclude(step, matched)

    async def _match(self, step: ScanStep) -> Matched:
        return await workflow.execute_activity_method(
            RiskAnalysis.match_records,
            step,
            task_queue=Queue.ANALYSIS,
            start_to_close_timeout=timedelta(minutes=10),
            retry_policy=BOOKS_RETRY,
            summary="match records against the stock customers",
        )

    async def _complete(self, matched: Matched, step: ScanStep, visits: Visits) -> None:
        """Get the amounts, but only of records that concern customers."""
        reads = [
            workflow.execute_activity_method(
                DocumentDesk.complete_document,
                ReadDocument(step.scan_id, document, step.parameters),
                task_queue=Queue.OCR,
                start_to_close_timeout=timedelta(minutes=30),
                heartbeat_timeout=QUICK,
                retry_policy=RetryPolicy(maximum_attempts=5),
                summary=f"read the matched rows of {document.filename} to the end"[:200],
            )
            for document in matched.to_complete
        ]
        asked = asyncio.create_task(self._fetch_amounts(matched.without_amounts, step, visits))
        await asyncio.gather(asked, *reads)

    async def _fetch_amounts(self, record_ids: tuple[str, ...], step: ScanStep, visits: Visits) -> None:
        for start in range(0, len(record_ids), _AMOUNTS_PER_VISIT):
            chunk = record_ids[start : start + _AMOUNTS_PER_VISIT]
            await visits.run(
                ExchangeRobot.fetch_amounts,
                partial(_ask_amounts, step=step, record_ids=chunk),
                summary=f"ask for the amounts of {len(chunk)} acceptors",
            )

    async def _conclude(self, step: ScanStep, matched: Matched) -> ScanOutcome:
        self._situation.enter(ScanState.REPORTING)
        self._findings = await workflow.execute_activity_method(
            RiskAnalysis.assess_findings,
            step,
            task_queue=Queue.ANALYSIS,
            start_to_close_timeout=timedelta(minutes=5),
            retry_policy=BOOKS_RETRY,
            summary="compare with the list before and grade",
        )
        await self._start_people_work(step)
        report = await workflow.execute_activity_method(
            RiskAnalysis.write_report,
            step,
            task_queue=Queue.ANALYSIS,
            start_to_close_timeout=timedelta(minutes=5),
            retry_policy=BOOKS_RETRY,
            summary="write and archive the report",
        )
        return ScanOutcome(
            scan_id=step.scan_id,
            state=ScanState.COMPLETED,
            list_date=step.list_date,
            records=matched.records,
            findings=self._findings,
            report_id=report.report_id,
            list_ids=step.list_ids,
        )

    async def _start_people_work(self, step: ScanStep) -> None:
        """Warn before the report is written: minutes count, and the report does not change them."""
        if self._findings.review_items:
            await workflow.start_child_workflow(
                "BillReview",
                ReviewRound(step.scan_id, step.list_date, step.parameters),
                id=review_workflow(step.scan_id),
                parent_close_policy=ParentClosePolicy.ABANDON,
                static_summary=f"{self._findings.review_items} doubtful records of {step.list_date}",
            )
        for officer in self._findings.officers:
            await workflow.start_child_workflow(
                "BillWarning",
                WarningRound(step.scan_id, step.list_date, officer, step.parameters),
                id=warning_workflow(step.scan_id, officer),
                parent_close_policy=ParentClosePolicy.ABANDON,
                static_summary=f"warn {officer} of overdue bills, list of {step.list_date}",
            )

    # ------------------------------------------------------------ book-keeping

    async def _close(self, outcome: ScanOutcome) -> None:
        await workflow.execute_activity_method(
            ScanBooks.close_scan,
            outcome,
            start_to_close_timeout=QUICK,
            retry_policy=BOOKS_RETRY,
            summary="enter the outcome",
        )
        self._situation.enter(outcome.state)

    async def _report_trouble(self, failure: ActivityError | LeaseflowError) -> None:
        fact = failure.cause if isinstance(failure, ActivityError) else failure
        sentence = fact.message if isinstance(fact, ApplicationError | LeaseflowError) else str(fact)
        await self._close(ScanOutcome(self._opened.scan_id, ScanState.FAILED, None))
        await workflow.execute_activity_method(
            Messenger.send_trouble,
            TroubleNotice(self._opened.scan_id, sentence, self._opened.parameters),
            start_to_close_timeout=QUICK,
            retry_policy=RetryPolicy(maximum_attempts=10),
            summary="tell the operators",
        )

    def _advance(self, **steps: int) -> None:
        counts = {name: getattr(self._progress, name) + step for name, step in steps.items()}
        self._progress = replace(self._progress, **counts)
        self._situation.refresh()

    def _details(self) -> list[str]:
        done = self._progress
        lines = [f"List of {listed.list_date}: {listed.title}" for listed in self._lists]
        lines.append(f"{done.files_fetched} of {done.files} files and {done.pages} table pages fetched")
        lines.append(f"{done.documents_read} of {done.documents} documents read, {done.rows} rows")
        if done.unreadable:
            lines.append(f"{done.unreadable} documents could not be read: see the report")
        if self._findings.changed:
            found = self._findings
            lines.append(
                f"{found.new} new, {found.worse} worse, {found.better} better, {found.cleared} cleared"
            )
        return lines


def _ask_amounts(visit: object, *, step: ScanStep, record_ids: tuple[str, ...]) -> FetchAmounts:
    return FetchAmounts(visit, step.list_date, record_ids)  # type: ignore[arg-type]
