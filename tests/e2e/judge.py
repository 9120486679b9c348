"""Compares what a bank has in its own books with our ledger and with the states that we show.

The judge believes nobody: it is given the bank's entries, the ledger's lines and the states, and names
every reference on which they differ. Money must always agree. A *state* may differ only where the bank's
own list of lies names the reference and a person has looked, or still has to look, at it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_SETTLED: Final = frozenset({"settled"})
_RETURNED: Final = frozenset({"returned"})
_NOT_MOVED: Final = frozenset({"refused", "failed", "cancelled", "rejected", "unanswered"})
_FINAL: Final = _SETTLED | _RETURNED | _NOT_MOVED


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry in the bank's own books; minor units, positive is in our favour."""

    reference: str
    kind: str
    """``order``, ``fee``, ``return`` or ``incoming``."""
    minor: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What we say about one order: a payment, or an item of a batch."""

    reference: str
    state: str
    minor: int
    """What was ordered; positive is in our favour."""
    person: bool = False
    """A person decided on it."""
    due: str = ""
    """State of the due that an item collects; empty for a payment."""


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A file that went out: how often it reached the bank, and how often the bank refused a repetition."""

    name: str
    state: str
    arrived: int
    refused: int


@dataclass(frozen=True, slots=True)
class BatchTotals:
    """What a batch was built with, and what its items and files come to."""

    batch_id: str
    built: tuple[int, int]
    """Number of items and their sum, as counted when the batch was built."""
    counted: tuple[int, int]
    in_files: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything about one bank."""

    bank: str
    bookings: tuple[Booking, ...]
    ledger: Mapping[str, int]
    """What the lines of the bank's ledger account come to, by reference."""
    standings: tuple[Standing, ...]
    moved: tuple[int, int]
    """How far the account moved since its opening: at the bank, and in our ledger."""
    lies: frozenset[str] = frozenset()
    """References on which the bank said, by its own account, what was not so."""
    discrepancies: frozenset[str] = frozenset()
    """References of which we noted, by ourselves, that something does not fit."""
    holds: tuple[str, ...] = ()
    files: tuple[OrderFile, ...] = ()
    batches: tuple[BatchTotals, ...] = ()


class Finding(NamedTuple):
    """Something that must not be."""

    kind: str
    reference: str
    sentence: str


@dataclass(slots=True)
class _Booked:
    """A reference in the bank's books, added up."""

    kinds: Counter[str] = field(default_factory=Counter)
    minor: int = 0

    def add(self, booking: Booking) -> None:
        self.kinds[booking.kind] += 1
        self.minor += booking.minor


def judge(evidence: Evidence) -> list[Finding]:
    """Everything that must not be; empty when money moved exactly once."""
    booked = _by_reference(evidence.bookings)
    standings = {each.reference: each for each in evidence.standings}
    references = sorted({*booked, *evidence.ledger, *standings})
    findings = [
        finding
        for reference in references
        for finding in _of_reference(evidence, reference, booked.get(reference, _Booked()), standings)
    ]
    return [*findings, *_of_house(evidence), *_of_batches(evidence)]


def _by_reference(bookings: Iterable[Booking]) -> dict[str, _Booked]:
    found: dict[str, _Booked] = {}
    for booking in bookings:
        found.setdefault(booking.reference, _Booked()).add(booking)
    return found


def _of_reference(
    evidence: Evidence, reference: str, booked: _Booked, standings: Mapping[str, Standing]
) -> Iterator[Finding]:
    for kind in ("order", "fee", "return"):
        if booked.kinds[kind] > 1:
            yield Finding("twice", reference, f"the bank booked its {kind} {booked.kinds[kind]} times")
    ours = evidence.ledger.get(reference, 0)
    if ours != booked.minor:
        yield Finding("money", reference, f"the bank moved {booked.minor}, our ledger {ours}")
    standing = standings.get(reference)
    if standing is None:
        yield Finding("unknown", reference, "booked, and no order of ours")
        return
    wrong = _wrong_state(standing, booked)
    if wrong and not _is_excused(evidence, standing):
        yield Finding("state", reference, wrong)


def _wrong_state(standing: Standing, booked: _Booked) -> str:
    """Why a state is not what the bank's books say; empty when it is."""
    if standing.state not in _FINAL:
        return f"still {standing.state}"
    came, went = booked.kinds["order"] > 0, booked.kinds["return"] > 0
    true = _RETURNED if came and went else _SETTLED if came else _NOT_MOVED
    if standing.state not in true:
        return f"{standing.state}, though the bank booked {dict(booked.kinds) or 'nothing'}"
    if standing.due and (standing.due == "collected") is not (true is _SETTLED):
        return f"{standing.state}, and its due is {standing.due}"
    return ""


def _is_excused(evidence: Evidence, standing: Standing) -> bool:
    """The bank lied, and we noticed; what never ended is not excused by anything."""
    noticed = standing.person or standing.reference in evidence.discrepancies
    return standing.state in _FINAL and standing.reference in evidence.lies and noticed


def _of_house(evidence: Evidence) -> Iterator[Finding]:
    at_bank, in_ledger = evidence.moved
    if at_bank != in_ledger:
        yield Finding("balance", evidence.bank, f"the account moved {at_bank} there, {in_ledger} here")
    for key in evidence.holds:
        yield Finding("hold", key, "still set aside")
    for reference in sorted(evidence.discrepancies - evidence.lies):
        yield Finding("discrepancy", reference, "noted as a discrepancy, and the bank told the truth")


def _of_batches(evidence: Evidence) -> Iterator[Finding]:
    for batch in evidence.batches:
        if not batch.built == batch.counted == batch.in_files:
            sentence = f"built {batch.built}, counted {batch.counted}, in files {batch.in_files}"
            yield Finding("totals", batch.batch_id, sentence)
    for file in evidence.files:
        if file.state != "sent" or not file.arrived:
            yield Finding("file", file.name, f"{file.state}, arrived {file.arrived} times")
        if file.arrived - file.refused > 1:
            yield Finding("file", file.name, f"arrived {file.arrived} times, {file.refused} refused")
