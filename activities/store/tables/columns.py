"""Column types that recur: keys that count, instants with a zone, JSON documents, text arrays.

They return Any, as SQLModel's own ``Field`` does: the annotation beside them says the type.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field


def identity() -> Any:  # noqa: ANN401
    """The primary key of what is numbered in the order in which it is entered."""
    return Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=(Identity(always=True),))


def instant(*, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401
    """An instant in time, stored in UTC."""
    default: Any = None if nullable else ...
    return Field(default=default, sa_type=DateTime(timezone=True), nullable=nullable, index=index)


def document(*, nullable: bool = False) -> Any:  # noqa: ANN401
    """A JSON document."""
    default: Any = None if nullable else ...
    return Field(default=default, sa_type=JSONB, nullable=nullable)


def texts() -> Any:  # noqa: ANN401
    """A list of texts, empty rather than null."""
    return Field(default_factory=list, sa_type=ARRAY(Text), nullable=False)
