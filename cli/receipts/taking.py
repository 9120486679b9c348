"""Take receipts, and take one in place of another."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.payments.receipts.entering import ReceiptRules, register
from activities.store.payments import receipts
from cli.house import patient, reading, send_update, web_link, who
from cli.output import As, DryRun, Json, Reason, changed, done, print_json
from cli.receipts.purposes import Day, Number, Purpose, ReceiptId, Yuan, as_date, new_id, parts_for
from models.errors import RefusedByRuleError
from models.money import Money
from models.payments.banking import BankAccount
from models.payments.messages import ChangeMethod, ReceiptBooked, ReceiptOrder, ReceiptState
from models.payments.receipts.workflow_ids import receipt_workflow
from workers.settings import load_settings
from workers.temporal import connect
from workflows.queues import Queue

Channel = Annotated[str, typer.Argument(metavar="CHANNEL", help="cash, cheque, pos, wechat, …")]
PayerName = Annotated[str, typer.Option("--payer", help="Who pays.")]
PayerAccount = Annotated[str, typer.Option("--payer-account", help="The drawer's or debtor's account.")]
PayerBank = Annotated[str, typer.Option("--payer-bank", help="CNAPS code or BIC of its bank.")]
Terminal = Annotated[str, typer.Option("--terminal", help="The card terminal.")]
CardType = Annotated[str, typer.Option("--card-type", help="As the slip says.")]
Mandate = Annotated[str, typer.Option("--mandate", help="The debtor's mandate, for debit.")]


def take(
    channel: Channel,
    amount: Yuan,
    purposes: Purpose = None,
    receipt_id: Annotated[str, typer.Option("--id", help="Your own key: taken twice is taken once.")] = "",
    number: Number = "",
    payer: PayerName = "",
    payer_account: PayerAccount = "",
    payer_bank: PayerBank = "",
    terminal: Terminal = "",
    card_type: CardType = "",
    mandate: Mandate = "",
    branch: Annotated[str, typer.Option(help="Which takes it.")] = "HQ",
    value_date: Day = None,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Take money; without --for it waits to be identified.

    Example: leaseflow receipts take cheque 1200.00 --for rent:L2026-0001 --number 12345678
    --payer-account 31001520313050012345 --as luo.dan
    """
    money = Money.of(amount)
    order = ReceiptOrder(
        receipt_id=receipt_id or new_id("R"),
        channel=channel,
        amount=money,
        parts=parts_for(purposes, money),
        taken_by=who(actor),
        payer=BankAccount(payer_account, payer, payer_bank),
        branch=branch,
        external_reference=number,
        terminal=terminal,
        card_type=card_type,
        mandate=mandate,
        value_date=as_date(value_date),
    )
    if dry_run:
        _try(order)
        return
    with reading() as session:
        ReceiptRules.in_force(session, channel, datetime.now(UTC))
        receipts.find_same(session, order)
    asyncio.run(_take(order, as_json=as_json))


def change_method(
    receipt: ReceiptId,
    channel: Channel,
    reason: Reason,
    new_receipt: Annotated[str, typer.Option("--id", help="Id of the new receipt.")] = "",
    number: Number = "",
    payer: PayerName = "",
    payer_account: PayerAccount = "",
    payer_bank: PayerBank = "",
    terminal: Terminal = "",
    card_type: CardType = "",
    mandate: Mandate = "",
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Take the same money in another way while the receipt waits.

    Example: leaseflow receipts change-method R-20261120-1A2B3C4D transfer --number TT-009
    --reason "cheque was lost" --as luo.dan
    """
    command = ChangeMethod(
        actor=who(actor),
        reason=reason,
        receipt_id=new_receipt or new_id("R"),
        channel=channel,
        external_reference=number,
        payer=BankAccount(payer_account, payer, payer_bank) if payer_account or payer else None,
        terminal=terminal,
        card_type=card_type,
        mandate=mandate,
    )
    asyncio.run(_change(receipt, command, as_json=as_json))


def _try(order: ReceiptOrder) -> None:
    """Take it in a transaction that is undone."""
    with reading() as session:
        booked = register(session, order, at=datetime.now(UTC))
        session.rollback()
    if booked.refusals:
        raise RefusedByRuleError(booked.sentence)
    done(f"receipt/{order.receipt_id} would be {booked.state} (nothing was changed)")


async def _take(order: ReceiptOrder, *, as_json: bool) -> None:
    settings = load_settings()
    client = await connect(settings)
    workflow_id = receipt_workflow(order.receipt_id)
    start: WithStartWorkflowOperation[object, object] = WithStartWorkflowOperation(
        "Receipt",
        order,
        id=workflow_id,
        task_queue=Queue.ENGINE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        static_summary=f"{order.amount} by {order.channel} from {order.payer.name or 'nobody named'}",
    )
    try:
        async with patient(workflow_id):
            booked = await client.execute_update_with_start_workflow(
                "taken", start_workflow_operation=start, result_type=ReceiptBooked
            )
    except WorkflowAlreadyStartedError:
        booked = _as_it_ended(order)
    except RPCError as error:  # some servers tell it so
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
        booked = _as_it_ended(order)
    if booked.state is ReceiptState.REFUSED:
        raise RefusedByRuleError(booked.sentence, remedy="Nothing was posted")
    link = web_link(settings, client, workflow_id)
    if as_json:
        answer = {"receipt_id": order.receipt_id, "state": booked.state, "voucher": booked.voucher}
        print_json(answer | {"identified": booked.identified, "web": link})
    else:
        done(f"receipt/{order.receipt_id} {booked.state}, voucher {booked.voucher or '-'}\n{link}")


def _as_it_ended(order: ReceiptOrder) -> ReceiptBooked:
    with reading() as session:
        row = receipts.find(session, order.receipt_id)
        vouchers = receipts.vouchers(session, order.receipt_id)
        return ReceiptBooked(
            ReceiptState(row.state), row.sentence, voucher=vouchers[0].voucher if vouchers else ""
        )


async def _change(receipt: str, command: ChangeMethod, *, as_json: bool) -> None:
    client = await connect(load_settings())
    workflow_id = receipt_workflow(receipt)
    state = await send_update(
        client,
        workflow_id,
        "change_method",
        command,
        answer=ReceiptState,
        stands=lambda session: f"the receipt is {receipts.find(session, receipt).state}",
    )
    facts = {"receipt_id": receipt, "state": state, "replaced_by": command.receipt_id}
    changed(f"receipt/{receipt} {state} by receipt/{command.receipt_id}", facts, as_json=as_json)
