"""The working state of a replay: instalments, credit, allocations, and the point interest has run to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from models.errors import InvalidInputError
from models.lease.servicing.accrual import Clock, RateStep, growth
from models.lease.servicing.terms import Component, ServicingTerms
from models.money import Money

SIDE_ROWS: Final = 1000
"""Rows that are no rents are numbered from here on."""


class RowKind(StrEnum):
    """Why an instalment stands in the schedule."""

    RENT = "rent"
    PREPAYMENT = "prepayment"
    SETTLEMENT = "settlement"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Allocation:
    """Money of one event applied to one component of one instalment; negative where it is taken back."""

    event: str
    on: date
    instalment: int
    due: date
    component: Component
    amount: Money


@dataclass(slots=True)
class Row:
    """One instalment while the story is replayed."""

    number: int
    due: date
    kind: RowKind
    asked: dict[Component, Money]
    paid: dict[Component, Money]
    waived: dict[Component, Money]
    moved: dict[Component, Money]
    """Into principal when capitalised, or out of the books when written off."""
    assessed: date
    """Overdue interest has run to this day."""
    running: Decimal = Decimal(0)
    """Overdue interest, exact."""
    posted: Decimal = Decimal(0)
    """The part of it that is asked for, in whole cents."""
    capitalised: Decimal = Decimal(0)
    """The part of it that bears overdue interest itself."""
    late_fees: dict[int, int] = field(default_factory=dict)
    """Times that each late fee was charged."""
    late_charged: dict[int, Money] = field(default_factory=dict)
    """The sum of these charges."""
    counted: bool = False
    """What was paid on it before its time has lowered the balance that interest runs on."""
    group: int | None = None
    """A charge with a day of its own: the instalment it belongs to."""
    residual: Money | None = None
    """A residual value, interest included: it stays what it is when rents are computed anew."""
    complete: bool = False
    """All of it was paid before its time in that way: interest runs on into the next."""

    @classmethod
    def of(cls, number: int, due: date, kind: RowKind, zero: Money, **asked: Money) -> Row:
        """A new one; ``asked`` by component."""
        nothing = dict.fromkeys(Component, zero)
        given = {Component(name): amount for name, amount in asked.items()}
        return cls(number, due, kind, nothing | given, dict(nothing), dict(nothing), dict(nothing), due)

    def open(self, component: Component) -> Money:
        """What is still asked for."""
        gone = self.paid[component].minor + self.waived[component].minor + self.moved[component].minor
        asked = self.asked[component]
        return Money(asked.minor - gone, asked.currency)

    @property
    def is_open(self) -> bool:
        """Something is still asked for."""
        return any(self.open(component).minor for component in Component)

    def open_all(self, *components: Component) -> Money:
        """The sum of what is open; of all components where none is named."""
        first, *others = components or tuple(Component)
        total = self.open(first)
        for component in others:
            total += self.open(component)
        return total

    @property
    def rent(self) -> Money:
        """Interest and principal as asked for."""
        return self.asked[Component.INTEREST] + self.asked[Component.PRINCIPAL]


@dataclass(slots=True)
class Book:
    """A lease on one day of its replay."""

    terms: ServicingTerms
    start: date
    financed: Money
    rows: list[Row]
    today: date
    steps: list[RateStep]
    clock: Clock
    accrual_from: date
    """The running period's interest is exact up to here."""
    period_from: date
    """Start of the running period."""
    accrued: Decimal = Decimal(0)
    """Interest of the running period up to ``accrual_from``, less what has been collected of it."""
    credit: list[tuple[str, Money]] = field(default_factory=list)
    """Money not yet applied, by the event that brought it, oldest first."""
    allocations: list[Allocation] = field(default_factory=list)
    sums: dict[str, Money] = field(default_factory=dict)
    """Running totals by name: ``capitalised``, ``received``, ``refunded``, ``recovered``, ``written_off``."""
    settled_on: date | None = None
    written_off_on: date | None = None

    @property
    def zero(self) -> Money:
        return Money(0, self.financed.currency)

    def money(self, amount: Decimal) -> Money:
        """An exact amount, rounded half up to the cent."""
        return Money.rounded(amount, self.financed.currency)

    def interest(self, amount: Decimal) -> Money:
        """Exact interest, rounded as the terms say."""
        return self.money(self.terms.rounding.interest_of(amount))

    def due_rows(self) -> Iterator[Row]:
        """Those due by today, oldest first."""
        return (row for row in self.rows if row.due <= self.today)

    def future_rows(self) -> list[Row]:
        """Rents that fall due after today and still ask for something, nearest first."""
        rents = (row for row in self.rows if row.kind is RowKind.RENT and not row.complete)
        return [row for row in rents if row.due > self.today]

    def total(self, rows: Iterator[Row] | list[Row], component: Component) -> Money:
        """What is open of a component."""
        return sum((row.open(component) for row in rows), self.zero)

    def not_yet_due(self) -> Money:
        """Principal that has not fallen due and is not paid: what the contract's interest runs on."""
        return self.total(self.future_rows(), Component.PRINCIPAL)

    def overdue_principal(self) -> Money:
        return self.total(self.due_rows(), Component.PRINCIPAL)

    def outstanding(self) -> Money:
        """All principal that is not paid, due or not."""
        return self.total(self.rows, Component.PRINCIPAL)

    def bearing(self) -> Money:
        """What contract interest runs on today."""
        if self.terms.late_interest:
            return self.not_yet_due() + self.overdue_principal()
        return self.not_yet_due()

    def add(self, name: str, amount: Money) -> None:
        """Add to a running total."""
        self.sums[name] = self.sum_of(name) + amount

    def sum_of(self, name: str) -> Money:
        return self.sums.get(name, self.zero)

    def credit_total(self) -> Money:
        return sum((amount for _, amount in self.credit), self.zero)

    def grown(self, start: date, end: date) -> Decimal:
        """Contract interest on one unit from day to day.

        Raises:
            InvalidInputError: the contract rate is not known.
        """
        if not self.steps:
            raise InvalidInputError(
                "servicing.rate is not given, and interest has to be computed",
                remedy="Give the contract rate a year, like 0.085",
            )
        anchor = self.period_from if start == self.accrual_from else start
        return growth(start, end, self.steps, self.clock, anchor)

    def rate_on(self, day: date) -> Decimal:
        """The contract rate a year that holds on a day.

        Raises:
            InvalidInputError: it is not known.
        """
        self.grown(day, day)
        return next((step.rate for step in reversed(self.steps) if step.since <= day), self.steps[0].rate)

    def accrued_to(self, day: date) -> Decimal:
        """Interest of the running period up to a day, exact, less what was collected of it."""
        ahead = self.future_rows()
        bearing = self.bearing().amount
        if bearing == 0 or day <= self.accrual_from:
            return self.accrued
        if self.steps and self.terms.accrual == "day-count":
            return self.accrued + bearing * self.grown(self.accrual_from, day)
        if not ahead:
            return self.accrued
        begun = self.accrual_from
        share = Decimal((day - begun).days) / Decimal((ahead[0].due - begun).days)
        return self.accrued + (ahead[0].open(Component.INTEREST).amount - self.accrued) * min(
            share, Decimal(1)
        )

    def roll(self) -> None:
        """Make today the point to which the running period's interest is exact."""
        self.accrued = self.accrued_to(self.today)
        self.accrual_from = max(self.today, self.accrual_from)

    def insert(self, row: Row) -> None:
        """Put a row where its due date belongs; rows of the same day stay in order of entry."""
        self.rows.append(row)
        self.rows.sort(key=lambda each: each.due)

    def next_number(self) -> int:
        """A number for one more rent."""
        return max((row.number for row in self.rows if row.kind is RowKind.RENT), default=0) + 1

    def side_number(self) -> int:
        """A number for what is no rent: above 1000."""
        others = (row.number for row in self.rows if row.kind is not RowKind.RENT)
        return max(others, default=SIDE_ROWS) + 1

    @property
    def closed(self) -> bool:
        return self.settled_on is not None or self.written_off_on is not None
