"""What leaving a lease early needs, does and costs, as data: prepayment and settlement."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from models.lease.plan.fields import Described
from models.lease.servicing.kinds import Count, Fraction, Rate, Yuan


class Effect(StrEnum):
    """What a prepayment does to the schedule."""

    SHORTER_TERM = "shorter-term"
    """Rents stay; the last ones fall away."""
    LOWER_RENT = "lower-rent"
    """Dates stay; the rents are computed anew."""
    SKIP_NEXT = "skip-next"
    """Dates and rents stay; the money counts against the next rents, and interest falls from that day."""


class FeeTier(Described):
    """The share that holds while all its conditions hold; the first tier that fits is taken."""

    share: Fraction
    elapsed_months_below: int | None = None
    """Fewer than so many whole months have passed since the start."""
    remaining_months_above: int | None = None
    """More than so many whole months remain."""


class EarlyFee(Described):
    """What leaving early costs: amount, plus share of a base, plus months of interest, within bounds."""

    amount: Yuan = Decimal(0)
    share: Fraction = Decimal(0)
    tiers: tuple[FeeTier, ...] = ()
    """Where given they replace ``share``; none fits: no share."""
    of: Annotated[str, Field(pattern="^(principal|remaining-interest|remaining-rents|financed)$")] = (
        "principal"
    )
    """``principal`` is what is repaid early."""
    pro_rata: Annotated[str, Field(pattern="^(none|days|months)$")] = "none"
    """The share shrinks with time: taken times what remains, in days or whole months, over the whole."""
    pro_rata_months: Annotated[int, Field(ge=1, le=1200)] | None = None
    """Over so many months since the start, after which no share is charged; None: over the whole term."""
    free_share: Fraction = Decimal(0)
    """Of the financed amount, free of fee."""
    months_of_interest: Rate = Decimal(0)
    """Contract interest for so many months on the principal repaid early."""
    at_least: Yuan | None = None
    at_most: Yuan | None = None
    reference_rate: Rate | None = None
    """Interest rate differential: (contract rate - this) x principal x remaining months / 12. The larger of
    it and of all that is above is charged."""
    at_most_remaining_interest: bool = False
    """Never more than the interest that is saved (EU consumer credit, art. 16)."""


class PrepaymentPolicy(Described):
    """What paying a part early needs and does."""

    minimum: Yuan = Decimal(0)
    effect: Effect = Effect.SHORTER_TERM
    interest: Annotated[str, Field(pattern="^(to-date|on-prepaid|next-instalment)$")] = "next-instalment"
    """Out of the money paid: all interest accrued to the day; that on the prepaid principal only; or none,
    and the next instalment brings it."""
    fee: EarlyFee = EarlyFee()


class SettlementInterest(StrEnum):
    """Which interest an early settlement asks for besides what has fallen due."""

    TO_DATE = "to-date"
    PERIOD_END = "period-end"
    """The whole interest of the running period."""
    REMAINING = "remaining"
    """All remaining interest less ``rebate_share`` of it."""
    RULE_OF_78 = "rule-of-78"
    """All remaining interest less the sum-of-digits rebate."""
    ACTUARIAL_REBATE = "actuarial-rebate"
    """All remaining interest less the actuarial rebate of UK consumer credit (Regulations 2004)."""
    PRESENT_VALUE = "present-value"
    """Remaining rents discounted at ``discount_rate``."""
    NONE = "none"


class SettlementPolicy(Described):
    """What settling early costs."""

    interest: SettlementInterest = SettlementInterest.TO_DATE
    rebate_share: Fraction = Decimal(0)
    """Of the remaining interest, given back (``remaining``)."""
    part_period_elapsed_from_days: Annotated[int, Field(ge=1)] = 1
    """``rule-of-78``: a begun period counts as elapsed from this many days on (1: at once)."""
    deferred_periods: Count = 0
    """``rule-of-78``, ``actuarial-rebate``: the rebate is computed as if settled so many periods later."""
    deferred_days: Count = 0
    """``actuarial-rebate``: ... and so many days later."""
    rebate_withheld: Fraction = Decimal(0)
    """``rule-of-78``: the lessor keeps this share of the rebate."""
    total_interest: Yuan | None = None
    """``rule-of-78``: the finance charge that is rebated; None: all interest of the plan."""
    discount_rate: Rate | None = None
    """``present-value``: a year; None: the contract's. ``actuarial-rebate``: the APR, which it needs."""
    rate_decimals: Annotated[int, Field(ge=1, le=30)] | None = 6
    """``actuarial-rebate``: decimals of the APR as a rate of a regular period; None: exact."""
    discount: Annotated[str, Field(pattern="^(periodic|effective)$")] = "periodic"
    """``periodic``: each period's factor is 1 + rate x its fraction of a year; ``effective``: (1 + rate) to
    the power of the years from the settlement (ACT/365)."""
    minimum_interest_months: Count = 0
    """Interest of the whole lease is at least that of so many months on the financed amount."""
    fee: EarlyFee = EarlyFee()
    purchase_price: Yuan = Decimal(0)
    """Nominal price at which the asset passes."""
    deposit: Yuan = Decimal(0)
    """Set off against the sum."""

    @model_validator(mode="after")
    def _read_by_interest(self) -> Self:
        """What the chosen interest does not read is refused: it would change nothing, without a word."""
        for name, readers in _READ_BY.items():
            if name in self.model_fields_set and getattr(self, name) and self.interest not in readers:
                known = " and ".join(readers)
                raise ValueError(f"{name} is read by {known} alone, and interest is {self.interest}")
        return self


_READ_BY: Final[dict[str, tuple[SettlementInterest, ...]]] = {
    "rebate_share": (SettlementInterest.REMAINING,),
    "rebate_withheld": (SettlementInterest.RULE_OF_78,),
    "total_interest": (SettlementInterest.RULE_OF_78,),
    "deferred_periods": (SettlementInterest.RULE_OF_78, SettlementInterest.ACTUARIAL_REBATE),
    "deferred_days": (SettlementInterest.ACTUARIAL_REBATE,),
    "discount_rate": (SettlementInterest.PRESENT_VALUE, SettlementInterest.ACTUARIAL_REBATE),
}
