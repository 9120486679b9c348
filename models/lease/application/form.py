"""A lease application as it is written down: who, what, on which terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from models.lease.parties import Asset, Party, PartyRole
from models.lease.plan.term_parts import PatternRule, Steps
from models.money import Money
from models.payments.banking import BankAccount

STEPPED: Final = "stepped"
SEASONAL: Final = "seasonal"
"""Methods of products that the plan engine knows as an annuity with ``steps`` or a ``pattern``."""


@dataclass(frozen=True)
class Financing:
    """The terms that are applied for. What is left out is the product's."""

    instalments: int
    """How many rents."""
    rate: Decimal | None = None
    """Nominal, as a fraction a year: 0.085."""
    down_payment: Money | None = None
    deposit: Money | None = None
    residual: Money | None = None
    """What is left after the last rent: the price of purchase, or a balloon."""
    method: str = ""
    """One of the product's: ``annuity``, ``equal-principal``, ``stepped``, ``seasonal`` …"""
    first_due: date | None = None
    steps: Steps | None = None
    """How the rents of a ``stepped`` lease change."""
    pattern: tuple[PatternRule, ...] = ()
    """What certain rents of a ``seasonal`` lease are instead."""


@dataclass(frozen=True)
class LeaseForm:
    """Everything that an applicant states. ``application_id`` is the key: the same id is the same lease."""

    application_id: str
    product: str
    """Name in the parameter set ``lease-products``."""
    branch: str
    region: str
    parties: tuple[Party, ...]
    assets: tuple[Asset, ...]
    financing: Financing
    payee: BankAccount
    """Who is paid for the asset: the dealer, a supplier, or the lessee who leases back."""
    dealer: str = ""
    """Code of the dealer; empty where the lessee applies directly."""
    accept_unchanged: bool = False
    """The applicant's side takes the offer beforehand where it says exactly what was applied for."""
    note: str = ""

    @property
    def lessee(self) -> Party:
        """The one who leases; the checks of capture make sure that there is exactly one.

        Raises:
            LookupError: nobody is the lessee.
        """
        for party in self.parties:
            if party.role is PartyRole.LESSEE:
                return party
        raise LookupError("no lessee")

    @property
    def price(self) -> Money:
        """Of all assets, including VAT."""
        first, *others = (asset.price for asset in self.assets)
        return sum(others, start=first)
