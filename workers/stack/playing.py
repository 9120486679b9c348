"""What the played partners of the house have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from activities.parameters.checking import value_at
from activities.store import parameters
from models.parameters.registry import ParameterSet, Value


def enter_profile(
    session: Session, named: ParameterSet[Value], profile: Value, *, connection: tuple[str, ...]
) -> None:
    """Enter a played partner's profile, or a new version where its connection changed.

    What people changed meanwhile stays: only the connection is taken over, since the port of a played
    partner moves now and then.

    Args:
        session: the transaction.
        named: the parameter set.
        profile: as the stack found the partner.
        connection: fields of the profile that say how it is reached.
    """
    now = datetime.now(UTC)
    known = value_at(session, named, now)
    reached_by = {field: getattr(profile, field) for field in connection}
    connected = profile if known is None else known.model_copy(update=reached_by)
    if connected != known:
        parameters.change(
            session,
            named,
            connected.model_dump(mode="json"),
            effective_from=now,
            changed_by="leaseflow",
            reason="the embedded stack met the played partner",
        )


def write_secret(directory: Path, name: str, value: str) -> None:
    """Put a secret where only this user reads it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = directory / name
    file.touch(mode=0o600)
    file.write_text(value)
