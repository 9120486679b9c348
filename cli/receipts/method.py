"""How customers' contracts are paid: shown, changed by two people, with every version kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from activities.store.payments import payment_methods
from activities.store.tables.receipts import PaymentMethodRow
from cli.house import reading, who
from cli.output import As, DryRun, Json, Reason, done, print_json, print_table
from cli.receipts.purposes import Day, as_date
from models.calendar import business_date
from models.payments.banking import BankAccount
from models.payments.receipts.methods import MethodKind, PaymentMethod
from models.people import Role

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="How customers' contracts are paid, with history."
)

Reference = Annotated[str, typer.Argument(metavar="REFERENCE", help="The contract.")]
Version = Annotated[int, typer.Argument(metavar="VERSION", help="As shown by method history.")]
Note = Annotated[str, typer.Option("--reason", help="What was checked, or why not.")]


@app.command()
def show(reference: Reference, as_json: Json = False) -> None:
    """How a contract is paid today.

    Example: leaseflow receipts method show L2026-0001
    """
    with reading() as session:
        row = payment_methods.in_force(session, reference, business_date(datetime.now(UTC)))
    if as_json:
        print_json(row.model_dump() if row else None)
    elif row is None:
        done(f"{reference} has no payment method")
    else:
        done(f"{reference} by {row.kind} from {row.account} ({row.account_name}), version {row.version}")


@app.command()
def change(
    reference: Reference,
    account: Annotated[str, typer.Option(help="Account number.")],
    name: Annotated[str, typer.Option(help="Its owner.")],
    reason: Reason,
    kind: Annotated[MethodKind, typer.Option(help="How it is paid.")] = MethodKind.DEBIT,
    bank: Annotated[str, typer.Option(help="CNAPS code or BIC of the bank that keeps it.")] = "",
    mandate: Annotated[str, typer.Option(help="For debits.")] = "",
    signed: Day = None,
    valid_from: Day = None,
    dry_run: DryRun = False,
    actor: As = None,
) -> None:
    """Propose how a contract is paid from a day on, today where none is named; a second person approves.

    Example: leaseflow receipts method change L2026-0001 --account 31001520313050012345 --name 某公司
    --mandate M-2026-7 --signed 2026-11-02 --reason "new account" --as luo.dan
    """
    person = who(actor)
    person.require(Role.CASHIER, Role.TREASURER, Role.OFFICER, to="propose payment methods")
    at = datetime.now(UTC)
    method = PaymentMethod(
        reference,
        kind,
        BankAccount(account, name, bank),
        as_date(valid_from) or business_date(at),
        mandate=mandate,
        mandate_signed=as_date(signed),
    )
    with reading() as session:
        row = payment_methods.propose(session, method, by=person.username, reason=reason, at=at)
        if dry_run:
            session.rollback()
            done(f"valid: version {row.version} of {reference} (nothing was changed)")
            return
    then = f"leaseflow receipts method approve {reference} {row.version}"
    done(f"method/{reference}/{row.version} proposed; {then}")


@app.command()
def approve(reference: Reference, version: Version, reason: Note = "", actor: As = None) -> None:
    """Approve a proposed version: open dues from its day on go to it. Not by who proposed it.

    Example: leaseflow receipts method approve L2026-0001 2 --as he.ting
    """
    _decide(reference, version, reason, actor, approved=True)


@app.command()
def reject(reference: Reference, version: Version, reason: Reason, actor: As = None) -> None:
    """Turn a proposed version down.

    Example: leaseflow receipts method reject L2026-0001 2 --reason "another's account" --as he.ting
    """
    _decide(reference, version, reason, actor, approved=False)


@app.command()
def history(reference: Reference, as_json: Json = False) -> None:
    """Every version: who proposed it, who decided, and why.

    Example: leaseflow receipts method history L2026-0001
    """
    with reading() as session:
        rows = payment_methods.history(session, reference)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("version", "kind", "account", "valid from", "state", "by", "decided by", "reason"),
        [_line(row) for row in rows],
        empty=f"{reference} has no payment method",
    )


def _decide(reference: str, version: int, note: str, actor: str | None, *, approved: bool) -> None:
    person = who(actor)
    person.require(Role.TREASURER, to="decide on payment methods")
    at = datetime.now(UTC)
    with reading() as session:
        row = payment_methods.decide(
            session, reference, version, approved=approved, by=person.username, note=note, at=at
        )
    rewritten = "" if row.rewritten is None else f", {row.rewritten} open dues go to it"
    done(f"method/{reference}/{version} {row.state}{rewritten}")


def _line(row: PaymentMethodRow) -> tuple[Any, ...]:
    return (
        row.version,
        row.kind,
        row.account,
        row.valid_from,
        row.state,
        row.changed_by,
        row.decided_by,
        row.reason,
    )
