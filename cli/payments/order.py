"""Order one payment."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.payments import checking
from activities.store.payments import orders
from cli.house import first_cause, reading, web_link, who
from cli.output import As, DryRun, ExitCode, Json, done, note, print_json
from models.errors import RefusedByRuleError, TimedOutError
from models.money import Money
from models.payments.banking import BankAccount
from models.payments.messages import Accepted, PaymentOrder, PaymentOutcome, PaymentState, PaymentStatus
from models.payments.workflow_ids import payment_workflow
from workers.settings import load_settings
from workers.temporal import connect
from workflows.queues import Queue
from workflows.search_attributes import AMOUNT, BUSINESS_REFERENCE, COUNTERPARTY

_LOOK_EVERY = 0.5

PaymentId = Annotated[
    str, typer.Argument(metavar="PAYMENT", help="Your own id for it: ordered twice is ordered once.")
]


def order(
    payment_id: PaymentId,
    amount: Annotated[str, typer.Option(metavar="YUAN")],
    to: Annotated[str, typer.Option("--to", metavar="ACCOUNT", help="Account of the other side.")],
    name: Annotated[str, typer.Option("--name", help="Its owner.")],
    reference: Annotated[str, typer.Option("--for", metavar="REFERENCE", help="Contract or invoice.")],
    product: Annotated[str, typer.Option(help="As in params show payments.")] = "supplier",
    bank: Annotated[str, typer.Option(help="Bank that we pay through.")] = "harbour",
    to_bank: Annotated[str, typer.Option("--to-bank", help="CNAPS code or BIC of the other bank.")] = "",
    purpose: Annotated[str, typer.Option(help="Text on the other side's statement.")] = "",
    mandate: Annotated[str, typer.Option(help="Debtor's mandate, for collections.")] = "",
    replaces: Annotated[str | None, typer.Option(help="Failed payment that this one makes good.")] = None,
    even_so: Annotated[
        bool, typer.Option("--even-so", help="It resembles an earlier payment and is meant.")
    ] = False,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for the outcome; 0 to return at once.")
    ] = 20.0,
    dry_run: DryRun = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Pay, or collect, one amount.

    Example: leaseflow payments order SUP-2026-0001 --amount 1234.50 --to 31001520313050012345
    --name 上海某某汽车销售有限公司 --for INV-7 --as luo.dan
    """
    wanted = PaymentOrder(
        payment_id=payment_id,
        product=product,
        bank=bank,
        counterparty=BankAccount(to.replace(" ", ""), name, to_bank),
        amount=Money.of(amount),
        business_reference=reference,
        ordered_by=who(actor),
        purpose=purpose,
        mandate=mandate,
        replaces=replaces,
        even_if_duplicate=even_so,
    )
    rehearsed = _rehearse(wanted)
    if rehearsed.refusals and not _is_known(payment_id):
        refusals = "; ".join(refusal.sentence for refusal in rehearsed.refusals)
        raise RefusedByRuleError(refusals, remedy="Nothing was entered")
    if dry_run:
        _tell_check(wanted, rehearsed)
        return
    asyncio.run(_run(wanted, wait=wait, as_json=as_json))


def _rehearse(wanted: PaymentOrder) -> Accepted:
    """What checking would come to; nothing is entered.

    Raises:
        PaymentExistsError: the id was used for something else.
        UnknownBankError: the bank has no profile.
    """
    with reading() as session:
        accepted = checking.accept(session, wanted, at=datetime.now(UTC))
        session.rollback()
    return accepted


def _is_known(payment_id: str) -> bool:
    with reading() as session:
        return bool(orders.state_of(session, payment_id))


def _tell_check(wanted: PaymentOrder, accepted: Accepted) -> None:
    waits = " after a second person released it" if accepted.needs_release else ""
    opens = f" from {accepted.opens_at:%Y-%m-%d %H:%M %Z}" if accepted.opens_at else ""
    done(f"payment/{wanted.payment_id} would go out{waits}{opens} (nothing was entered)")


async def start(client: Client, wanted: PaymentOrder) -> WorkflowHandle[object, PaymentOutcome]:
    """Start a payment, or join the one that its id stands for."""
    return await client.start_workflow(
        "Payment",
        wanted,
        id=payment_workflow(wanted.payment_id),
        task_queue=Queue.ENGINE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        result_type=PaymentOutcome,
        static_summary=f"{wanted.product} {wanted.amount} to {wanted.counterparty.name}"[:200],
        search_attributes=TypedSearchAttributes(
            [
                SearchAttributePair(BUSINESS_REFERENCE, wanted.business_reference),
                SearchAttributePair(COUNTERPARTY, wanted.counterparty.name),
                SearchAttributePair(AMOUNT, int(wanted.amount.amount)),
            ]
        ),
    )


async def _run(wanted: PaymentOrder, *, wait: float, as_json: bool) -> None:
    settings = load_settings()
    client = await connect(settings)
    workflow_id = payment_workflow(wanted.payment_id)
    try:
        handle = await start(client, wanted)
    except WorkflowAlreadyStartedError:
        handle = client.get_workflow_handle(workflow_id, result_type=PaymentOutcome)
    note(web_link(settings, client, workflow_id))
    if not wait:
        done(f"payment/{wanted.payment_id} ordered")
        return
    try:
        async with asyncio.timeout(wait):
            outcome = await _outcome_or_person(handle)
    except TimeoutError as error:
        raise TimedOutError(_where_it_stands(wanted.payment_id), remedy="It goes on by itself") from error
    except WorkflowFailureError as error:
        raise RefusedByRuleError(first_cause(error)) from error
    if isinstance(outcome, PaymentStatus):
        done(f"payment/{wanted.payment_id} {outcome.state}, waits for {outcome.waiting_for}")
        return
    _tell(outcome, as_json=as_json)


async def _outcome_or_person(
    handle: WorkflowHandle[object, PaymentOutcome],
) -> PaymentOutcome | PaymentStatus:
    """The outcome, or where it stands as soon as a person must do something."""
    outcome = asyncio.ensure_future(handle.result())
    while True:
        done_, _ = await asyncio.wait([outcome], timeout=_LOOK_EVERY)
        if done_:
            return outcome.result()
        status: PaymentStatus = await handle.query("status", result_type=PaymentStatus)
        if status.needs_person:
            outcome.cancel()
            return status


def _tell(outcome: PaymentOutcome, *, as_json: bool) -> None:
    if as_json:
        print_json(outcome)
    else:
        voucher = f", voucher {outcome.voucher}" if outcome.voucher else ""
        reason = f": {outcome.reason}" if outcome.reason else ""
        done(f"payment/{outcome.payment_id} {outcome.state}{voucher}{reason}")
    if outcome.state is not PaymentState.SETTLED:
        raise typer.Exit(ExitCode.REFUSED)


def _where_it_stands(payment_id: str) -> str:
    with reading() as session:
        state = orders.state_of(session, payment_id)
        if not state:
            return f"payment/{payment_id} is ordered, and no worker has taken it up yet"
        return f"payment/{payment_id} is {state}: {orders.find(session, payment_id).sentence}"
