"""What a change of voucher templates would have done to events that were posted."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from activities.store.ledger.events import past_events
from models.ledger.journals import MAIN_BOOK
from models.ledger.templates import TemplatePreview, preview
from models.parameters.vouchers import VoucherTemplates


def preview_templates(
    session: Session, proposed: VoucherTemplates, *, since: date, book: str = MAIN_BOOK
) -> TemplatePreview:
    """Compare what events since a business date posted with what the proposed templates make of them."""
    return preview(proposed, past_events(session, since=since, book=book))
