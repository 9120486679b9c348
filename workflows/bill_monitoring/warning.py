"""An officer is warned once, and the warning is acknowledged or climbs."""

from __future__ import annotations

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows.bill_monitoring.patience import QUICK
from workflows.bill_monitoring.steps import Messenger, ScanBooks
from workflows.situation import Situation, note_list_date

with workflow.unsafe.imports_passed_through():
    from models.bill_monitoring.errors import FindingAcknowledgedError, UnknownFindingError
    from models.bill_monitoring.messages import (
        Acknowledged,
        Acknowledgement,
        RecordAcknowledgement,
        SendWarning,
        WarningOutcome,
        WarningRound,
        WarningStatus,
    )
    from models.calendar import BusinessCalendar
    from models.errors import LeaseflowError
    from models.people import Role, WrongActorError

_SEND_RETRY = RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=10))


@workflow.defn(name="BillWarning", failure_exception_types=[LeaseflowError])
class BillWarning:
    """The changed findings of one officer, open until each is acknowledged."""

    def __init__(self) -> None:
        self._open: dict[str, None] = {}
        self._entering: dict[str, None] = {}
        self._acknowledged: dict[str, str] = {}
        self._chain: tuple[str, ...] = ()
        self._level = 0
        self._round: WarningRound
        self._situation = Situation(self._details)

    @workflow.run
    async def run(self, round_: WarningRound) -> WarningOutcome:
        self._round = round_
        note_list_date(round_.list_date)
        due = await workflow.execute_activity_method(
            ScanBooks.load_warning,
            round_,
            start_to_close_timeout=QUICK,
            summary="load the findings and the chain of managers",
        )
        self._open, self._chain = dict.fromkeys(due.finding_ids), due.chain
        while self._open:
            acknowledge_by = BusinessCalendar().add_business_hours(
                workflow.now(), round_.parameters.warning.service_level
            )
            await self._send(acknowledge_by)
            if await self._acknowledged_by(acknowledge_by):
                break
            self._level += 1
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._situation.enter("completed", open_items=0)
        people = tuple(dict.fromkeys(self._acknowledged.values()))
        return WarningOutcome(len(self._acknowledged), people, self._level)

    @workflow.query
    def status(self) -> WarningStatus:
        return WarningStatus(self._situation.waiting_for, tuple(self._open), self._with_person(), self._level)

    @workflow.update
    async def acknowledge(self, command: Acknowledgement) -> Acknowledged:
        """Take note of findings, all open ones unless some are named."""
        await workflow.wait_condition(lambda: bool(self._chain))
        self._check(command)
        findings = command.finding_ids or tuple(f for f in self._open if f not in self._entering)
        self._entering.update(dict.fromkeys(findings))
        await workflow.execute_activity_method(
            ScanBooks.record_acknowledgement,
            RecordAcknowledgement(command.actor, findings, command.note, workflow.now()),
            start_to_close_timeout=QUICK,
            summary=f"{command.actor.username} acknowledges {len(findings)} findings",
        )
        for finding in findings:
            del self._open[finding], self._entering[finding]
            self._acknowledged[finding] = command.actor.username
        self._show()
        return Acknowledged(findings, still_open=len(self._open))

    @acknowledge.validator
    def _may_acknowledge(self, command: Acknowledgement) -> None:
        if self._chain:
            self._check(command)

    def _check(self, command: Acknowledgement) -> None:
        actor = command.actor
        if actor.username not in self._chain and Role.RISK not in actor.roles:
            raise WrongActorError(
                f"{actor.username} may not acknowledge warnings of {self._round.officer}",
                remedy=f"It is for {', '.join(self._chain)} or the risk desk",
            )
        for finding in command.finding_ids:
            if finding in self._acknowledged or finding in self._entering:
                raise FindingAcknowledgedError(finding)
            if finding not in self._open:
                raise UnknownFindingError(finding)

    async def _send(self, acknowledge_by: datetime) -> None:
        await workflow.execute_activity_method(
            Messenger.send_warning,
            SendWarning(
                scan_id=self._round.scan_id,
                list_date=self._round.list_date,
                recipient=self._with_person(),
                on_behalf_of=self._round.officer,
                finding_ids=tuple(self._open),
                parameters=self._round.parameters,
                acknowledge_by=acknowledge_by,
                escalated=self._level > 0,
                warning_workflow=workflow.info().workflow_id,
            ),
            start_to_close_timeout=timedelta(minutes=5),
            retry_policy=_SEND_RETRY,
            summary=f"warn {self._with_person()} of {len(self._open)} findings",
        )
        self._show()

    async def _acknowledged_by(self, deadline: datetime) -> bool:
        """Wait until nothing is open; False when time ran out and somebody above can be told."""
        top = self._level >= len(self._chain) - 1
        timeout = None if top else deadline - workflow.now()
        try:
            await workflow.wait_condition(
                lambda: not self._open,
                timeout=timeout,
                timeout_summary=f"{self._with_person()} has until then",
            )
        except TimeoutError:
            return False
        return True

    def _with_person(self) -> str:
        return self._chain[min(self._level, len(self._chain) - 1)] if self._chain else self._round.officer

    def _show(self) -> None:
        count, person = len(self._open), self._with_person()
        waiting_for = f"{person} to acknowledge {count} findings" if count else ""
        state = "completed" if not count else "escalated" if self._level else "waiting-for-person"
        self._situation.enter(state, waiting_for=waiting_for, assigned_to=person, open_items=count)

    def _details(self) -> list[str]:
        return [
            f"Officer {self._round.officer}, list of {self._round.list_date}",
            f"{len(self._acknowledged)} acknowledged, {len(self._open)} open, {self._level} escalations",
            *(f"- {finding}" for finding in list(self._open)[:20]),
        ]
