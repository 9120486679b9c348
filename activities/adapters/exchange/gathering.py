"""What is put together from several answers of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.ports.bill_source import AcceptorAmounts
from models.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from activities.adapters.exchange.layout import Settlement
    from activities.ports.bill_source import Announcement


def summed(
    settlements: Sequence[Settlement],
    *,
    uscc: str,
    name: str,
    as_of: date,
    evidence: bytes,
    media_type: str,
) -> AcceptorAmounts | None:
    """The sum over an acceptor's accounts for one date; None when no account discloses that date."""
    months = [s for s in settlements if s.as_of == as_of]
    if not months:
        return None
    nothing = Money(0)
    return AcceptorAmounts(
        uscc=uscc,
        name=name,
        as_of=as_of,
        overdue_balance=sum((s.overdue_balance for s in months), nothing),
        cumulative_overdue=sum((s.cumulative_overdue for s in months), nothing),
        acceptance_balance=sum((s.acceptance_balance for s in months), nothing),
        evidence=evidence,
        media_type=media_type,
    )


def without_repeats(announcements: Sequence[Announcement]) -> list[Announcement]:
    """Each announcement once: one that is published during the paging pushes others to the next page."""
    return list({a.announcement_id: a for a in announcements}.values())
