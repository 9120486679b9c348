"""The unified registry of movables, as it is spoken to; how is the adapter's secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from models.errors import RefusedByRuleError, ServiceUnreachableError
from models.lease.registration import RegisterLease


class RegistryUnreachableError(ServiceUnreachableError):
    """The registry gave no usable answer; what was asked may have been done."""


class RegistryRefusedError(RefusedByRuleError):
    """The registry says no, in its own words."""


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A registration as it stands in the registry's books."""

    number: str
    reference: str
    """Of whoever registered it."""
    holder: str
    debtor: str
    items: tuple[str, ...]
    registered_at: datetime
    ended_at: datetime | None = None


class MovablesOffice(Protocol):
    """One registry. Every method may be repeated."""

    async def enter(self, wish: RegisterLease) -> None:
        """Have something registered. What the registry answers is not believed: ask `of_reference`.

        Raises:
            RegistryRefusedError: somebody else was there first, or the content is wrong.
            RegistryUnreachableError: no usable answer.
        """
        ...

    async def of_reference(self, reference: str) -> Sequence[RegistryEntry]:
        """Everything that we registered under our reference, oldest first, ended ones too.

        Raises:
            RegistryUnreachableError: no usable answer.
        """
        ...

    async def of_item(self, identifier: str) -> Sequence[RegistryEntry]:
        """Everybody's registrations in force on an asset, oldest first.

        Raises:
            RegistryUnreachableError: no usable answer.
        """
        ...

    async def change(self, number: str, content: RegisterLease) -> None:
        """Replace what stands under a number of ours.

        Raises:
            RegistryRefusedError: the number is not ours or not in force, or the content is wrong.
            RegistryUnreachableError: no usable answer.
        """
        ...

    async def end(self, number: str, reason: str) -> RegistryEntry:
        """Take a registration of ours out; out already is the same answer.

        Raises:
            RegistryRefusedError: the number is not ours.
            RegistryUnreachableError: no usable answer.
        """
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...
