"""A financing plan as it was computed: what falls due when, and what of it is what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.money import Money


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One due date. ``rent`` is ``interest`` plus ``principal``; fees come on top of it."""

    number: int
    """From 1; 0 for what is due at the start besides the financed amount."""
    due: date
    rent: Money
    interest: Money
    principal: Money
    """Negative where interest is added to the debt."""
    balance: Money
    """Outstanding principal after this row."""
    fee: Money
    kind: str = "rent"
    """``rent``, ``residual``, ``drawdown`` (money out), ``start``, ``odd-days`` (interest before the first
    regular period)."""
    subsidy: Money | None = None
    """Paid to the lessor by a third party on this date."""
    deposit: Money | None = None
    """Of the deposit: positive when taken, negative when given back or set against rents."""
    days: int = 0
    """Days since the row before, as the day count counts them."""
    accrued: Money | None = None
    """Interest that is owed but not yet due after this row; it bears no interest."""

    @property
    def payable(self) -> Money:
        """What the lessee pays on this date, after what the deposit covers."""
        paid = self.rent + self.fee
        return paid if self.deposit is None else paid + self.deposit


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of a plan, in order of due date; their principal is the financed amount, to the cent."""

    start: date
    """Value date of the financed amount."""
    financed: Money
    rows: tuple[PlanRow, ...]
    rate: Decimal = Decimal(0)
    """Nominal rate a year that the rows were computed with."""
    periods_per_year: Decimal = Decimal(12)
    positions: tuple[Decimal, ...] = ()
    """Of each row: how many regular periods after the start it falls due."""
    unknown: str = ""
    """What was solved for: ``rent``, ``rate``, ``amount``, ``residual``, ``balloon``, ``instalments``."""
    solved: Decimal | None = None
    """Its value before rounding."""
    commission: Money | None = None
    """Paid away by the lessor at the start (initial direct costs)."""
    outside_apr: tuple[Money, ...] = ()
    """Of each row: fees that do not count as cost of credit. Empty: none."""
    outside_irr: tuple[Money, ...] = ()
    """Of each row: fees that are passed on to others. Empty: none."""
    fees_charged: Money | None = None
    """Of what is financed: fees that are a cost of credit."""
    fees_kept: Money | None = None
    """Of what is financed: fees that stay with the lessor."""
    price: Money | None = None
    down_payment: Money | None = None
    exact_rent: Decimal | None = None
    exact_interest: Decimal | None = None
    """Sums over all rows before rounding, where the rounding rule leaves amounts exact."""

    @property
    def rents(self) -> tuple[PlanRow, ...]:
        return tuple(row for row in self.rows if row.kind == "rent")
