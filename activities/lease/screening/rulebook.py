"""Parameters in force, read once for each of their versions: a version never changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from activities.store import parameters
from activities.store.parameters import ParametersInForce
from models.parameters.registry import ParameterSet, Value


class Rulebook:
    """Keeps what was read of one database. Reading tables anew takes milliseconds for each application."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, int], ParametersInForce[Any]] = {}

    def open(self, session: Session, sets: Sequence[ParameterSet[Any]], at: datetime) -> OpenRulebook:
        """The sets as they are in force at an instant; one statement when nothing changed.

        Raises:
            NothingInForceError: a set has no default, and no version is in force.
        """
        versions = parameters.versions_in_force(session, [each.name for each in sets], at)
        found = {}
        for each in sets:
            key = (each.name, versions.get(each.name, 0))
            if key not in self._read:
                self._read[key] = parameters.in_force(session, each, at)
            found[each.name] = self._read[key]
        return OpenRulebook(found)


class OpenRulebook:
    """Parameters of one instant."""

    def __init__(self, found: dict[str, ParametersInForce[Any]]) -> None:
        self._found = found

    def of(self, wanted: ParameterSet[Value]) -> ParametersInForce[Value]:
        """One of the sets that it was opened for."""
        return self._found[wanted.name]
