"""Accounts: list, open, block, limit."""

from __future__ import annotations

from typing import Annotated

import typer

from activities.ledger.chart import open_chart, shipped_chart
from activities.store.ledger import accounts as account_store
from cli.house import reading, who
from cli.ledger.options import Branch, shown
from cli.output import As, Json, done, note, print_json, print_table
from models.errors import InvalidInputError
from models.ledger.accounts import AccountStatus
from models.ledger.journals import HEAD_OFFICE
from models.money import Money
from models.people import Role

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Accounts: list, open, block, limit.")

Code = Annotated[str, typer.Argument(metavar="CODE", help="Account code.")]
Whose = Annotated[str, typer.Option("--branch", help="Whose account.")]
Currency = Annotated[str, typer.Option(help="In which currency.")]


@app.command("list")
def list_accounts(branch: Branch = None, as_json: Json = False) -> None:
    """Every account with its status and floor.

    Example: leaseflow ledger accounts list --branch HQ
    """
    with reading() as session:
        found = account_store.list_accounts(session, branch=branch)
    rows = [
        {
            "account": each.plan.code,
            "branch": each.branch,
            "currency": each.currency,
            "name": each.plan.name,
            "english_name": each.plan.english_name,
            "category": each.plan.category.value,
            "normal_side": each.plan.normal_side.value,
            "status": each.status.value,
            "floor": None if each.plan.floor is None else shown(each.plan.floor.minor, each.currency),
        }
        for each in found
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("account", "branch", "currency", "name", "category", "status", "floor")
    print_table(
        columns,
        [[row[column] for column in columns] for row in rows],
        right=("floor",),
        empty="no accounts; leaseflow setup opens the shipped chart",
    )


@app.command("open")
def open_(
    code: Annotated[str | None, typer.Argument(help="A code of the shipped chart.")] = None,
    chart: Annotated[bool, typer.Option("--chart", help="The whole shipped chart.")] = False,
    branch: Whose = HEAD_OFFICE,
    currency: Currency = "CNY",
    actor: As = None,
) -> None:
    """Open accounts of the shipped chart for a branch, or unblock one.

    Example: leaseflow ledger accounts open --chart --branch Suzhou --as song.lin
    """
    person = who(actor)
    person.require(Role.ACCOUNTANT, to="open accounts")
    if chart == (code is not None):
        raise InvalidInputError(
            "name an account, or say --chart", remedy="See leaseflow ledger accounts list"
        )
    with reading() as session:
        if chart:
            opened = open_chart(session, opened_by=person.username, branch=branch)
            done(f"{len(opened)} accounts opened for {branch}")
            return
        plans = [plan for plan in shipped_chart() if plan.code == code]
        opened = account_store.open_accounts(
            session, plans, opened_by=person.username, branch=branch, currency=currency
        )
        account = account_store.find_account(session, code or "", branch=branch, currency=currency)
        account_store.set_status(session, account, AccountStatus.OPEN)
    done(f"account/{code} of {branch} is open")
    if not opened and account.status is AccountStatus.OPEN:
        note("it was open before")


@app.command()
def block(code: Code, branch: Whose = HEAD_OFFICE, currency: Currency = "CNY", actor: As = None) -> None:
    """Take no more postings on an account until it is opened again.

    Example: leaseflow ledger accounts block 1002.03 --as song.lin
    """
    who(actor).require(Role.ACCOUNTANT, to="block accounts")
    with reading() as session:
        account = account_store.find_account(session, code, branch=branch, currency=currency)
        account_store.set_status(session, account, AccountStatus.BLOCKED)
    done(f"account/{code} of {branch} is blocked")


@app.command()
def limit(
    code: Code,
    floor: Annotated[str | None, typer.Option(help="The balance must not fall below; none lifts it.")] = None,
    branch: Whose = HEAD_OFFICE,
    currency: Currency = "CNY",
    actor: As = None,
) -> None:
    """Enforce a floor under an account's balance, so that amounts can be held on it.

    Example: leaseflow ledger accounts limit 1002.01 --floor 0.00 --as song.lin
    """
    who(actor).require(Role.ACCOUNTANT, to="limit accounts")
    with reading() as session:
        account = account_store.find_account(session, code, branch=branch, currency=currency)
        account_store.set_floor(session, account, None if floor is None else Money.of(floor, currency))
    done(f"account/{code} of {branch} " + ("has no floor" if floor is None else f"keeps at least {floor}"))
