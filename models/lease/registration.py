"""Registering a lease in the unified movables registry: what makes it hold against third parties.

Civil Code art. 745: the lessor's ownership of what is leased cannot be set up against a third party in good
faith unless it is registered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.lease.parties import Asset
from models.money import Money


@dataclass(frozen=True)
class RegisteredParty:
    """A lessor or lessee as the registry knows it."""

    name: str
    identifier: str
    """USCC of an organisation, resident identity number of a person."""


@dataclass(frozen=True)
class RegisterLease:
    """Register the lessor's ownership of what a contract leases out.

    ``contract_number`` is our reference at the registry: the same reference is the same registration,
    however often it is asked for; another content under it is refused.
    """

    contract_number: str
    lessor: RegisteredParty
    lessee: RegisteredParty
    assets: tuple[Asset, ...]
    secured: Money
    """What the lessee owes in all."""
    until: date
    """Last day of the registration; beyond the last rent."""


@dataclass(frozen=True)
class Registered:
    """What the registry said. A refusal is an answer: somebody else was there first, or content is wrong."""

    contract_number: str
    registration_number: str = ""
    registered_at: datetime | None = None
    refusal: str = ""
    """Why not, in a sentence for people; empty when it is registered."""

    @property
    def stands(self) -> bool:
        """Whether the lease is registered."""
        return not self.refusal


@dataclass(frozen=True)
class ChangeRegistration:
    """Enter the content as it is now under the number that the lease has already."""

    registration_number: str
    content: RegisterLease
    reason: str


@dataclass(frozen=True)
class Deregister:
    """Take a lease out of the registry: it ended, or was never paid. A repetition changes nothing."""

    contract_number: str
    registration_number: str
    reason: str


@dataclass(frozen=True)
class Deregistered:
    contract_number: str
    registration_number: str
    deregistered_at: datetime | None


@dataclass(frozen=True)
class FindClaims:
    """Ask who has registered something on these assets (VIN or serial number each)."""

    identifiers: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """A registration in force on an asset, by whomever."""

    identifier: str
    registration_number: str
    holder: str
    registered_at: datetime


@dataclass(frozen=True)
class ClaimsFound:
    claims: tuple[Claim, ...]
