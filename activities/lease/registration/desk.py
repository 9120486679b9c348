"""Registering so that it happens once, whatever the registry answers: its own books are read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from temporalio import activity

from activities.heartbeat import alive
from activities.ports.movables import MovablesOffice, RegistryEntry, RegistryRefusedError
from models.errors import RefusedByRuleError
from models.lease.registration import (
    ChangeRegistration,
    Claim,
    ClaimsFound,
    Deregister,
    Deregistered,
    FindClaims,
    Registered,
    RegisterLease,
)
from workflows.lease.registration_steps import MovablesRegistry


class RegistrationContradictedError(RefusedByRuleError):
    """The registry has under our reference what we never asked for."""

    def __init__(self, reference: str, number: str) -> None:
        super().__init__(
            f"registration {number} of {reference} is about other things than the contract",
            remedy="Have the registry correct it, then let the step be tried again",
        )


class ReadBackRegistry(MovablesRegistry):
    """Asks the registry by our reference before and after it is told anything.

    Args:
        office: opens the way to the registry, when it is first needed.
    """

    def __init__(self, office: Callable[[], MovablesOffice]) -> None:
        self._office = office

    @activity.defn(name="lease.register")
    @alive()
    async def register(self, wish: RegisterLease) -> Registered:
        office = self._office()
        standing = await _in_force(office, wish.contract_number)
        if not standing:
            try:
                await office.enter(wish)
            except RegistryRefusedError as refusal:
                return Registered(wish.contract_number, refusal=refusal.message)
            standing = await _in_force(office, wish.contract_number)
        return await self._confirmed(wish, standing)

    @activity.defn(name="lease.change_registration")
    @alive()
    async def change_registration(self, change: ChangeRegistration) -> Registered:
        office = self._office()
        try:
            await office.change(change.registration_number, change.content)
        except RegistryRefusedError as refusal:
            return Registered(change.content.contract_number, refusal=refusal.message)
        standing = await _in_force(office, change.content.contract_number)
        return await self._confirmed(change.content, standing)

    @activity.defn(name="lease.deregister")
    @alive()
    async def deregister(self, wish: Deregister) -> Deregistered:
        office = self._office()
        ended = await office.end(wish.registration_number, wish.reason)
        return Deregistered(wish.contract_number, wish.registration_number, ended.ended_at)

    @activity.defn(name="lease.find_claims")
    @alive()
    async def find_claims(self, question: FindClaims) -> ClaimsFound:
        office = self._office()
        claims = [
            Claim(identifier, entry.number, entry.holder, entry.registered_at)
            for identifier in question.identifiers
            for entry in await office.of_item(identifier)
        ]
        return ClaimsFound(tuple(claims))

    async def _confirmed(self, wish: RegisterLease, standing: Sequence[RegistryEntry]) -> Registered:
        """The oldest registration is the one; what the registry entered beside it is taken out again."""
        if not standing:
            return Registered(wish.contract_number, refusal="the registry took it, and has it not")
        first, *surplus = standing
        wanted = tuple(sorted(asset.identifier for asset in wish.assets))
        if (first.items, first.debtor) != (wanted, wish.lessee.identifier):
            raise RegistrationContradictedError(wish.contract_number, first.number)
        for entry in surplus:
            await self._office().end(entry.number, f"duplicate of {first.number}")
        return Registered(wish.contract_number, first.number, first.registered_at)


async def _in_force(office: MovablesOffice, reference: str) -> list[RegistryEntry]:
    return [entry for entry in await office.of_reference(reference) if entry.ended_at is None]
