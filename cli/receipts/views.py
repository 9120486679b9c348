"""Look at receipts, and at everything about one business reference."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from activities.store import parameters
from activities.store.payments import receipt_refunds, receipts
from activities.store.payments.reference_status import status_of
from activities.store.tables.receipts import ReceiptRow
from activities.templates.reference_status import status_in_words
from cli.house import one_of, reading
from cli.output import Json, done, house_time, note, print_json, print_table
from cli.receipts.purposes import ReceiptId
from models.calendar import SHANGHAI
from models.money import Money
from models.parameters.registry import channel_code
from models.payments.messages import ReceiptState
from models.payments.receipts.status import ReferenceStatus
from workers.settings import load_settings


def list_receipts(
    state: Annotated[ReceiptState | None, typer.Option(help="In this state.")] = None,
    channel: Annotated[str | None, typer.Option(help="By this channel.")] = None,
    branch: Annotated[str | None, typer.Option(help="Of this branch.")] = None,
    unidentified: Annotated[bool, typer.Option("--unidentified", help="Of unknown purpose.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    as_json: Json = False,
) -> None:
    """Receipts, newest first.

    Example: leaseflow receipts list --state received --channel cheque
    """
    with reading() as session:
        one_of("channel", channel, filter(None, map(channel_code, parameters.names(session))))
        rows = receipts.listed(
            session, state=state, channel=channel, branch=branch, unidentified=unidentified, limit=limit
        )
    if as_json:
        print_json([_json(row) for row in rows])
        return
    print_table(
        ("receipt", "channel", "amount", "state", "number", "payer", "branch", "taken"),
        [
            (
                row.receipt_id,
                row.channel,
                receipts.amount(row),
                row.state,
                row.external_reference,
                row.payer_name,
                row.branch,
                f"{row.received_at.astimezone(SHANGHAI):%m-%d %H:%M}",
            )
            for row in rows
        ],
        right=["amount"],
        empty="no receipts",
    )
    if len(rows) == limit:
        note(f"only the first {limit} are shown; see --limit")


def show(receipt: ReceiptId, as_json: Json = False) -> None:
    """One receipt: what it is for, its vouchers, its refunds and its history.

    Example: leaseflow receipts show R-20261120-1A2B3C4D
    """
    with reading() as session:
        row = receipts.find(session, receipt)
        body = _json(row) | {
            "parts": [
                {
                    "product": part.product,
                    "business_reference": part.business_reference,
                    "amount": str(Money(part.amount_minor, part.currency)),
                    "account": part.credit_account,
                }
                for part in receipts.parts(session, receipt)
            ],
            "vouchers": [
                {"event": each.event, "voucher": each.voucher, "reversed_by": each.reversed_by}
                for each in receipts.vouchers(session, receipt)
            ],
            "refunds": [
                {"payment_id": each.payment_id, "state": each.state}
                for each in receipt_refunds.of_receipt(session, receipt)
            ],
            "refundable": str(receipt_refunds.refundable(session, receipt)),
            "history": [
                {"at": each.at, "state": each.state, "by": each.by, "sentence": each.sentence}
                for each in receipts.events(session, receipt)
            ],
        }
    if as_json:
        print_json(body)
        return
    for name, value in body.items():
        if not isinstance(value, list):
            done(f"{name:<20} {'-' if value in {None, ''} else house_time(value)}")
    for part in body["parts"]:
        purpose = f"{part['product']} {part['business_reference']}".strip() or "unidentified"
        done(f"{'for':<20} {purpose}: {part['amount']}")
    for voucher in body["vouchers"]:
        done(f"{'voucher':<20} {voucher['voucher']} {voucher['event']}")
    for event in body["history"]:
        done(f"{event['at'].astimezone(SHANGHAI):%m-%d %H:%M}  {event['state']}: {event['sentence']}")


def status(
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="Contract, invoice or customer.")],
    as_json: Json = False,
) -> None:
    """Everything about one business reference: received, collected, refunded, and what is on its way.

    Example: leaseflow receipts status L2026-0001
    """
    with reading() as session:
        found = status_of(session, reference)
    if as_json:
        print_json(_status_json(found))
        return
    for line in status_in_words(found, load_settings().language):
        done(line)


def _status_json(found: ReferenceStatus) -> dict[str, Any]:
    return {
        "business_reference": found.business_reference,
        "received": str(found.received),
        "awaited": str(found.awaited),
        "refunded": str(found.refunded),
        "lines": [
            {
                "kind": line.kind,
                "id": line.identifier,
                "amount": str(line.amount),
                "currency": line.amount.currency,
                "state": line.state,
                "date": line.on,
                "changed_at": line.changed_at,
                "receipt_id": line.of or None,
                "returned": str(line.returned) if line.returned else None,
            }
            for line in found.lines
        ],
    }


def _json(row: ReceiptRow) -> dict[str, Any]:
    """A receipt with stable field names; amounts are decimal strings."""
    return {
        "receipt_id": row.receipt_id,
        "channel": row.channel,
        "amount": str(receipts.amount(row)),
        "currency": row.currency,
        "state": row.state,
        "sentence": row.sentence,
        "external_reference": row.external_reference,
        "payer": row.payer_name,
        "payer_account": row.payer_account,
        "branch": row.branch,
        "taken_by": row.taken_by,
        "terminal": row.terminal,
        "value_date": row.value_date,
        "bank_reference": row.bank_reference,
        "fee": str(Money(row.fee_minor, row.currency)),
        "replaces": row.replaces,
        "replaced_by": row.replaced_by,
        "received_at": row.received_at,
        "cleared_at": row.cleared_at,
    }
