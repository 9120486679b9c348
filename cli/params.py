"""`leaseflow params`: parameters, changed without a restart, with their history."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from activities.store import parameters
from cli.house import reading, who
from cli.output import As, DryRun, Json, done, print_json, print_table
from models.calendar import SHANGHAI
from models.errors import InvalidInputError, RefusedByRuleError
from models.parameters.registry import ParameterSet, parameter_set

SetName = Annotated[str, typer.Argument(metavar="SET", help="As shown by params list.")]

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Parameters, with their history.")


@app.command()
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
    rows = [(name, json.dumps(leaf, ensure_ascii=False)) for name, leaf in _leaves(value)]
    print_table(("parameter", "value"), rows, empty="no parameters")
    done(f"version {current.version}" + (" (as shipped)" if current.version == 0 else ""))


@app.command("set")
def set_(
    changes: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE...", help="Values are JSON or plain text.")
    ],
    reason: Annotated[str, typer.Option(help="Why; kept in the history.")],
    name: Annotated[str, typer.Option("--set", help="Parameter set.")] = "bill-monitoring",
    effective: Annotated[
        datetime | None, typer.Option(help="From when (Shanghai time); now otherwise.")
    ] = None,
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
        for change in changes:
            _apply(value, change)
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


@app.command()
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


def _refuse_four_eyes(wanted: ParameterSet[Any]) -> None:
    if wanted.four_eyes:
        raise RefusedByRuleError(
            f"{wanted.name} is changed by four eyes",
            remedy=f"Propose the change: leaseflow params propose {wanted.name} NAME=VALUE --reason WHY",
        )


def _leaves(value: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    leaves: list[tuple[str, Any]] = []
    for name, inner in value.items():
        if isinstance(inner, dict):
            leaves.extend(_leaves(inner, f"{prefix}{name}."))
        else:
            leaves.append((f"{prefix}{name}", inner))
    return leaves


def _apply(value: dict[str, Any], change: str) -> None:
    """Set one leaf.

    Raises:
        InvalidInputError: no NAME=VALUE, or no parameter of that name.
    """
    name, equals, text = change.partition("=")
    known = [leaf for leaf, _ in _leaves(value)]
    if not equals or name not in known:
        raise InvalidInputError(
            f"{change!r} sets no parameter", remedy=f"Write NAME=VALUE with one of {', '.join(known)}"
        )
    *path, last = name.split(".")
    for step in path:
        value = value[step]
    try:
        value[last] = json.loads(text)
    except json.JSONDecodeError:
        value[last] = text
