"""Lease products as data: what may be applied for, on which terms, with which papers, decided how."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from models.lease.documents.messages import DocumentKind
from models.lease.parties import AssetKind, BusinessType, PartyKind, PartyRole
from models.parameters.parts import Part, Share, Yuan

Rate = Annotated[Decimal, Field(ge=0, lt=1)]
"""Nominal, as a fraction a year: 0.085."""


class RequiredDocument(Part):
    """A paper that an application must bring before it is decided."""

    kind: DocumentKind
    roles: tuple[PartyRole, ...] = ()
    """One for each party of these roles; empty: one for the application."""
    of: PartyKind | None = None
    """Only of organisations, or only of persons."""
    above: Yuan = Decimal(0)
    """Only where more than this is financed."""


class Bounds(Part):
    """From what to what an applicant may choose, and what holds when nothing is said."""

    at_least: Decimal
    at_most: Decimal
    default: Decimal

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.at_least <= self.default <= self.at_most:
            raise ValueError(f"{self.at_least} <= {self.default} <= {self.at_most} does not hold")
        return self


class LeaseProduct(Part):
    """One product of the house."""

    title: str
    """As people read it, in the house's language."""
    business: BusinessType
    assets: tuple[AssetKind, ...]
    financed: Bounds
    """In yuan: price less down payment; ``default`` is not used."""
    instalments: Bounds
    instalments_step: Annotated[int, Field(ge=1, le=60)] = 1
    """They come in multiples of this: 12 for whole years of monthly rents."""
    every_months: Annotated[int, Field(ge=1, le=12)] = 1
    rate: Bounds
    method: str = "annuity"
    """Repayment method of the plan engine."""
    methods: tuple[str, ...] = ("annuity", "equal-principal")
    """What an applicant may choose."""
    in_advance: bool = False
    day_count: str = "30/360"
    rounding: str = "cent-half-up"
    down_payment: Bounds
    """Share of the price."""
    deposit: Bounds
    """Share of the financed amount."""
    residual: Bounds
    """Share of the price."""
    handling_fee: Share = Decimal(0)
    """Of the financed amount, due at the start."""
    vat_rate: Share = Decimal("0.13")
    """Of the rents of a direct lease, and of the interest of a sale-and-leaseback. Verify before use."""
    documents: tuple[RequiredDocument, ...] = ()
    screening: str = "standard"
    """Name of the decision tables in the parameter set ``screening``."""
    approval_policy: str = "lease"
    offer_days: Annotated[int, Field(ge=1, le=180)] = 14
    contract_template: str = "lease-contract"
    conditions_precedent: tuple[str, ...] = ("signed", "registered")
    """Of ``signed``, ``registered``, ``down-payment``, ``deposit``, ``insurance``, ``delivery``."""
    disburse_by_rules_up_to: Yuan = Decimal(0)
    """Up to this amount no reviewer looks before the money goes."""
    paying_bank: str = "harbour"
    overdue_rate_a_day: Rate = Decimal("0.0005")
    grace_days: Annotated[int, Field(ge=0, le=60)] = 3
    waterfall: tuple[str, ...] = ("costs", "penalty", "interest", "principal")
    """Order in which money is applied (Civil Code art. 561 unless agreed otherwise)."""


def _bounds(at_least: str, default: str, at_most: str) -> Bounds:
    return Bounds(at_least=Decimal(at_least), default=Decimal(default), at_most=Decimal(at_most))


_SIGNERS = (PartyRole.LESSEE, PartyRole.CO_LESSEE, PartyRole.GUARANTOR)
_PAPERS = (
    RequiredDocument(kind=DocumentKind.BUSINESS_LICENCE, roles=_SIGNERS, of=PartyKind.ORGANISATION),
    RequiredDocument(kind=DocumentKind.RESIDENT_ID, roles=_SIGNERS, of=PartyKind.PERSON),
    RequiredDocument(kind=DocumentKind.INVOICE),
    RequiredDocument(kind=DocumentKind.BANK_STATEMENT, roles=(PartyRole.LESSEE,), above=Decimal(100_000)),
)
_NOTHING = _bounds("0", "0", "0")


_SHIPPED: Final = {
    "vehicle-direct": LeaseProduct(
        title="汽车直租",
        business=BusinessType.DIRECT,
        assets=(AssetKind.VEHICLE,),
        financed=_bounds("20000", "20000", "2000000"),
        instalments=_bounds("12", "36", "60"),
        rate=_bounds("0.045", "0.0888", "0.18"),
        down_payment=_bounds("0.2", "0.2", "0.8"),
        deposit=_bounds("0", "0", "0.3"),
        residual=_bounds("0", "0", "0.3"),
        documents=_PAPERS,
        disburse_by_rules_up_to=Decimal(100_000),
    ),
    "vehicle-leaseback": LeaseProduct(
        title="汽车回租",
        business=BusinessType.SALE_AND_LEASEBACK,
        assets=(AssetKind.VEHICLE,),
        financed=_bounds("20000", "20000", "1000000"),
        instalments=_bounds("12", "24", "48"),
        rate=_bounds("0.06", "0.12", "0.18"),
        down_payment=_NOTHING,
        deposit=_bounds("0", "0", "0.2"),
        residual=_NOTHING,
        vat_rate=Decimal("0.06"),
        documents=_PAPERS,
    ),
    "equipment-direct": LeaseProduct(
        title="设备直租",
        business=BusinessType.DIRECT,
        assets=(AssetKind.EQUIPMENT,),
        financed=_bounds("100000", "100000", "50000000"),
        instalments=_bounds("12", "36", "96"),
        rate=_bounds("0.04", "0.065", "0.15"),
        methods=("annuity", "equal-principal", "stepped", "seasonal"),
        in_advance=True,
        down_payment=_bounds("0", "0.1", "0.8"),
        deposit=_bounds("0", "0.05", "0.3"),
        residual=_bounds("0", "0", "0.25"),
        handling_fee=Decimal("0.01"),
        documents=_PAPERS,
        conditions_precedent=("signed", "registered", "deposit", "insurance", "delivery"),
    ),
    "vehicle-express": LeaseProduct(
        title="小额车辆直租",
        business=BusinessType.DIRECT,
        assets=(AssetKind.VEHICLE,),
        financed=_bounds("10000", "10000", "200000"),
        instalments=_bounds("6", "24", "36"),
        rate=_bounds("0.06", "0.0988", "0.18"),
        down_payment=_bounds("0.1", "0.2", "0.8"),
        deposit=_NOTHING,
        residual=_NOTHING,
        disburse_by_rules_up_to=Decimal(100_000),
    ),
}


class LeaseProducts(Part):
    """Every product by name."""

    products: dict[str, LeaseProduct] = Field(default=_SHIPPED)
