"""The finance system: posted vouchers go there in order, its acknowledgements come back and are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlmodel import Session

from activities.store.forwarding import outbox, vouchers
from activities.store.forwarding.outbox import Outgoing
from activities.store.tables.forwarding import InboxRow
from models.forwarding.envelopes import Body
from models.forwarding.errors import MalformedMessageError

TOPIC: Final = "vouchers"
_LANE: Final = "vouchers"
_AT_ONCE: Final = 500


def feed_vouchers(session: Session, partner: str) -> int:
    """Put posted vouchers of the main book that are not put yet, in voucher order; gives how many.

    Raises:
        UnknownTopicError: the partner's profile has no topic ``vouchers``.
    """
    put = 0
    for month, last in vouchers.months_behind(session, partner):
        journals = vouchers.journals_after(session, month, last, limit=_AT_ONCE)
        if not journals:
            continue
        messages = [
            Outgoing(TOPIC, name, body, _LANE) for name, body in vouchers.voucher_bodies(session, journals)
        ]
        put += outbox.put_many(session, partner, messages)
        vouchers.note_put(session, partner, month, journals[-1].voucher_number)
    return put


def take_acknowledgement(session: Session, message: InboxRow) -> str:
    """Keep what the finance system made of a voucher.

    Body: ``{"voucher": "2026-11/000123", "accepted": true, "document_number": "1900000042", "reason": ""}``.

    Raises:
        MalformedMessageError: the body says something else.
        UnknownMessageError: that voucher was never put for this partner.
    """
    body = message.body
    voucher, accepted = body.get("voucher"), body.get("accepted")
    if not isinstance(voucher, str) or not isinstance(accepted, bool):
        raise MalformedMessageError(
            f"voucher = {voucher!r}, accepted = {accepted!r} acknowledge nothing",
            remedy="Send voucher as text and accepted as true or false",
        )
    outbox.find(session, message.partner, voucher)
    document = _text(body, "document_number")
    vouchers.acknowledge(
        session,
        message.partner,
        voucher,
        accepted=accepted,
        document_number=document,
        reason=_text(body, "reason"),
        message_id=message.message_id,
        at=datetime.now(UTC),
    )
    return f"voucher {voucher} {'accepted' if accepted else 'not accepted'} {document}".rstrip()


def _text(body: Body, name: str) -> str:
    """A field that may be missing, or null: a voucher that is not accepted has no document number."""
    value = body.get(name)
    return "" if value is None else str(value)
