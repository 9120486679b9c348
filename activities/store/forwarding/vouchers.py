"""Vouchers on their way to the finance system: how far they are put, and what it made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.ledger.lines import lines_of
from activities.store.tables.forwarding import VoucherAcknowledgementRow, VoucherForwardingRow
from activities.store.tables.ledger import JournalRow, VoucherCounterRow
from models.ledger.journals import MAIN_BOOK, Line, voucher_name
from models.money import Money


def months_behind(session: Session, partner: str) -> list[tuple[date, int]]:
    """Months of the main book with vouchers that are not put yet, and the last number that is."""
    rows = session.execute(
        select(
            col(VoucherCounterRow.month), col(VoucherCounterRow.last), col(VoucherForwardingRow.last_number)
        )
        .outerjoin(
            VoucherForwardingRow,
            (col(VoucherForwardingRow.month) == col(VoucherCounterRow.month))
            & (col(VoucherForwardingRow.partner) == partner),
        )
        .where(col(VoucherCounterRow.book) == MAIN_BOOK)
        .order_by(col(VoucherCounterRow.month))
    )
    return [(month, put or 0) for month, last, put in rows if last > (put or 0)]


def journals_after(session: Session, month: date, number: int, *, limit: int) -> list[JournalRow]:
    """Vouchers of a month after a number, in order: numbers are gapless and are committed in order."""
    return list(
        session.execute(
            select(JournalRow)
            .where(
                col(JournalRow.book) == MAIN_BOOK,
                col(JournalRow.voucher_month) == month,
                col(JournalRow.voucher_number) > number,
            )
            .order_by(col(JournalRow.voucher_number))
            .limit(limit)
        ).scalars()
    )


def voucher_bodies(session: Session, journals: Sequence[JournalRow]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each voucher's name and what the finance system is told of it; amounts as decimal texts."""
    lines = lines_of(session, [journal.journal_id for journal in journals])
    reversed_names = _names(session, [journal.reverses for journal in journals if journal.reverses])
    for journal in journals:
        name = voucher_name(journal.voucher_month, journal.voucher_number)
        yield (
            name,
            {
                "voucher": name,
                "kind": journal.kind,
                "business_date": journal.business_date.isoformat(),
                "value_date": journal.value_date.isoformat(),
                "narrative": journal.narrative,
                "reverses": reversed_names.get(journal.reverses or 0),
                "posted_by": journal.posted_by,
                "lines": [_told(line) for line in lines[journal.journal_id]],
            },
        )


def note_put(session: Session, partner: str, month: date, number: int) -> None:
    """Vouchers of a month are put up to a number."""
    session.execute(
        insert(VoucherForwardingRow)
        .values(partner=partner, month=month, last_number=number)
        .on_conflict_do_update(index_elements=["partner", "month"], set_={"last_number": number})
    )


def acknowledge(
    session: Session,
    partner: str,
    voucher: str,
    *,
    accepted: bool,
    document_number: str,
    reason: str,
    message_id: str,
    at: datetime,
) -> None:
    """Keep what the finance system made of a voucher; what it says last stands."""
    values = {
        "accepted": accepted,
        "document_number": document_number,
        "reason": reason,
        "message_id": message_id,
        "acknowledged_at": at,
    }
    session.execute(
        insert(VoucherAcknowledgementRow)
        .values(partner=partner, voucher=voucher, **values)
        .on_conflict_do_update(index_elements=["partner", "voucher"], set_=values)
    )


def acknowledgements(session: Session, partner: str) -> list[VoucherAcknowledgementRow]:
    """What the finance system made of vouchers, by voucher."""
    return list(
        session.execute(
            select(VoucherAcknowledgementRow)
            .where(col(VoucherAcknowledgementRow.partner) == partner)
            .order_by(col(VoucherAcknowledgementRow.voucher))
        ).scalars()
    )


def _told(line: Line) -> dict[str, Any]:
    return {
        "account": line.account,
        "branch": line.branch,
        "side": "debit" if line.amount.minor > 0 else "credit",
        "amount": str(Money(abs(line.amount.minor), line.amount.currency)),
        "currency": line.amount.currency,
        "reference": line.reference,
    }


def _names(session: Session, journal_ids: Sequence[int]) -> dict[int, str]:
    if not journal_ids:
        return {}
    rows = session.execute(
        select(
            col(JournalRow.journal_id), col(JournalRow.voucher_month), col(JournalRow.voucher_number)
        ).where(col(JournalRow.journal_id).in_(journal_ids))
    )
    return {journal_id: voucher_name(month, number) for journal_id, month, number in rows}
