"""How a bank's secrets are called."""

from __future__ import annotations

from typing import Literal

Kind = Literal["key", "public_key", "sftp_key", "sftp_password"]
"""Our signing key (or the shared one), the bank's public key, and our two ways into its SFTP server."""


def secret_of(bank: str, kind: Kind) -> str:
    """``bank_<code>_<kind>``; hyphens become underscores, which environment variables allow."""
    return f"bank_{bank.replace('-', '_')}_{kind}"
