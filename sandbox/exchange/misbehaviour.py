"""How the site behaves badly, on request."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Final

LAYOUTS: Final = ("", "columns", "fields", "cells", "rows", "dom")
CHALLENGES: Final = ("", "characters", "slider", "one_time_code")


class UnknownMisbehaviourError(ValueError):
    """There is no such misbehaviour, or not with that value."""


@dataclass(slots=True)
class Misbehaviour:
    """The switches. Everything off is a well-behaved site. ``*_next`` count down with each request."""

    slow: float = 0.0
    """Seconds before each answer."""
    error: int = 0
    """Answer with this status (such as 503) until cleared, or for ``error_next`` requests."""
    error_next: int = 0
    """How many requests ``error`` lasts; 0 is until cleared."""
    down: bool = False
    """Reset every connection. The admin pages still answer."""
    drop_next: int = 0
    """Cut the connection in the middle of the next downloads."""
    truncate_next: int = 0
    """Send the next downloads cut off, with a Content-Length that agrees with the shortened body."""
    truncated_at_source: bool = False
    """Every file is stored cut off: length and digest agree, the picture cannot be opened."""
    expire_after: int = -1
    """Drop all sessions after this many further requests (0: now). -1 is off; fires once."""
    layout: str = ""
    """A new look: ``columns`` renames headings, ``fields`` renames JSON fields, ``cells`` swaps cells
    under unchanged headings, ``rows`` leaves out a row, ``dom`` shows cards in place of a table."""
    challenge: str = ""
    """What login asks of a person: ``characters``, ``slider`` or ``one_time_code``."""
    api: bool = True
    """False: the JSON API answers the site's own pages only; programs get 403."""

    def change(self, wishes: dict[str, Any]) -> None:
        """Turn switches.

        Raises:
            UnknownMisbehaviourError: no such switch or value; nothing was changed.
        """
        known = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        checked = {name: _checked(name, value, known) for name, value in wishes.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def clear(self) -> None:
        """Behave well again."""
        self.change(asdict(Misbehaviour()))

    def spend(self, counter: str) -> bool:
        """Whether a counted misbehaviour is due now; takes one from its count."""
        left: int = getattr(self, counter)
        if left > 0:
            setattr(self, counter, left - 1)
        return left > 0

    def error_due(self) -> int:
        """The error status to answer with now, or 0."""
        status = self.error
        if status and self.error_next:
            self.spend("error_next")
            self.error = status if self.error_next else 0
        return status

    def expiry_due(self) -> bool:
        """Whether all sessions end before this request."""
        if self.expire_after < 0:
            return False
        self.expire_after -= 1
        return self.expire_after < 0


def _checked(name: str, value: object, known: dict[str, type]) -> object:
    if name not in known:
        raise UnknownMisbehaviourError(f"misbehaviour {name!r} is not known: use one of {', '.join(known)}")
    kind = known[name]
    if kind is bool and value in ("on", "off", "true", "false"):
        return value in ("on", "true")
    allowed = {"layout": LAYOUTS, "challenge": CHALLENGES}.get(name)
    if allowed and value not in allowed:
        raise UnknownMisbehaviourError(f"{name} {value!r} is not one of {', '.join(filter(None, allowed))}")
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise UnknownMisbehaviourError(f"{name} {value!r} is no {kind.__name__}") from error
