"""Schedules: what starts by itself, stated in full, because Temporal's defaults do not fit a house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from models.bill_monitoring.messages import ScanOrder
from models.forwarding.messages import ConsistencyOrder
from models.ledger.seals import SealOrder
from workflows.queues import Queue


@dataclass(frozen=True, slots=True)
class HouseSchedule:
    """One schedule: when, what, and what to do when a run was missed or is still going."""

    schedule_id: str
    note: str
    cron: tuple[str, ...]
    workflow: str
    argument: object
    workflow_id: str
    time_zone: str = "Asia/Shanghai"
    catch_up: timedelta = timedelta(hours=12)
    """A run missed for longer (everything was down) is not made up for: the next one covers it."""

    def schedule(self, state: ScheduleState | None = None) -> Schedule:
        return Schedule(
            action=ScheduleActionStartWorkflow(
                self.workflow,
                self.argument,
                id=self.workflow_id,
                task_queue=Queue.ENGINE,
                static_summary=self.note,
            ),
            spec=ScheduleSpec(cron_expressions=list(self.cron), time_zone_name=self.time_zone),
            policy=SchedulePolicy(
                overlap=ScheduleOverlapPolicy.SKIP, catchup_window=self.catch_up, pause_on_failure=False
            ),
            state=state or ScheduleState(note=self.note),
        )


ALL: Final = (
    HouseSchedule(
        schedule_id="bills-scan",
        note="scan the bill exchange's overdue lists, twice each business day and daily in disclosure week",
        # acceptors disclose in the first ten days of a month
        cron=("30 8,14 * * MON-FRI", "30 8 1-10 * SAT,SUN"),
        workflow="OverdueBillScan",
        argument=ScanOrder(),
        workflow_id="bills-scan-scheduled",
    ),
    HouseSchedule(
        schedule_id="partners-consistency",
        note="compare yesterday's messages with every partner system; what is missing there goes again",
        cron=("30 0 * * *",),
        workflow="ConsistencyCheck",
        argument=ConsistencyOrder(),
        workflow_id="partners-consistency",
    ),
    HouseSchedule(
        schedule_id="ledger-seal",
        note="give back expired holds and seal what the ledger has posted, every five minutes",
        cron=("*/5 * * * *",),
        workflow="LedgerSeal",
        argument=SealOrder(),
        workflow_id="ledger-seal",
        # the next round seals whatever a missed one would have
        catch_up=timedelta(minutes=10),
    ),
)


async def apply_schedules(client: Client) -> list[str]:
    """Create or update every schedule; a paused one stays paused. Gives a sentence for each."""
    return [await _apply(client, house) for house in ALL]


async def _apply(client: Client, house: HouseSchedule) -> str:
    try:
        await client.create_schedule(house.schedule_id, house.schedule())
    except ScheduleAlreadyRunningError:

        def _renew(found: ScheduleUpdateInput) -> ScheduleUpdate:
            return ScheduleUpdate(schedule=house.schedule(found.description.schedule.state))

        await client.get_schedule_handle(house.schedule_id).update(_renew)
        return f"schedule/{house.schedule_id} updated"
    return f"schedule/{house.schedule_id} created"
