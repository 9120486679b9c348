"""Give back what was received."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.store.payments import receipt_refunds, receipts
from cli.house import reading, web_link, who
from cli.output import As, DryRun, Json, done, print_json
from cli.receipts.purposes import ReceiptId, new_id
from models.errors import InvalidInputError, RefusedByRuleError
from models.money import Money
from models.payments.banking import BankAccount
from models.payments.messages import PaymentOrder, RefundOrder
from models.payments.receipts.workflow_ids import refund_workflow
from workers.settings import load_settings
from workers.temporal import connect
from workflows.queues import Queue


def refund(
    receipt: ReceiptId,
    bank: Annotated[str, typer.Option(help="Code of the bank to pay through.")],
    amount: Annotated[str, typer.Option(metavar="YUAN", help="All that is left where absent.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="ACCOUNT", help="The payer's own where absent.")] = "",
    name: Annotated[str, typer.Option("--name", help="Owner of the account.")] = "",
    to_bank: Annotated[str, typer.Option("--to-bank", help="CNAPS code or BIC of its bank.")] = "",
    purpose: Annotated[str, typer.Option(help="What the payer reads on the statement.")] = "",
    payment_id: Annotated[str, typer.Option("--id", help="Your own key: ordered twice is once.")] = "",
    replaces: Annotated[str, typer.Option(help="The failed or returned refund that it makes good.")] = "",
    even_so: Annotated[
        bool, typer.Option("--even-so", help="It resembles another one, and is meant.")
    ] = False,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Pay back a receipt, wholly or in part; never more than is left of it.

    Example: leaseflow receipts refund R-20261120-1A2B3C4D --amount 200.00 --bank harbour --as luo.dan
    """
    person = who(actor)
    with reading() as session:
        row = receipts.find(session, receipt)
        left = receipt_refunds.refundable(session, receipt)
        references = [p.business_reference for p in receipts.parts(session, receipt) if p.business_reference]
    if not (to or row.payer_account):
        raise InvalidInputError(f"receipt {receipt} names no account of the payer", remedy="Say it with --to")
    order = PaymentOrder(
        payment_id=payment_id or new_id("RF"),
        product="refund",
        bank=bank,
        counterparty=BankAccount(to or row.payer_account, name or row.payer_name, to_bank or row.payer_bank),
        amount=Money.of(amount) if amount else left,
        business_reference=references[0] if references else receipt,
        ordered_by=person,
        purpose=purpose or f"退款 {receipt}",
        branch=row.branch,
        replaces=replaces or None,
        refunds=receipt,
        even_if_duplicate=even_so,
    )
    if left < order.amount or order.amount.minor <= 0:
        raise RefusedByRuleError(
            f"{order.amount} cannot be refunded of {receipt}, which is {row.state}: {left} is left",
            remedy=f"See leaseflow receipts show {receipt}",
        )
    if dry_run:
        done(f"payment/{order.payment_id} would refund {order.amount} of {left} (nothing was changed)")
        return
    asyncio.run(_start(order, as_json=as_json))


async def _start(order: PaymentOrder, *, as_json: bool) -> None:
    settings = load_settings()
    client = await connect(settings)
    workflow_id = refund_workflow(order.payment_id)
    try:
        await client.start_workflow(
            "Refund",
            RefundOrder(order),
            id=workflow_id,
            task_queue=Queue.ENGINE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary=f"refund {order.amount} of {order.refunds}",
        )
    except WorkflowAlreadyStartedError as error:
        raise RefusedByRuleError(
            f"refund {order.payment_id} was ordered before", remedy="Use another id for another refund"
        ) from error
    link = web_link(settings, client, workflow_id)
    if as_json:
        print_json({"payment_id": order.payment_id, "amount": str(order.amount), "web": link})
    else:
        done(f"payment/{order.payment_id} refunds {order.amount} of receipt/{order.refunds}\n{link}")
