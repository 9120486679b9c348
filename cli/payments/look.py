"""See payments."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from activities.store import parameters
from activities.store.payments import answers, orders
from activities.store.tables.payments import PaymentRow
from cli.house import one_of, reading
from cli.output import Json, done, house_time, print_json, print_table
from cli.payments.order import PaymentId
from models.calendar import SHANGHAI
from models.payments.banking import BankAnswer
from models.payments.messages import PaymentState

_NOT_SHOWN = frozenset({"request_hash", "amount_minor", "fee_minor", "returned_minor", "reserved_minor"})


def list_payments(
    state: Annotated[PaymentState | None, typer.Option(help="Only in this state.")] = None,
    bank: Annotated[str | None, typer.Option(help="Only through this bank.")] = None,
    reference: Annotated[str | None, typer.Option("--for", help="Only for this contract or invoice.")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 50,
    as_json: Json = False,
) -> None:
    """Payments, newest first.

    Example: leaseflow payments list --state unknown
    """
    with reading() as session:
        one_of("bank", bank, parameters.bank_codes(session))
        rows = orders.listed(session, state=state, bank=bank, reference=reference, limit=limit)
    if as_json:
        print_json([_json(row) for row in rows])
        return
    print_table(
        ("payment", "amount", "state", "to", "for", "bank", "ordered"),
        [
            (
                row.payment_id,
                f"{_sign(row)}{orders.amount(row)}",
                row.state,
                row.counterparty_name,
                row.business_reference,
                row.bank,
                f"{row.requested_at.astimezone(SHANGHAI):%m-%d %H:%M}",
            )
            for row in rows
        ],
        right=["amount"],
        empty="no payments",
    )


def show(payment_id: PaymentId, as_json: Json = False) -> None:
    """One payment: where it stands, how it came there, and everything that the bank said.

    Example: leaseflow payments show SUP-2026-0001
    """
    with reading() as session:
        row = orders.find(session, payment_id)
        trail = orders.events(session, payment_id)
        told = answers.told(session, row.bank, payment_id)
    if as_json:
        steps = [
            {"state": each.state, "sentence": each.sentence, "by": each.by, "at": each.at} for each in trail
        ]
        print_json(_json(row) | {"events": steps, "answers": [_answer(each) for each in told]})
        return
    for name, value in _json(row).items():
        if value not in {None, ""}:
            done(f"{name:<20} {house_time(value)}")
    done("")
    print_table(
        ("at", "state", "why", "by"),
        [(f"{e.at.astimezone(SHANGHAI):%m-%d %H:%M:%S}", e.state, e.sentence, e.by) for e in trail],
        empty="",
    )
    done("")
    print_table(
        ("heard", "by", "the bank said", "its reference", "amount", "code", "reason"),
        [
            (
                f"{a.heard_at.astimezone(SHANGHAI):%m-%d %H:%M:%S}" if a.heard_at else "",
                a.heard,
                a.said,
                a.bank_reference,
                a.amount,
                a.code,
                a.reason,
            )
            for a in told
        ],
        right=["amount"],
        empty="the bank has said nothing yet",
    )


def _sign(row: PaymentRow) -> str:
    return "-" if row.direction == "pay-out" else "+"


def _json(row: PaymentRow) -> dict[str, Any]:
    """A payment for people and machines: fields in the order of the table, amounts as decimal texts."""
    money = {
        "amount": str(orders.amount(row)),
        "fee": None if row.fee_minor is None else str(orders.money(row, row.fee_minor)),
        "returned": str(orders.money(row, row.returned_minor)),
    }
    rest = {name: getattr(row, name) for name in PaymentRow.model_fields if name not in _NOT_SHOWN}
    return {"payment_id": rest.pop("payment_id"), "state": rest.pop("state"), **money, **rest}


def _answer(answer: BankAnswer) -> dict[str, Any]:
    plain = answers.as_json(answer)
    money = {"amount": answer.amount, "fee": answer.fee}
    return plain | {name: None if value is None else str(value) for name, value in money.items()}
