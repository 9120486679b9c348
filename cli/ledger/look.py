"""Balances, statements, the trial balance, holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from activities.store.ledger import holds as hold_store
from activities.store.ledger import reports
from activities.store.ledger.accounts import find_account
from cli.house import reading
from cli.ledger.options import Branch, Day, From, To, shown, span
from cli.output import Json, note, print_json, print_table
from models.ledger.errors import UnknownAccountError
from models.ledger.holds import HoldState
from models.ledger.journals import HEAD_OFFICE


def balance(
    code: Annotated[
        str | None, typer.Argument(help="Account code, with its sub-accounts; all when none.")
    ] = None,
    branch: Branch = None,
    date: Day = None,
    as_json: Json = False,
) -> None:
    """What accounts come to, by branch; along each account's normal side.

    Example: leaseflow ledger balance 1002 --branch HQ
    """
    with reading() as session:
        lines = (
            reports.balances(session, code=code, branch=branch)
            if date is None
            else reports.trial_balance(session, code=code, branch=branch, **span(None, date))
        )
    if not lines and (code or branch):
        raise UnknownAccountError(
            f"no account {code or ''} of branch {branch or 'any'}",
            remedy="See leaseflow ledger accounts list",
        )
    found = []
    for line in lines:
        natural = line.closing if line.normal_side == "debit" else -line.closing
        found.append(
            {
                "account": line.code,
                "branch": line.branch,
                "currency": line.currency,
                "name": line.name,
                "balance": shown(natural, line.currency),
                "held": shown(line.held, line.currency),
                "normal_side": line.normal_side,
            }
        )
    if as_json:
        print_json(found)
        return
    columns = ("account", "branch", "name", "currency", "balance", "held")
    print_table(
        columns,
        [[row[column] for column in columns] for row in found],
        right=("balance", "held"),
        empty="no accounts; leaseflow setup opens the shipped chart",
    )


def statement(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Account code.")],
    branch: Annotated[str, typer.Option(help="Whose account.")] = HEAD_OFFICE,
    currency: Annotated[str, typer.Option(help="In which currency.")] = "CNY",
    first: From = None,
    last: To = None,
    as_json: Json = False,
) -> None:
    """The lines of an account with the running balance (debit positive).

    Example: leaseflow ledger statement 1002.01 --from 2026-11-01 --to 2026-11-30
    """
    with reading() as session:
        account = find_account(session, code, branch=branch, currency=currency)
        lines = reports.statement(session, account.account_id, **span(first, last))
    rows = [
        {**asdict(line), "amount": shown(line.amount, currency), "balance": shown(line.balance, currency)}
        for line in lines
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("business_date", "voucher", "amount", "balance", "reference", "narrative", "reverses")
    print_table(
        ("date", *columns[1:]),
        [[row[column] for column in columns] for row in rows],
        right=("amount", "balance"),
        empty="no line in this time",
    )


def trial_balance(date: Day = None, first: From = None, branch: Branch = None, as_json: Json = False) -> None:
    """Opening, debits, credits and closing of every account (debit positive); debits equal credits.

    Example: leaseflow ledger trial-balance --from 2026-11-01 --date 2026-11-30
    """
    with reading() as session:
        lines = reports.trial_balance(session, branch=branch, **span(first, date))
    figures = ("opening", "debits", "credits", "closing")
    rows = [
        {
            "account": line.code,
            "branch": line.branch,
            "currency": line.currency,
            "name": line.name,
            **{figure: shown(getattr(line, figure), line.currency) for figure in figures},
        }
        for line in lines
    ]
    totals = [
        {
            "currency": currency,
            **{
                figure: shown(
                    sum(getattr(line, figure) for line in lines if line.currency == currency), currency
                )
                for figure in figures
            },
        }
        for currency in dict.fromkeys(line.currency for line in lines)
    ]
    if as_json:
        print_json({"accounts": rows, "totals": totals})
        return
    columns = ("account", "branch", "name", "currency", *figures)
    shown_rows = [[row[column] for column in columns] for row in rows]
    shown_rows += [["total", "", "", *(total[column] for column in columns[3:])] for total in totals]
    print_table(columns, shown_rows, right=figures, empty="nothing was posted")
    if branch is not None:
        note("one branch need not tie: vouchers may go across branches")


def holds(
    state: Annotated[HoldState | None, typer.Option(help="In this state; reserved otherwise.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="In every state.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 200,
    as_json: Json = False,
) -> None:
    """Amounts that are set aside, those that end first at the top.

    Example: leaseflow ledger holds --state expired
    """
    wanted = None if everything else state or HoldState.RESERVED
    with reading() as session:
        found = hold_store.list_holds(session, state=wanted, limit=limit)
    if as_json:
        print_json(
            [{**asdict(hold), "amount": str(hold.amount), "currency": hold.amount.currency} for hold in found]
        )
        return
    print_table(
        ("key", "account", "branch", "amount", "state", "expires", "reason"),
        [
            (
                hold.key,
                hold.account,
                hold.branch,
                hold.amount,
                hold.state,
                f"{hold.expires_at:%Y-%m-%d %H:%M}",
                hold.reason,
            )
            for hold in found
        ],
        right=("amount",),
        empty="no holds",
    )
