"""Keys of the banks and of their client, made at the first start and kept in a directory.

The client's private keys are here, too, and are shown to whoever asks: it is a sandbox, and the demo
puts them among its secrets.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sandbox.banks.signing import Ed25519, Hmac, Rsa, Scheme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLIENTS: Final = {"leaseflow": "ed25519", "leaseflow-hmac": "hmac-sha256", "leaseflow-rsa": "rsa-sha256"}
"""The HTTP bank's client registry: who may ask, and how each signs."""
SFTP_USER: Final = "leaseflow"


class Keyring:
    """Keys by name; those of a scheme are made when it is first used.

    Args:
        directory: where they are kept; None keeps them in memory.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._texts: dict[str, str] = {}
        self._schemes: dict[str, Scheme] = {}
        if directory:
            directory.mkdir(parents=True, exist_ok=True)

    def scheme(self, client: str) -> Scheme:
        """How a registered client and the bank sign.

        Raises:
            KeyError: no such client.
        """
        if client not in self._schemes:
            self._schemes[client] = self._made(CLIENTS[client])
        return self._schemes[client]

    def _made(self, kind: str) -> Scheme:
        match kind:
            case "hmac-sha256":
                return Hmac(self._text("harbour_shared", secrets.token_hex).encode())
            case "rsa-sha256":
                return Rsa(self._rsa("harbour_bank_rsa"), self._rsa("harbour_client_rsa").public_key())
            case _:
                own, client_key = self._ed25519("harbour_bank"), self._ed25519("harbour_client")
                return Ed25519(own, client_key.public_key())

    def client_secrets(self, client: str) -> dict[str, str]:
        """What a client needs: its own key, and the one to check answers by."""
        match CLIENTS[client]:
            case "hmac-sha256":
                shared = self._text("harbour_shared", secrets.token_hex)
                return {"signature": "hmac-sha256", "key": shared, "public_key": shared}
            case "rsa-sha256":
                keys: tuple[Any, Any] = self._rsa("harbour_client_rsa"), self._rsa("harbour_bank_rsa")
            case _:
                keys = self._ed25519("harbour_client"), self._ed25519("harbour_bank")
        return {"signature": CLIENTS[client], "key": _private(keys[0]), "public_key": _public(keys[1])}

    @property
    def sftp_host_key(self) -> str:
        """The SFTP server's private key in OpenSSH form."""
        return _openssh(self._ed25519("river_host"))

    @property
    def sftp_client_key(self) -> str:
        """The house's private key for the SFTP server, in OpenSSH form."""
        return _openssh(self._ed25519("river_client"))

    @property
    def sftp_password(self) -> str:
        """The house's password for the SFTP server."""
        return self._text("river_password", secrets.token_hex)

    def public_line(self, name: str) -> str:
        """``river_host`` or ``river_client`` as one line of an ``authorized_keys`` file."""
        key = self._ed25519(name).public_key()
        return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()

    def forget(self, name: str) -> None:
        """Make a new key of that name when it is next asked for."""
        self._texts.pop(name, None)
        self._schemes.clear()
        if self._directory:
            (self._directory / name).unlink(missing_ok=True)

    def _ed25519(self, name: str) -> Ed25519PrivateKey:
        pem = self._text(name, lambda: _private(Ed25519PrivateKey.generate()))
        key = load_pem_private_key(pem.encode(), None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"{name} is no Ed25519 key")
        return key

    def _rsa(self, name: str) -> RSAPrivateKey:
        pem = self._text(name, lambda: _private(rsa.generate_private_key(65_537, 2_048)))
        key = load_pem_private_key(pem.encode(), None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError(f"{name} is no RSA key")
        return key

    def _text(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._texts:
            self._texts[name] = self._kept(name, make)
        return self._texts[name]

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        path = self._directory / name if self._directory else None
        if path is not None and path.exists():
            return path.read_text(encoding="ascii")
        text = make()
        if path is not None:
            path.touch(mode=0o600)
            path.write_text(text, encoding="ascii")
        return text


def _private(key: Ed25519PrivateKey | RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public(key: Ed25519PrivateKey | RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _openssh(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
