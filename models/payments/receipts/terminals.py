"""Card terminals: their states, and a day's slips against what the acquirer has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from models.money import Money


class TerminalState(StrEnum):
    """Where a terminal stands."""

    REGISTERED = "registered"
    """Known, and not opened yet."""
    OPEN = "open"
    """Takes receipts of its day."""
    CLOSED = "closed"
    """Its day is over; it takes none until it is opened for another."""
    BLOCKED = "blocked"
    """Takes none until somebody unblocks it."""


LEADS_TO: Final[Mapping[TerminalState, frozenset[TerminalState]]] = {
    TerminalState.REGISTERED: frozenset({TerminalState.OPEN, TerminalState.BLOCKED}),
    TerminalState.OPEN: frozenset({TerminalState.CLOSED, TerminalState.BLOCKED}),
    TerminalState.CLOSED: frozenset({TerminalState.OPEN, TerminalState.BLOCKED}),
    TerminalState.BLOCKED: frozenset({TerminalState.CLOSED}),
}
"""Unblocking leaves a terminal closed: whoever unblocks it has not opened it."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A receipt of ours that the terminal took."""

    receipt_id: str
    trace_no: str
    amount: Money
    card_type: str = ""


@dataclass(frozen=True, slots=True)
class AcquirerItem:
    """A card payment as the acquirer has it."""

    trace_no: str
    amount: Money
    card_type: str = ""
    fee: Money | None = None


@dataclass(frozen=True, slots=True)
class CardTotal:
    """Count and sum of one card type as the terminal prints them; an empty type is the whole day."""

    count: int
    amount: Money
    card_type: str = ""


class DifferenceKind(StrEnum):
    """How our slips and the acquirer's items differ."""

    MISSING = "missing"
    """The acquirer has no item for our slip."""
    UNKNOWN = "unknown"
    """We have no slip for the acquirer's item."""
    DOUBLED = "doubled"
    """The acquirer has an item more than once."""
    AMOUNT = "amount"
    TOTAL = "total"
    """Count or sum of a card type differs; nobody knows by which slip."""


class Decision(StrEnum):
    """A person's word on a difference."""

    CONFIRM = "confirm"
    """Our slip stands: the money came, or will."""
    CANCEL = "cancel"
    """Our slip is wrong: it is cancelled."""
    NOTED = "noted"
    """Nothing of ours changes; the acquirer was told, or the slip is taken as a receipt of its own."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, numbered within its day, and what became of it."""

    number: int
    kind: DifferenceKind
    sentence: str
    trace_no: str = ""
    receipt_id: str = ""
    """Empty where no slip of ours is concerned; one of several where a total differs."""
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class DayComparison:
    """What comparing a day came to."""

    matched: tuple[tuple[Slip, AcquirerItem | None], ...]
    differences: tuple[Difference, ...]


def compare_items(slips: Sequence[Slip], items: Sequence[AcquirerItem]) -> DayComparison:
    """Compare slip by slip, by trace number.

    A doubled item still confirms our slip: the payer paid at least once; the repetition is put
    before a person.
    """
    theirs: defaultdict[str, list[AcquirerItem]] = defaultdict(list)
    for item in items:
        theirs[item.trace_no].append(item)
    matched: list[tuple[Slip, AcquirerItem | None]] = []
    found: list[Difference] = []
    for slip in slips:
        same = theirs.pop(slip.trace_no, [])
        fitting = next((item for item in same if item.amount == slip.amount), None)
        if fitting is not None:
            matched.append((slip, fitting))
        found.extend(_of_slip(slip, same, fits=fitting is not None))
    for trace_no, left in theirs.items():
        amounts = " and ".join(str(item.amount) for item in left)
        found.append(
            Difference(
                0, DifferenceKind.UNKNOWN, f"the acquirer has {trace_no} of {amounts}, we do not", trace_no
            )
        )
    return DayComparison(tuple(matched), _numbered(found))


def compare_totals(slips: Sequence[Slip], totals: Sequence[CardTotal]) -> DayComparison:
    """Compare counts and sums by card type; all slips of a type that ties are confirmed."""
    whole = any(not total.card_type for total in totals)
    counts = Counter("" if whole else slip.card_type for slip in slips)
    named = {total.card_type: total for total in totals}
    matched: list[tuple[Slip, AcquirerItem | None]] = []
    found: list[Difference] = []
    for card_type in sorted({*counts, *named}):
        ours = [slip for slip in slips if whole or slip.card_type == card_type]
        total = named.get(card_type)
        said = (total.count, total.amount.minor) if total else (0, 0)
        if said == (len(ours), sum(slip.amount.minor for slip in ours)):
            matched.extend((slip, None) for slip in ours)
        else:
            found.append(_total(card_type, ours, total))
    return DayComparison(tuple(matched), _numbered(found))


def _of_slip(slip: Slip, same: Sequence[AcquirerItem], *, fits: bool) -> Iterator[Difference]:
    if not same:
        sentence = f"our slip {slip.trace_no} of {slip.amount} is missing at the acquirer"
        yield Difference(0, DifferenceKind.MISSING, sentence, slip.trace_no, slip.receipt_id)
        return
    if not fits:
        sentence = f"slip {slip.trace_no}: we have {slip.amount}, the acquirer {same[0].amount}"
        yield Difference(0, DifferenceKind.AMOUNT, sentence, slip.trace_no, slip.receipt_id)
    if len(same) > 1:
        sentence = (
            f"the acquirer has {slip.trace_no} {len(same)} times: {', '.join(str(i.amount) for i in same)}"
        )
        # our slip is confirmed by one of them: the decision is about the others
        yield Difference(0, DifferenceKind.DOUBLED, sentence, slip.trace_no)


def _total(card_type: str, ours: Sequence[Slip], total: CardTotal | None) -> Difference:
    kind = f"{card_type} cards" if card_type else "all cards"
    minor = sum(slip.amount.minor for slip in ours)
    currency = total.amount.currency if total else ours[0].amount.currency
    theirs = f"{total.count} of {total.amount}" if total else "none"
    sentence = f"{kind}: we have {len(ours)} of {Money(minor, currency)}, the terminal {theirs}"
    return Difference(0, DifferenceKind.TOTAL, sentence, card_type)


def _numbered(found: Sequence[Difference]) -> tuple[Difference, ...]:
    return tuple(replace(difference, number=number) for number, difference in enumerate(found, start=1))
