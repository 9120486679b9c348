"""What becomes of a receipt: confirm, bounce, cancel, reverse, identify."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from activities.store.payments import receipts
from cli.house import reading, send_update, who
from cli.output import As, DryRun, Json, Reason, Yes, changed, done
from cli.output import confirm as ask
from cli.receipts.purposes import Day, Purpose, ReceiptId, as_date, parts_for
from models.errors import InvalidInputError
from models.money import Money
from models.payments.messages import (
    BounceReceipt,
    CancelReceipt,
    ConfirmReceipt,
    IdentifyReceipt,
    ReceiptState,
    ReverseReceipt,
)
from models.payments.receipts.workflow_ids import receipt_workflow
from workers.settings import load_settings
from workers.temporal import connect


def confirm(
    receipt: ReceiptId,
    bank_reference: Annotated[str, typer.Option("--bank-reference", help="Under which it was booked.")] = "",
    amount: Annotated[str, typer.Option(metavar="YUAN", help="What came, to be compared.")] = "",
    fee: Annotated[str, typer.Option(metavar="YUAN", help="What was kept from it.")] = "",
    value_date: Day = None,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """The money is there.

    Example: leaseflow receipts confirm R-20261120-1A2B3C4D --bank-reference WX-1 --as luo.dan
    """
    news = ConfirmReceipt(
        actor=who(actor),
        amount=Money.of(amount) if amount else None,
        bank_reference=bank_reference,
        fee=Money.of(fee) if fee else None,
        value_date=as_date(value_date),
    )
    _send(receipt, "confirm", news, dry_run=dry_run, as_json=as_json)


def bounce(
    receipt: ReceiptId,
    reason: Reason,
    charge: Annotated[str, typer.Option(metavar="YUAN", help="Of the bank; by the channel if absent.")] = "",
    value_date: Day = None,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """The outside took it back, before or after it cleared.

    Example: leaseflow receipts bounce R-20261120-1A2B3C4D --reason "no funds" --as luo.dan
    """
    money = Money.of(charge) if charge else None
    command = BounceReceipt(who(actor), reason, charge=money, value_date=as_date(value_date))
    _send(receipt, "bounce", command, dry_run=dry_run, as_json=as_json)


def cancel(
    receipt: ReceiptId, reason: Reason, dry_run: DryRun = False, actor: As = None, as_json: Json = False
) -> None:
    """Withdraw a receipt that has not cleared.

    Example: leaseflow receipts cancel R-20261120-1A2B3C4D --reason "typed twice" --as luo.dan
    """
    _send(receipt, "cancel", CancelReceipt(who(actor), reason), dry_run=dry_run, as_json=as_json)


def reverse(
    receipt: ReceiptId,
    reason: Reason,
    dry_run: DryRun = False,
    yes: Yes = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Take a cleared receipt out of the books, by mirror vouchers. A treasurer's command.

    Example: leaseflow receipts reverse R-20261120-1A2B3C4D --reason "another's money" --as he.ting --yes
    """
    person = who(actor)
    if not dry_run:
        with reading() as session:
            receipts.find(session, receipt)
        ask(f"Reverse receipt {receipt}?", yes=yes)
    _send(receipt, "reverse", ReverseReceipt(person, reason), dry_run=dry_run, as_json=as_json)


def identify(
    receipt: ReceiptId,
    purposes: Purpose = None,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Say what money of unknown purpose is for.

    Example: leaseflow receipts identify R-20261120-1A2B3C4D --for rent:L2026-0001 --as luo.dan
    """
    if not purposes:
        raise InvalidInputError("nothing says what it is for", remedy="Add --for PRODUCT:REFERENCE")
    with reading() as session:
        row = receipts.find(session, receipt)
        nameless = [each for each in receipts.parts(session, receipt) if not each.business_reference]
        rest = Money(sum(part.amount_minor for part in nameless), row.currency)
    _send(
        receipt,
        "identify",
        IdentifyReceipt(who(actor), parts_for(purposes, rest)),
        dry_run=dry_run,
        as_json=as_json,
    )


def _send(receipt: str, update: str, command: object, *, dry_run: bool, as_json: bool) -> None:
    if dry_run:
        with reading() as session:
            row = receipts.find(session, receipt)
        done(f"receipt/{receipt} is {row.state}: {update} would be sent (nothing was changed)")
        return
    asyncio.run(_update(receipt, update, command, as_json=as_json))


async def _update(receipt: str, update: str, command: object, *, as_json: bool) -> None:
    client = await connect(load_settings())
    state = await send_update(
        client,
        receipt_workflow(receipt),
        update,
        command,
        answer=ReceiptState,
        stands=lambda session: f"the receipt is {receipts.find(session, receipt).state}",
    )
    changed(f"receipt/{receipt} {state}", {"receipt_id": receipt, "state": state}, as_json=as_json)
