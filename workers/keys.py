"""The house's data key: given by the environment, or made once and kept beside the data."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet

from workers.settings import Settings


def data_keys(settings: Settings) -> list[bytes]:
    """Keys that seal stored sessions and sign links, newest first."""
    if settings.data_key is not None:
        return [key.strip().encode() for key in settings.data_key.get_secret_value().split(",")]
    return [_own_key(settings.home / "keys" / "data.key")]


def _own_key(file: Path) -> bytes:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_bytes()
    key = Fernet.generate_key()
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(key)
    return key
