"""The status of a business reference in plain words."""

from __future__ import annotations

from activities.templates.catalogue import Catalogue, catalogue
from models.payments.receipts.status import ReferenceStatus, StatusLine


def status_in_words(status: ReferenceStatus, language: str) -> list[str]:
    """A sentence about the whole, then one for each thing that concerns the reference."""
    speaking = catalogue(language)
    if not status.lines:
        return [speaking.text("reference_status.nothing", reference=status.business_reference)]
    title = speaking.text(
        "reference_status.title",
        reference=status.business_reference,
        received=status.received,
        awaited=status.awaited,
        refunded=status.refunded,
    )
    return [title, *(_line(line, speaking) for line in status.lines)]


def _line(line: StatusLine, speaking: Catalogue) -> str:
    sentence = speaking.text(
        "reference_status.line",
        on=line.on.isoformat(),
        what=speaking.text(f"reference_kind.{line.kind}"),
        identifier=line.identifier,
        amount=line.amount,
        currency=line.amount.currency,
        state=speaking.text(f"reference_state.{line.state}"),
    )
    if line.of:
        sentence += speaking.text("reference_status.of", receipt=line.of)
    if line.returned:
        sentence += speaking.text("reference_status.returned", amount=line.returned)
    return sentence
