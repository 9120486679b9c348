"""Opens the way to a bank that its profile describes."""

from __future__ import annotations

from activities.adapters.banks.http import Clock, HttpBank, Keep
from activities.ports.secrets import SecretStore
from models.parameters.banks import BankProfile


def open_service(profile: BankProfile, secrets: SecretStore, keep: Keep, clock: Clock) -> HttpBank:
    """A bank's service interface; close it at the end.

    Args:
        profile: in force.
        secrets: hold its keys.
        keep: keeps the wording of each answer.
        clock: tells the time that requests carry.

    Raises:
        InvalidInputError: the profile has no http connection, or a key is missing or unusable.
    """
    return HttpBank(profile, secrets, keep, clock)
