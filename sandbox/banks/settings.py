"""A bank's habits that are no bad behaviour."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any


class UnknownSettingError(ValueError):
    """A bank has no such setting, or not with that value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A bank's habits; none of them is bad behaviour."""

    settle_seconds: float = 0.0
    """An order is taken first and booked so much later; 0 books it at once."""
    fee: str = "0.00"
    """Charged for every pay-out, in the order's currency."""
    return_seconds: float = 2.0
    """After how long money comes back from accounts that end in 99904."""
    business_day: str = ""
    """The bank's date; empty takes Shanghai's calendar."""
    callback: str = ""
    """Where the HTTP bank posts notifications; empty sends none."""
    callback_client: str = "leaseflow"
    """Whose signature scheme notifications carry."""
    latency_ms: float = 0.0
    """Before every answer over HTTP."""
    page_size: int = 500
    """Entries on one page of an account's entries."""
    batch_booking: bool = False
    """Files: one statement entry per file with all its items as details."""
    leave_taken: bool = False
    """Files: what was taken stays in ``in``; else it disappears from there."""

    def changed(self, wishes: dict[str, Any]) -> Settings:
        """With other values.

        Raises:
            UnknownSettingError: no such setting, or a value of another type.
        """
        known = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in wishes.items():
            if name not in known:
                raise UnknownSettingError(f"{name!r} is none of {', '.join(known)}")
            wanted = (int, float) if known[name] is float else known[name]
            if not isinstance(value, wanted):
                raise UnknownSettingError(f"{name}={value!r} is no {known[name].__name__}")
        return replace(self, **wishes)
