"""Who takes part in a lease, and what is leased."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.money import Money
from models.payments.banking import BankAccount


class PartyKind(StrEnum):
    """Whether an organisation or a natural person."""

    ORGANISATION = "organisation"
    PERSON = "person"


class PartyRole(StrEnum):
    """As what somebody takes part. Lessees and guarantors sign."""

    LESSEE = "lessee"
    CO_LESSEE = "co-lessee"
    GUARANTOR = "guarantor"


@dataclass(frozen=True)
class Party:
    """A lessee or guarantor."""

    role: PartyRole
    kind: PartyKind
    name: str
    identifier: str
    """USCC of an organisation, resident identity number of a person."""
    phone: str = ""
    email: str = ""
    address: str = ""
    legal_representative: str = ""
    """Of an organisation: who signs for it."""
    representative_identifier: str = ""
    """Resident identity number of the legal representative."""
    account: BankAccount | None = None
    """From which rents are collected."""

    @property
    def shown_identifier(self) -> str:
        """For views and messages: of a person's number the district and the last four characters."""
        if self.kind is PartyKind.ORGANISATION:
            return self.identifier
        return f"{self.identifier[:6]}{'*' * max(len(self.identifier) - 10, 0)}{self.identifier[-4:]}"


class AssetKind(StrEnum):
    """Which identifier an asset bears."""

    VEHICLE = "vehicle"
    EQUIPMENT = "equipment"


@dataclass(frozen=True)
class Asset:
    """One thing that is leased."""

    kind: AssetKind
    description: str
    identifier: str
    """VIN (ISO 3779) of a vehicle, serial number of equipment."""
    price: Money
    """Including VAT."""
    make: str = ""
    model: str = ""
    year: int | None = None
    used: bool = False


class BusinessType(StrEnum):
    """What the house does for the lessee; templates of vouchers are named by it."""

    DIRECT = "direct"
    """The house buys from a supplier and leases out."""
    SALE_AND_LEASEBACK = "sale-and-leaseback"
    """The house buys from the lessee and leases back: a loan service to VAT."""
