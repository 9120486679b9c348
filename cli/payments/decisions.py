"""What people decide about payments."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlmodel import Session
from temporalio.client import WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy

from activities.store.payments import orders
from cli.house import first_cause, reading, send_update, who
from cli.output import As, Json, Reason, changed, not_blank
from cli.payments.order import PaymentId
from models.errors import RefusedByRuleError
from models.money import Money
from models.payments.banking import BankAnswer, BankSaid, Heard
from models.payments.messages import (
    Cancellation,
    PaymentAnswer,
    PaymentState,
    Recorded,
    RecordReturn,
    Release,
    Resolution,
)
from models.payments.workflow_ids import payment_workflow, return_workflow
from models.people import Role
from workers.settings import load_settings
from workers.temporal import connect
from workflows.queues import Queue


def release(
    payment_id: PaymentId,
    refuse: Annotated[bool, typer.Option("--refuse", help="Turn it down instead.")] = False,
    reason: Annotated[str, typer.Option(help="Why; kept with the payment.")] = "",
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Let a payment go that waits for a second person.

    Example: leaseflow payments release SUP-2026-0002 --as he.ting
    """
    command = Release(who(actor), granted=not refuse, note=reason)
    asyncio.run(_update(payment_id, "release", command, as_json=as_json))


def cancel(payment_id: PaymentId, reason: Reason, actor: As = None, as_json: Json = False) -> None:
    """Withdraw a payment: at once before the bank has it, by asking the bank afterwards.

    Example: leaseflow payments cancel SUP-2026-0003 --reason "ordered twice" --as luo.dan
    """
    asyncio.run(_update(payment_id, "cancel", Cancellation(who(actor), reason), as_json=as_json))


def resolve(
    payment_id: PaymentId,
    answer: Annotated[PaymentAnswer, typer.Argument(help="What you found out.")],
    reason: Reason,
    bank_reference: Annotated[str, typer.Option(help="The bank's own reference.")] = "",
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Say what became of a payment on which the bank contradicts itself or stays silent.

    Example: leaseflow payments resolve SUP-2026-0004 settled --reason "on their statement" --as he.ting
    """
    command = Resolution(who(actor), answer, reason, bank_reference)
    asyncio.run(_update(payment_id, "resolve", command, as_json=as_json))


def returned(
    payment_id: PaymentId,
    amount: Annotated[str, typer.Option(metavar="YUAN", help="What came back.")],
    bank_reference: Annotated[
        str, typer.Option(help="The bank's reference of the booking.", callback=not_blank)
    ],
    reason: Reason,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Enter that a settled payment came back, which no file or call of the bank told.

    Example: leaseflow payments return SUP-2026-0001 --amount 1234.50 --bank-reference R77
    --reason "account closed" --as he.ting
    """
    person = who(actor)
    person.require(Role.TREASURER, to="enter what came back")
    with reading() as session:
        orders.find(session, payment_id)
    answer = BankAnswer(
        BankSaid.RETURNED, Heard.PERSON, bank_reference=bank_reference, amount=Money.of(amount), reason=reason
    )
    entry = RecordReturn(payment_id, answer, datetime.now(UTC), by=person.username)
    asyncio.run(_record(entry, as_json=as_json))


async def _update(payment_id: str, update: str, command: object, *, as_json: bool) -> None:
    client = await connect(load_settings())
    state = await send_update(
        client, payment_workflow(payment_id), update, command, answer=PaymentState, stands=_stands(payment_id)
    )
    facts = {"payment_id": payment_id, "state": PaymentState(state)}
    changed(f"payment/{payment_id} {facts['state']}", facts, as_json=as_json)


def _stands(payment_id: str) -> Callable[[Session], str]:
    return lambda session: f"the payment is {orders.find(session, payment_id).state}"


async def _record(entry: RecordReturn, *, as_json: bool) -> None:
    client = await connect(load_settings())
    try:
        recorded: Recorded = await client.execute_workflow(
            "PaymentReturn",
            entry,
            id=f"{return_workflow(entry.payment_id)}-{entry.answer.bank_reference}",
            task_queue=Queue.ENGINE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            result_type=Recorded,
            static_summary=f"{entry.payment_id} came back",
        )
    except WorkflowFailureError as error:
        raise RefusedByRuleError(first_cause(error)) from error
    posted = f", voucher {recorded.voucher}" if recorded.voucher else " (it was entered before)"
    facts = {"payment_id": entry.payment_id, "state": recorded.state, "voucher": recorded.voucher}
    changed(f"payment/{entry.payment_id} {recorded.state}{posted}", facts, as_json=as_json)
