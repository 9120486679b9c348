"""Secrets from the environment or mounted files, and sealing with Fernet keys."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from activities.ports.secrets import MissingSecretError, Sealer, SecretStore


class MountedSecrets(SecretStore):
    """``LEASEFLOW_SECRET_<NAME>`` first, then a file of that name in the secrets directory."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def get(self, name: str) -> str:
        variable = f"LEASEFLOW_SECRET_{name.upper()}"
        if variable in os.environ:
            return os.environ[variable]
        if self._directory is not None and (self._directory / name).is_file():
            return (self._directory / name).read_text().rstrip("\n")
        place = self._directory / name if self._directory else "LEASEFLOW_SECRETS_DIR (not set)"
        raise MissingSecretError(
            f"secret {name!r} is neither in {variable} nor in {place}",
            remedy=f"Set {variable}, or put a file of that name into LEASEFLOW_SECRETS_DIR",
        )


class FernetSealer(Sealer):
    """Seals with the newest key, opens with any (MultiFernet), so that keys can be rotated."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, plain: bytes) -> bytes:
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes | None:
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            return None
