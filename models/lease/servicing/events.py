"""What happens to a running lease, each with its value date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from models.lease.plan.fields import Described, Number
from models.lease.plan.periods import Frequency
from models.lease.plan.terms import MOST_INSTALMENTS
from models.lease.servicing.early_terms import Effect
from models.lease.servicing.kinds import Count, Fraction, Rate, Yuan
from models.lease.servicing.terms import Component, Order, Overpayment, Shape

Amount = Annotated[Number, Field(gt=0)]


def _frequency(value: object) -> object:
    return str(Frequency.parse(value)) if isinstance(value, str | int) else value


class _Event(Described):
    id: Annotated[str, Field(min_length=1, max_length=64)]
    """Unique in the lease; reversals and allocations refer to it."""
    on: date
    """Value date: from this day on it counts."""


class Payment(_Event):
    """Money that came in: it pays what is due, and the waterfall says what becomes of the rest."""

    kind: Literal["payment"] = "payment"
    amount: Amount
    order: Order | None = None
    """Instead of the contract's order, as agreed or as the payer directed (Civil Code art. 560)."""
    overpayment: Overpayment | None = None


class Prepayment(_Event):
    """Money that pays what is due, then principal before its time."""

    kind: Literal["prepayment"] = "prepayment"
    amount: Amount
    effect: Effect | None = None
    """None: the policy's."""
    instalments: Annotated[int, Field(ge=1, le=MOST_INSTALMENTS)] | None = None
    """``shorter-term``: so many remain, with rents computed anew; None: the rent stays."""
    fee: Yuan | None = None
    """Instead of the policy's; 0 waives it."""


class Settlement(_Event):
    """Everything is paid at once and the lease ends."""

    kind: Literal["settlement"] = "settlement"
    amount: Amount | None = None
    """None: exactly what the quote asks for."""
    waived: Yuan = Decimal(0)
    """Let off: first of the fee, then penalties, then interest."""


class Holiday(Described):
    """Due dates without rent."""

    periods: Annotated[int, Field(ge=1, le=MOST_INSTALMENTS)]
    interest: Literal["pay", "later", "capitalise", "waive"] = "pay"
    """Paid as it falls due; with the first rent after; added to principal at each date; or not asked for."""
    extend: bool = True
    """The term grows by the holiday; otherwise fewer rents carry the balance."""


class InterestFree(Described):
    """A stretch of days that bears no contract interest."""

    since: date
    """From the end of this day ..."""
    until: date
    """... to the end of this one."""


class Restructuring(_Event):
    """New terms for what is not yet due; what is due stays due unless it is capitalised."""

    kind: Literal["restructuring"] = "restructuring"
    rate: Rate | None = None
    """New contract rate, from ``rate_from``."""
    rate_from: date | None = None
    """None: the value date."""
    instalments: Annotated[int, Field(ge=1, le=MOST_INSTALMENTS)] | None = None
    """So many remain, interest-only ones among them; a holiday that extends comes on top."""
    extra: Count = 0
    """So many more than now remain."""
    next_due: date | None = None
    """The first one falls due here; the others follow at the same distance as before."""
    every: Annotated[str, BeforeValidator(_frequency)] | None = None
    """New distance of due dates from ``next_due`` on: ``month``, ``3 months``, ``2 weeks``, ``30 days``."""
    interest_only: Count = 0
    """So many of them bring interest alone, the first ones."""
    holiday: Holiday | None = None
    interest_free: InterestFree | None = None
    """No interest for some days; due dates stay."""
    capitalise: tuple[Component, ...] = ()
    """Of what is overdue: principal returns into the schedule, the others become principal."""
    add_principal: Yuan = Decimal(0)
    """Financed on top (a capitalised fee, a further purchase)."""
    rent: Literal["recompute", "keep"] | Amount = "recompute"
    """Rents that repay the balance by the last date; those of before; or this amount: with both of the
    latter the last instalment takes the rest, and instalments that are not needed fall away."""
    shape: Shape | None = None


class Acceleration(_Event):
    """After a breach everything falls due at once; what is not paid is overdue from the next day on."""

    kind: Literal["acceleration"] = "acceleration"
    interest: Literal["to-date", "remaining", "none"] = "to-date"
    """Asked for with the principal: what has accrued to the day; all of the rents to come; or none."""


class Charge(_Event):
    """A fee or cost asked of the lessee."""

    kind: Literal["charge"] = "charge"
    amount: Amount
    component: Literal[Component.COSTS, Component.PENALTY] = Component.COSTS
    instalment: int | None = None
    """It belongs to this instalment; None: it stands by itself."""
    due: date | None = None
    """None: with its instalment, or, standing by itself, on the value date."""


class Waiver(_Event):
    """Something open is let off."""

    kind: Literal["waiver"] = "waiver"
    component: Component = Component.PENALTY
    amount: Amount | None = None
    """None: all that is open, or ``share`` of it."""
    share: Fraction | None = None
    instalment: int | None = None
    """None: oldest first."""

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.amount is not None and self.share is not None:
            raise ValueError("give amount or share, not both")
        return self


class Refund(_Event):
    """Credit given back."""

    kind: Literal["refund"] = "refund"
    amount: Amount


class WriteOff(_Event):
    """What is open is given up in the books; later money is a recovery."""

    kind: Literal["write-off"] = "write-off"


class Reversal(_Event):
    """An earlier event never happened (a bounced debit, a wrong booking)."""

    kind: Literal["reversal"] = "reversal"
    of: str


class Correction(_Event):
    """An earlier event happened on another day, or with another amount."""

    kind: Literal["correction"] = "correction"
    of: str
    value_date: date | None = None
    amount: Amount | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.value_date is None and self.amount is None:
            raise ValueError("corrects nothing: give value_date or amount")
        return self


Event = Annotated[
    Payment
    | Prepayment
    | Settlement
    | Restructuring
    | Acceleration
    | Charge
    | Waiver
    | Refund
    | WriteOff
    | Reversal
    | Correction,
    Field(discriminator="kind"),
]
Happening = (
    Payment | Prepayment | Settlement | Restructuring | Acceleration | Charge | Waiver | Refund | WriteOff
)
"""What is left once reversals and corrections are worked in."""
