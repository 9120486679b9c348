"""Secrets: credentials of outside accounts, and the key that seals what is stored."""

from __future__ import annotations

from typing import Protocol

from models.errors import InvalidInputError


class MissingSecretError(InvalidInputError):
    """A secret is not in the store."""


class SecretStore(Protocol):
    """Where credentials are kept; they never enter a workflow's history."""

    def get(self, name: str) -> str:
        """A secret's value.

        Raises:
            MissingSecretError: the store has no such secret; the message says how to add it.
        """
        ...


class Sealer(Protocol):
    """Encrypts what is stored outside this process."""

    def seal(self, plain: bytes) -> bytes: ...

    def open(self, sealed: bytes) -> bytes | None:
        """The plain bytes, or None when the seal was made with a key that is gone."""
        ...
