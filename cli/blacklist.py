"""`leaseflow blacklist`: with whom the house does no business; running applications hear of it at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.store.lease import blacklist as store
from activities.store.tables.screening import BlacklistEntryRow
from cli.house import reading, send_update, who
from cli.output import (
    As,
    DryRun,
    ExitCode,
    Json,
    Reason,
    changed,
    done,
    house_time,
    note,
    print_json,
    print_table,
)
from models.calendar import business_date
from models.errors import LeaseflowError, ServiceUnreachableError
from models.lease.application.messages import Blacklisted
from models.lease.disbursement.messages import DisbursementStatus, FraudReport
from models.lease.screening.blacklist import BlacklistKind, Lookup, NewEntry, compared, require_fit
from models.lease.workflow_ids import application_workflow, disbursement_workflow
from models.people import SYSTEM, Actor, Role
from workers.settings import load_settings
from workers.temporal import connect

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="The blacklist: add, lift, list, check. Example: leaseflow blacklist check phone 13800000000",
)

Kind = Annotated[BlacklistKind, typer.Argument(help="person, firm, phone, vin or account.")]
Value = Annotated[str, typer.Argument(help="Identity number, USCC, phone, VIN or account number.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@app.command()
def add(
    kind: Kind,
    value: Value,
    reason: Reason,
    name: Annotated[str, typer.Option(help="For people who read the list.")] = "",
    from_: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Today.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; for good without it.")
    ] = None,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Put somebody or something on the list; stop applications and payments under way that name it.

    Example: leaseflow blacklist add firm 91310000MA1FL3FT0C --reason "forged invoices" --as risk.desk
    """
    person = who(actor)
    person.require(Role.RISK, Role.MANAGER, to="change the blacklist")
    today = business_date(datetime.now(UTC))
    entry = NewEntry(
        kind=kind,
        value=value,
        reason=reason,
        name=name,
        from_=from_.date() if from_ else today,
        until=until.date() if until else None,
    )
    with reading() as session:
        row = store.add(session, entry, by=person.username)
        now = entry.from_ <= today
        running = store.running_applications(session, kind, value) if now else []
        paying = store.open_disbursements(session, kind, value, running) if now else []
        if dry_run:
            session.rollback()
    if not dry_run and (running or paying):
        _tell(running, paying, Blacklisted(person, compared(value), reason))
    verb = "would be entered" if dry_run else "entered"
    stopped = f"; running: {', '.join(running)}" if running else ""
    stopped += f"; to be paid: {', '.join(paying)}" if paying else ""
    facts = {"entry": row.entry_id, "kind": kind, "value": row.value, "running": running, "paying": paying}
    sentence = f"blacklist/{row.entry_id} {kind} {row.value} {verb}{stopped}"
    changed(sentence, facts | {"dry_run": dry_run}, as_json=as_json)


@app.command()
def lift(
    entry: Annotated[int, typer.Argument(help="Number of the entry.")],
    reason: Reason,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Take an entry out of force; it stays on record, with who lifted it and why.

    Example: leaseflow blacklist lift 7 --reason "mistaken identity" --as gao.ling
    """
    person: Actor = who(actor)
    person.require(Role.RISK, Role.MANAGER, to="change the blacklist")
    with reading() as session:
        row = store.lift(session, entry, by=person.username, reason=reason)
        if dry_run:
            session.rollback()
    verb = "would be lifted" if dry_run else "lifted"
    changed(
        f"blacklist/{entry} {verb}", {"entry": entry, "value": row.value, "dry_run": dry_run}, as_json=as_json
    )


@app.command("list")
def list_entries(
    kind: Annotated[BlacklistKind | None, typer.Option(help="Only these.")] = None,
    lifted: Annotated[bool, typer.Option("--lifted", help="With those that were lifted.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 200,
    as_json: Json = False,
) -> None:
    """Entries, newest first.

    Example: leaseflow blacklist list --kind firm
    """
    with reading() as session:
        rows = store.listed(session, kind=kind, lifted=lifted, limit=limit)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("entry", "kind", "value", "name", "reason", "from", "until", "by", "lifted"),
        [_cells(row) for row in rows],
        empty="nothing is on the blacklist",
    )
    if len(rows) == limit:
        note(f"only the first {limit} are shown; see --limit")


@app.command()
def check(kind: Kind, value: Value, as_json: Json = False) -> None:
    """Whether something is on the list today, and where it was met; exit 1 when it is.

    Example: leaseflow blacklist check person 310104199003070013
    """
    today = business_date(datetime.now(UTC))
    require_fit(kind, value, today, remedy="Check it; nothing was looked up")
    with reading() as session:
        wanted = (Lookup(kind, compared(value), kind.value),)
        hits = store.look_up(session, wanted, today=today)
        met = [each for hit in hits for each in store.hits_of(session, hit.entry_id)]
    if as_json:
        print_json({"hits": [_hit(hit) for hit in hits], "met": [each.model_dump() for each in met]})
    elif not hits:
        done(f"{kind} {value} is not on the blacklist")
    else:
        entries = [(hit.entry_id, hit.kind, hit.reason) for hit in hits]
        print_table(("entry", "kind", "reason"), entries, empty="")
        print_table(
            ("application", "round", "at", "as", "when"),
            [
                (each.application_id, each.round, each.occasion, each.rule, house_time(each.at))
                for each in met
            ],
            empty="no screening met it yet",
        )
    if hits:
        raise typer.Exit(ExitCode.REFUSED)


def _hit(hit: store.BlacklistHit) -> dict[str, object]:
    """A hit with stable names."""
    return {"entry": hit.entry_id, "kind": hit.kind, "rule": hit.rule, "reason": hit.reason}


def _tell(applications: list[str], disbursements: list[str], word: Blacklisted) -> None:
    """Stop what is about to be paid, then tell each running application.

    One that has ended meanwhile needs no word. What is not reached now is stopped by the look before offer,
    contract and payment.
    """

    async def tell() -> None:
        try:
            client = await connect(load_settings())
        except ServiceUnreachableError as error:
            note(f"the entry stands, but running applications were not told: {error}")
            return
        for disbursement_id in disbursements:
            await _stop(client, disbursement_id, word)
        for application_id in applications:
            handle = client.get_workflow_handle(application_workflow(application_id))
            try:
                await handle.signal("blacklisted", word)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                note(f"lease/{application_id} runs no more")

    asyncio.run(tell())


async def _stop(client: Client, disbursement_id: str, word: Blacklisted) -> None:
    """Hold a disbursement, whoever has it; a payment under way is asked to stop."""
    report = FraudReport(
        SYSTEM, f"{word.party} was blacklisted by {word.actor.username}: {word.reason}", "blacklist"
    )
    try:
        status = await send_update(
            client,
            disbursement_workflow(disbursement_id),
            "report_fraud",
            report,
            answer=DisbursementStatus,
        )
    except LeaseflowError as error:
        note(f"disbursement/{disbursement_id} was not stopped: {error}")
    else:
        note(f"disbursement/{disbursement_id} {status.state}: {status.sentence}")


def _cells(row: BlacklistEntryRow) -> tuple[object, ...]:
    lifted = f"by {row.lifted_by}: {row.lifted_because}" if row.lifted_at else ""
    return (
        row.entry_id,
        row.kind,
        row.value,
        row.name,
        row.reason,
        row.in_force_from,
        row.in_force_until,
        row.entered_by,
        lifted,
    )
