"""Holds: amounts set aside for effects that are under way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.ledger.journals import canonical
from models.money import Money


class HoldState(StrEnum):
    """Where a hold is; every state but the first is its end."""

    RESERVED = "reserved"
    CAPTURED = "captured"
    """A journal took the amount, or less."""
    VOIDED = "voided"
    """Whoever asked for it gave it back."""
    EXPIRED = "expired"
    """Nobody captured it in time."""


@dataclass(frozen=True, slots=True)
class Hold:
    """An amount that nobody else may use until the hold ends."""

    key: str
    account: str
    branch: str
    amount: Money
    """Along the account's normal side."""
    state: HoldState
    expires_at: datetime
    reason: str
    source: str = ""


def hold_hash(account: str, branch: str, amount: Money) -> bytes:
    """SHA-256 of what is to be set aside; when it expires may differ from one try to the next."""
    return hashlib.sha256(canonical([account, branch, amount.currency, amount.minor])).digest()
