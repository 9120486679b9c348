"""Makes the played offices known to the house: the keys that calls are signed with, and whom we trust."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.request import urlopen

from workers.stack.playing import write_secret

SANDBOX_KEY: Final = "sandbox"
"""What the played offices expect calls to be signed with."""

_SIGNED_BY_KEY: Final = ("bureau_key", "antifraud_key", "authority_key", "movables_key")


def meet_offices(*, offices_url: str, secrets_dir: Path) -> None:
    """Put the offices' keys and the signing authority's root certificate among the secrets.

    Args:
        offices_url: base URL of the played offices.
        secrets_dir: where secrets are put.
    """
    for name in _SIGNED_BY_KEY:
        write_secret(secrets_dir, name, SANDBOX_KEY)
    with urlopen(f"{offices_url}/authority/admin/root.pem", timeout=10) as answer:  # noqa: S310 - our own loopback address
        write_secret(secrets_dir, "authority_root", answer.read().decode())
