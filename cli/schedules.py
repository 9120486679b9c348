"""`leaseflow schedules`: what starts by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

import typer
from temporalio.client import Client, ScheduleBackfill, ScheduleHandle, ScheduleOverlapPolicy
from temporalio.service import RPCError, RPCStatusCode

from cli.output import Json, done, print_json, print_table
from models.calendar import SHANGHAI
from models.errors import RefusedByRuleError
from workers.schedules import ALL, apply_schedules
from workers.settings import load_settings
from workers.temporal import connect

app = typer.Typer(add_completion=False, no_args_is_help=True, help="What starts by itself.")

Answer = TypeVar("Answer")

ScheduleId = Annotated[str, typer.Argument(metavar="SCHEDULE", help="As shown by schedules list.")]


@app.command("apply")
def apply_() -> None:
    """Create or update every schedule of this version; a paused one stays paused.

    Example: leaseflow schedules apply
    """

    async def work(client: Client) -> None:
        for sentence in await apply_schedules(client):
            done(sentence)

    _with_client(work)


@app.command("list")
def list_schedules(as_json: Json = False) -> None:
    """Each schedule, whether it is paused, and when it runs next.

    Example: leaseflow schedules list
    """

    async def work(client: Client) -> None:
        rows = []
        for house in ALL:
            description = await _existing(
                client.get_schedule_handle(house.schedule_id).describe, house.schedule_id
            )
            upcoming = description.info.next_action_times
            rows.append(
                {
                    "schedule_id": house.schedule_id,
                    "paused": description.schedule.state.paused,
                    "next_run": upcoming[0].astimezone(SHANGHAI) if upcoming else None,
                    "runs": description.info.num_actions,
                    "skipped": description.info.num_actions_skipped_overlap,
                    "missed": description.info.num_actions_missed_catchup_window,
                    "note": house.note,
                }
            )
        if as_json:
            print_json(rows)
            return
        print_table(
            ("schedule", "state", "next run (Shanghai)", "runs", "skipped", "missed", "what"),
            [
                (
                    r["schedule_id"],
                    "paused" if r["paused"] else "on",
                    f"{r['next_run']:%Y-%m-%d %H:%M}" if r["next_run"] else "-",
                    r["runs"],
                    r["skipped"],
                    r["missed"],
                    r["note"],
                )
                for r in rows
            ],
            empty="no schedules",
        )

    _with_client(work)


@app.command()
def pause(schedule: ScheduleId, reason: Annotated[str, typer.Option(help="Shown in the web UI.")]) -> None:
    """Stop a schedule from starting anything.

    Example: leaseflow schedules pause bills-scan --reason "exchange migrates its site"
    """
    _change(schedule, lambda handle: handle.pause(note=reason), "paused")


@app.command()
def resume(
    schedule: ScheduleId, reason: Annotated[str, typer.Option(help="Shown in the web UI.")] = "resumed"
) -> None:
    """Let a paused schedule start things again.

    Example: leaseflow schedules resume bills-scan
    """
    _change(schedule, lambda handle: handle.unpause(note=reason), "resumed")


@app.command()
def run(
    schedule: ScheduleId,
    since: Annotated[datetime | None, typer.Option(help="Run every time missed since then, too.")] = None,
    until: Annotated[datetime | None, typer.Option(help="End of the missed time; now otherwise.")] = None,
) -> None:
    """Start a schedule's workflow now, or make up for missed times.

    Example: leaseflow schedules run bills-scan
    """
    if since is None:
        _change(schedule, lambda handle: handle.trigger(), "triggered")
        return
    window = ScheduleBackfill(
        start_at=since.replace(tzinfo=SHANGHAI),
        end_at=(until or datetime.now(SHANGHAI)).replace(tzinfo=SHANGHAI),
        overlap=ScheduleOverlapPolicy.BUFFER_ALL,
    )
    _change(schedule, lambda handle: handle.backfill(window), f"backfilled since {since:%Y-%m-%d %H:%M}")


def _change(schedule: str, act: Callable[[ScheduleHandle], Awaitable[None]], what: str) -> None:
    async def work(client: Client) -> None:
        handle = client.get_schedule_handle(schedule)

        async def do() -> None:
            await act(handle)

        await _existing(do, schedule)
        done(f"schedule/{schedule} {what}")

    _with_client(work)


async def _existing(act: Callable[[], Awaitable[Answer]], schedule: str) -> Answer:
    try:
        return await act()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise RefusedByRuleError(
                f"there is no schedule {schedule!r}", remedy="Create them with leaseflow schedules apply"
            ) from error
        raise


def _with_client(work: Callable[[Client], Awaitable[None]]) -> None:
    async def main() -> None:
        await work(await connect(load_settings()))

    asyncio.run(main())
