"""Banks and their profiles."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import typer

from activities.store import parameter_changes, parameters
from cli.banks.known import Code, profile_in_force
from cli.house import reading
from cli.output import Json, done, print_json, print_table
from cli.params.editing import leaves
from models.calendar import SHANGHAI
from models.parameters.banks import BankProfile
from models.parameters.registry import bank_profile
from models.payments.errors import UnknownBankError

app = typer.Typer(add_completion=False)


@app.command("list")
def list_banks(as_json: Json = False) -> None:
    """Every bank, and how it is reached.

    Example: leaseflow banks list
    """
    with reading() as session:
        rows = []
        for code in parameters.bank_codes(session):
            try:
                found = profile_in_force(session, code)
            except UnknownBankError:
                rows.append({"code": code, "name": "(not in force yet)"})
                continue
            rows.append(_summary(found.value, found.version))
    if as_json:
        print_json(rows)
        return
    columns = ("code", "name", "active", "interfaces", "account", "per_payment", "per_day")
    print_table(
        columns,
        [tuple(row.get(column) for column in columns) for row in rows],
        right=["per_payment", "per_day"],
        empty="no bank yet: leaseflow params propose bank-CODE --file FILE",
    )


@app.command()
def show(code: Code, as_json: Json = False) -> None:
    """A bank's profile in force, and what is to come.

    Example: leaseflow banks show harbour
    """
    with reading() as session:
        found = profile_in_force(session, code)
        name = bank_profile(code).name
        later = parameter_changes.versions_to_come(session, name, after=datetime.now(UTC))
        waiting = parameter_changes.open_proposal(session, name)
    profile = found.value.model_dump(mode="json")
    if as_json:
        coming = [{"version": row.version, "effective_from": row.effective_from} for row in later]
        proposal = waiting.proposal_id if waiting else None
        print_json(
            {"version": found.version, "profile": profile, "to_come": coming, "open_proposal": proposal}
        )
        return
    rows = [(leaf, json.dumps(inner, ensure_ascii=False)) for leaf, inner in leaves(profile)]
    print_table(("parameter", "value"), rows, empty="")
    done(f"version {found.version}")
    for row in later:
        done(f"version {row.version} from {row.effective_from.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    if waiting is not None:
        done(f"open proposal {waiting.proposal_id} of {waiting.proposed_by}: {waiting.reason}")


def _summary(profile: BankProfile, version: int) -> dict[str, Any]:
    ways = [name for name, way in (("http", profile.http), ("files", profile.files)) if way is not None]
    return {
        "code": profile.code,
        "name": profile.name,
        "active": profile.active,
        "version": version,
        "interfaces": "+".join(ways),
        "account": profile.ledger_account,
        "per_payment": profile.limits.per_payment,
        "per_day": profile.limits.per_day,
    }
