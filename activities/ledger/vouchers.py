"""From business events to posted vouchers, by the templates in force at each event's business date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlmodel import Session

from activities.store import parameters
from activities.store.ledger import events as event_store
from activities.store.ledger import holds, posting
from models.calendar import SHANGHAI
from models.ledger.errors import CaptureExceedsHoldError
from models.ledger.events import BusinessEvent
from models.ledger.journals import Posted
from models.ledger.templates import journal_for
from models.parameters.registry import VOUCHER_TEMPLATES
from models.parameters.vouchers import VoucherTemplates


def templates_at(session: Session, day: date) -> parameters.ParametersInForce[VoucherTemplates]:
    """The templates in force at the end of a business date (Shanghai)."""
    end_of_day = datetime.combine(day, time.max, SHANGHAI)
    return parameters.in_force(session, VOUCHER_TEMPLATES, end_of_day)


def post_event(session: Session, event: BusinessEvent) -> Posted:
    """Post what an event's template makes of it, and keep the event.

    Raises:
        TemplateError: no template fits, or it does not balance for this event.
        LedgerRefusalError: as for `posting.post`.
    """
    return post_events(session, (event,))[0]


def post_events(session: Session, events: Sequence[BusinessEvent]) -> list[Posted]:
    """Post events, all or none; answers come in their order. A known key gets its first answer.

    Raises:
        TemplateError: as for `post_event`; names the event.
        LedgerRefusalError: as for `posting.post_many`.
    """
    # what was posted stays posted, even if templates have changed since
    answers = event_store.answers_kept(session, events)
    due = [event for event in events if (event.book, event.key) not in answers]
    in_force = {day: templates_at(session, day) for day in {event.business_date for event in due}}
    orders = [journal_for(event, in_force[event.business_date].value) for event in due]
    posted = posting.post_many(session, orders)
    created = {}
    for event, answer in zip(due, posted, strict=True):
        answers[event.book, event.key] = answer
        if answer.created:
            created[event.book, event.key] = (event, in_force[event.business_date].version)
    event_store.keep_events(session, list(created.values()))
    return [answers[event.book, event.key] for event in events]


def capture_event(session: Session, event: BusinessEvent, *, hold_key: str) -> Posted:
    """Post an event that takes what a hold set aside; a fee beyond what was held is posted all the same.

    Raises:
        TemplateError: as for `post_event`.
        LedgerRefusalError: as for `holds.capture`.
    """
    in_force = templates_at(session, event.business_date)
    order = journal_for(event, in_force.value)
    try:
        posted = holds.capture(session, key=hold_key, order=order)
    except CaptureExceedsHoldError:
        holds.void(session, key=hold_key, reason="the bank took more than was set aside")
        posted = posting.post(session, order)
    if posted.created:
        event_store.keep_events(session, [(event, in_force.version)])
    return posted
