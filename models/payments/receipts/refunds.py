"""What is left to refund of a receipt, and from which of its parts a refund is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.money import Money
from models.payments.messages.payment import Refusal


@dataclass(frozen=True, slots=True)
class PartBalance:
    """A part of a receipt and what of it is under way, or gone, back to the payer."""

    part_no: int
    account: str
    amount: Money
    refunded: Money

    @property
    def left(self) -> Money:
        return self.amount - self.refunded


def left_to_refund(received: Money, refunds: Sequence[Money]) -> Money:
    """What was received less the refunds that are under way or done; never below zero.

    Args:
        received: zero for a receipt that has not cleared, or came to nothing.
        refunds: without what banks sent back of them.
    """
    left = received.minor - sum(refund.minor for refund in refunds)
    return Money(max(left, 0), received.currency)


def refund_refusals(receipt_id: str, amount: Money, left: Money) -> Iterator[Refusal]:
    """Why an amount cannot be refunded of a receipt of which so much is left; nothing when it can."""
    if left.currency != amount.currency or left < amount:
        sentence = f"{left} {left.currency} is left to refund of {receipt_id}"
        yield Refusal("refund", f"{sentence}, not {amount} {amount.currency}")


def split(amount: Money, parts: Sequence[PartBalance]) -> list[tuple[PartBalance, Money]]:
    """Take an amount from parts, the first first; gives less than the amount where they do not hold it."""
    taken: list[tuple[PartBalance, Money]] = []
    rest = amount
    for part in parts:
        share = min(rest, part.left)
        if share.minor > 0:
            taken.append((part, share))
            rest = rest - share
    return taken
