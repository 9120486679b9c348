"""Parameters in force, their versions, and changes that take no second person."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlmodel import Session

from activities.parameters.checking import value_at
from activities.store import parameter_changes, parameters
from cli.house import reading, who
from cli.output import As, DryRun, Json, Reason, done, print_json, print_table
from cli.params.editing import apply, leaves
from models.calendar import SHANGHAI
from models.errors import RefusedByRuleError
from models.parameters.changes.differences import differences
from models.parameters.registry import ParameterSet, parameter_set

SetName = Annotated[str, typer.Argument(metavar="SET", help="As shown by params list.")]
Effective = Annotated[datetime | None, typer.Option(help="From when (Shanghai time); at once otherwise.")]


def list_sets(as_json: Json = False) -> None:
    """Every parameter set, its version in force and its open proposal.

    Example: leaseflow params list
    """
    now = datetime.now(UTC)
    with reading() as session:
        rows = [_summary(session, name, now) for name in parameters.names(session)]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("set", "version", "changed by", "open proposal"),
        [(row["set"], row["version"], " or ".join(row["editors"]), row["open_proposal"]) for row in rows],
        right=["version"],
        empty="no parameter sets",
    )


def show(name: SetName = "bill-monitoring", as_json: Json = False) -> None:
    """Parameters in force now.

    Example: leaseflow params show payments
    """
    wanted = parameter_set(name)
    with reading() as session:
        current = parameters.in_force(session, wanted, datetime.now(UTC))
    value = current.value.model_dump(mode="json")
    if as_json:
        print_json({"set": name, "version": current.version, "parameters": value})
        return
    rows = [(leaf, json.dumps(inner, ensure_ascii=False)) for leaf, inner in leaves(value)]
    print_table(("parameter", "value"), rows, empty="no parameters")
    done(f"version {current.version}" + (" (as shipped)" if current.version == 0 else ""))


def set_(
    changes: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE...", help="Values are JSON or plain text.")
    ],
    reason: Reason,
    name: Annotated[str, typer.Option("--set", help="Parameter set.")] = "bill-monitoring",
    effective: Effective = None,
    dry_run: DryRun = False,
    actor: As = None,
) -> None:
    """Change parameters; scans that start from then on use them.

    Example: leaseflow params set warning.acknowledge_hours=4 --reason "audit 2026-11" --as risk.desk
    """
    person = who(actor)
    wanted = parameter_set(name)
    _refuse_four_eyes(wanted)
    person.require(*wanted.editors, to=f"change {name}")
    with reading() as session:
        value = parameters.in_force(session, wanted, datetime.now(UTC)).value.model_dump(mode="json")
        apply(value, changes)
        checked = wanted.checked(value)
        if dry_run:
            done(f"valid: {', '.join(changes)} (nothing was changed)")
            return
        instant = effective.replace(tzinfo=SHANGHAI) if effective else datetime.now(UTC)
        version = parameters.change(
            session,
            wanted,
            checked.model_dump(mode="json"),
            effective_from=instant,
            changed_by=person.username,
            reason=reason,
        )
    done(f"params/{name}/{version} in force from {instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")


def history(name: SetName = "bill-monitoring", as_json: Json = False) -> None:
    """Every version: who changed what, when and why.

    Example: leaseflow params history payments
    """
    with reading() as session:
        rows = parameters.history(session, parameter_set(name))
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("version", "effective from", "changed by", "reason", "recorded"),
        [
            (
                row.version,
                f"{row.effective_from.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
                row.changed_by,
                row.reason,
                f"{row.recorded_at:%Y-%m-%d}",
            )
            for row in rows
        ],
        empty="no change yet; the shipped parameters are in force",
    )


def diff(
    name: SetName,
    older: Annotated[int, typer.Argument(metavar="V1", min=0, help="A version; 0 is the shipped one.")],
    newer: Annotated[int, typer.Argument(metavar="V2", min=0, help="Another version.")],
    as_json: Json = False,
) -> None:
    """What differs between two versions.

    Example: leaseflow params diff payments 0 1
    """
    wanted = parameter_set(name)
    with reading() as session:
        old = parameter_changes.value_of(session, wanted, older)
        new = parameter_changes.value_of(session, wanted, newer)
    found = differences(old, new)
    if as_json:
        print_json(found)
        return
    print_table(
        ("parameter", f"version {older}", f"version {newer}"),
        [(each.name, each.old, each.new) for each in found],
        empty="nothing differs",
    )


def _summary(session: Session, name: str, now: datetime) -> dict[str, Any]:
    wanted = parameter_set(name)
    waiting = parameter_changes.open_proposal(session, name)
    found = value_at(session, wanted, now)
    version = parameters.in_force(session, wanted, now).version if found is not None else None
    return {
        "set": name,
        "version": version,
        "four_eyes": wanted.four_eyes,
        "editors": [role.value for role in wanted.editors],
        "open_proposal": waiting.proposal_id if waiting else None,
    }


def _refuse_four_eyes(wanted: ParameterSet[Any]) -> None:
    if wanted.four_eyes:
        raise RefusedByRuleError(
            f"{wanted.name} is changed by four eyes",
            remedy=f"Propose the change: leaseflow params propose {wanted.name} NAME=VALUE --reason WHY",
        )
