"""Business events that were posted, kept for previews of other templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.database import enter_rows
from activities.store.ledger.lines import lines_of
from activities.store.tables.ledger import BusinessEventRow, JournalRow
from models.ledger.events import BusinessEvent
from models.ledger.journals import MAIN_BOOK, Posted, voucher_name
from models.ledger.templates import PastEvent

_EVENTS: Final = TypeAdapter(BusinessEvent)
_AT_ONCE: Final = 1_000
_SAME_KEY: Final = (col(BusinessEventRow.book) == col(JournalRow.book)) & (
    col(BusinessEventRow.event_key) == col(JournalRow.idempotency_key)
)


def keep_events(session: Session, events: Sequence[tuple[BusinessEvent, int]]) -> None:
    """Keep posted events, each with the version of the templates that posted it."""
    now = datetime.now(UTC)
    rows = [
        BusinessEventRow(
            book=event.book,
            event_key=event.key,
            event=event.event,
            product=event.product,
            business_date=event.business_date,
            body=_EVENTS.dump_python(event, mode="json"),
            templates_version=version,
            recorded_at=now,
        )
        for event, version in events
    ]
    enter_rows(session, insert(BusinessEventRow).on_conflict_do_nothing(), rows)


def answers_kept(session: Session, events: Sequence[BusinessEvent]) -> dict[tuple[str, str], Posted]:
    """What these events posted before, by book and key.

    An event under a known key that tells something else is left out.
    """
    wanted = {(event.book, event.key): _EVENTS.dump_python(event, mode="json") for event in events}
    found = session.execute(
        select(JournalRow, col(BusinessEventRow.body))
        .join(BusinessEventRow, _SAME_KEY)
        .where(
            col(BusinessEventRow.event_key).in_([key for _, key in wanted]),
            col(BusinessEventRow.book).in_({book for book, _ in wanted}),
        )
    )
    return {
        (row.book, row.idempotency_key): Posted(
            row.journal_id or 0,
            voucher_name(row.voucher_month, row.voucher_number),
            row.idempotency_key,
            created=False,
        )
        for row, body in found
        if body == wanted.get((row.book, row.idempotency_key))
    }


def past_events(session: Session, *, since: date, book: str = MAIN_BOOK) -> Iterator[PastEvent]:
    """Events from a business date on, in the order of their vouchers, each with the lines it posted."""
    keys = list(
        session.execute(
            select(col(JournalRow.journal_id))
            .join(BusinessEventRow, _SAME_KEY)
            .where(col(BusinessEventRow.book) == book, col(BusinessEventRow.business_date) >= since)
            .order_by(col(JournalRow.voucher_month), col(JournalRow.voucher_number))
        ).scalars()
    )
    for start in range(0, len(keys), _AT_ONCE):
        yield from _past_events(session, keys[start : start + _AT_ONCE])


def _past_events(session: Session, journal_ids: Sequence[int | None]) -> Iterator[PastEvent]:
    lines = lines_of(session, journal_ids)
    events = session.execute(
        select(JournalRow, col(BusinessEventRow.body))
        .join(BusinessEventRow, _SAME_KEY)
        .where(col(JournalRow.journal_id).in_(journal_ids))
        .order_by(col(JournalRow.voucher_month), col(JournalRow.voucher_number))
    )
    for journal, body in events:
        yield PastEvent(
            event=_EVENTS.validate_python(body),
            voucher=voucher_name(journal.voucher_month, journal.voucher_number),
            lines=tuple(lines[journal.journal_id]),
        )
