"""Set-based statements, kept as SQL files where they can be read."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import CursorResult, TextClause, text
from sqlmodel import Session


@cache
def statement(name: str) -> TextClause:
    """The statement of a file, ready for its parameters."""
    return text((files("activities.store.payments") / "sql" / f"{name}.sql").read_text("utf-8"))


def run(session: Session, name: str, **parameters: Any) -> CursorResult[Any]:  # noqa: ANN401 - SQL values
    """Run a statement with the parameters that it names."""
    wanted = statement(name)
    known = {key: parameters[key] for key in wanted.compile().params}
    return session.connection().execute(wanted, known)
