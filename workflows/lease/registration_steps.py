"""What the registry of movables is asked. Served on the queue of outside offices."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Final

from temporalio import activity
from temporalio.common import RetryPolicy

from models.lease.registration import (
    ChangeRegistration,
    ClaimsFound,
    Deregister,
    Deregistered,
    FindClaims,
    Registered,
    RegisterLease,
)

REGISTRY_PATIENCE: Final = timedelta(minutes=2)
"""For one try: at most four calls of the registry."""
REGISTRY_RETRY: Final = RetryPolicy(
    initial_interval=timedelta(seconds=2),
    maximum_interval=timedelta(minutes=5),
    non_retryable_error_types=[
        "InvalidInputError",
        "MissingSecretError",
        "RegistrationContradictedError",
        "RegistryRefusedError",
    ],
)
"""A registry that is down is asked until it is back: every step is safe to repeat."""


class MovablesRegistry(ABC):
    """Speaking with the unified registry of movables; each step repeats without a second entry."""

    @activity.defn(name="lease.register")
    @abstractmethod
    async def register(self, wish: RegisterLease) -> Registered:
        """Register once, whatever the registry answers; what it has is read back before it is believed."""

    @activity.defn(name="lease.change_registration")
    @abstractmethod
    async def change_registration(self, change: ChangeRegistration) -> Registered:
        """Enter changed content under the same number."""

    @activity.defn(name="lease.deregister")
    @abstractmethod
    async def deregister(self, wish: Deregister) -> Deregistered:
        """Take a registration out; one that is out already is an answer, too."""

    @activity.defn(name="lease.find_claims")
    @abstractmethod
    async def find_claims(self, question: FindClaims) -> ClaimsFound:
        """Registrations in force on assets, ours among them."""
