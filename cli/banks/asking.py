"""Asking a bank something, over its service interface."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.banks.known import Code, service_of
from cli.output import Json, done, print_json, print_table
from models.calendar import business_date
from models.money import Money
from models.payments.banking import StatementLine

app = typer.Typer(add_completion=False)


@app.command()
def fetch(
    code: Code,
    day: Annotated[
        datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="Booking date; today otherwise.")
    ] = None,
    as_json: Json = False,
) -> None:
    """A day's statement lines of our account; money in is positive.

    Example: leaseflow banks fetch harbour --day 2026-11-20 --json
    """
    wanted = day.date() if day else business_date(datetime.now(UTC))

    async def ask() -> Sequence[StatementLine]:
        async with service_of(code) as (profile, service):
            return await service.statement(profile.own_account, wanted)

    lines = asyncio.run(ask())
    if as_json:
        print_json(
            [
                {
                    "account": line.account,
                    "amount": str(line.amount),
                    "currency": line.amount.currency,
                    "booking_date": line.booking_date,
                    "value_date": line.value_date,
                    "reference": line.reference,
                    "bank_reference": line.bank_reference,
                    "text": line.text,
                }
                for line in lines
            ]
        )
        return
    rows = [
        (each.value_date, each.amount, each.amount.currency, each.reference, each.bank_reference, each.text)
        for each in lines
    ]
    columns = ("value date", "amount", "currency", "reference", "bank reference", "text")
    print_table(columns, rows, right=["amount"], empty=f"no line was booked on {wanted}")


@app.command()
def balance(code: Code, as_json: Json = False) -> None:
    """The booked balance of our account, as the bank says now.

    Example: leaseflow banks balance harbour
    """

    async def ask() -> tuple[str, Money]:
        async with service_of(code) as (profile, service):
            return profile.own_account, await service.balance(profile.own_account)

    account, found = asyncio.run(ask())
    if as_json:
        print_json({"bank": code, "account": account, "balance": str(found), "currency": found.currency})
        return
    done(f"{account} {found} {found.currency}")
