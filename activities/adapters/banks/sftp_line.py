"""One SFTP connection that is kept, opened again when it broke, and trusts one host key only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import unquote, urlsplit

import asyncssh

from activities.adapters.banks.secret_names import secret_of
from activities.ports.banks import BankRefusedUsError, BankUnreachableError
from activities.ports.secrets import MissingSecretError, SecretStore
from models.errors import InvalidInputError
from models.parameters.banks import BankProfile, FileConnection

_KEEP_ALIVE_SECONDS: Final = 15
BROKEN: Final = (
    asyncssh.DisconnectError,
    asyncssh.ChannelOpenError,
    asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection,
    TimeoutError,
    OSError,
)
"""What means that the line is gone, or that nobody answers on it."""


class SftpLine:
    """The line to one bank's SFTP server.

    Args:
        profile: with a ``files`` connection of the form ``sftp://user@host:port/base``.
        secrets: hold ``bank_<code>_sftp_key`` (OpenSSH or PEM form) or ``bank_<code>_sftp_password``.
        patience_seconds: for connecting, and for each step on the line.

    Raises:
        InvalidInputError: the address or a key cannot be used, or neither secret is there.
    """

    def __init__(self, profile: BankProfile, secrets: SecretStore, *, patience_seconds: float = 30.0) -> None:
        self.connection = _files_of(profile)
        parts = urlsplit(self.connection.address)
        if parts.scheme != "sftp" or not parts.hostname or not parts.username:
            raise InvalidInputError(
                f"files.address {self.connection.address!r} of bank {profile.code!r} is no SFTP address",
                remedy="Write sftp://user@host:port/base",
            )
        self.base = unquote(parts.path).rstrip("/")
        self.patience_seconds = patience_seconds
        self._host, self._port = parts.hostname, parts.port or 22
        self._user = unquote(parts.username)
        self._bank = profile.code
        self._trusted = _trusted_key(profile.code, self.connection)
        self._credentials = _credentials(profile.code, secrets)
        self._lock = asyncio.Lock()
        self._line: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None

    @asynccontextmanager
    async def client(self) -> AsyncIterator[asyncssh.SFTPClient]:
        """The SFTP client; after one of `BROKEN` within, the next use connects anew.

        Raises:
            BankUnreachableError: nobody answers.
            BankRefusedUsError: the server does not let us in, or is not the one we trust.
        """
        sftp = await self._connected()
        try:
            yield sftp
        except BROKEN:
            self._drop(sftp)
            raise

    async def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            await self._line.wait_closed()
        self._line = self._sftp = None

    def unreachable(self, what: str, error: BaseException) -> BankUnreachableError:
        """The error that says what could not be done."""
        told = str(error) or type(error).__name__
        if isinstance(error, TimeoutError):
            told = f"no answer within {self.patience_seconds:g} s"
        return BankUnreachableError(
            f"bank {self._bank}, {self._host}:{self._port}: {what}: {told}", remedy="It is tried again later"
        )

    async def _connected(self) -> asyncssh.SFTPClient:
        async with self._lock:
            if self._sftp is None or self._line is None or self._line.is_closed():
                self._line, self._sftp = await self._connect()
            return self._sftp

    def _drop(self, sftp: asyncssh.SFTPClient) -> None:
        if sftp is self._sftp and self._line is not None:
            self._line.abort()
            self._line = self._sftp = None

    async def _connect(self) -> tuple[asyncssh.SSHClientConnection, asyncssh.SFTPClient]:
        try:
            async with asyncio.timeout(self.patience_seconds):
                line = await asyncssh.connect(
                    self._host,
                    self._port,
                    username=self._user,
                    client_factory=lambda: _PinnedHost(self._trusted),
                    # nothing of this machine's user: no known_hosts, configuration or agent
                    known_hosts=([], [], []),
                    config=None,
                    agent_path=None,
                    keepalive_interval=_KEEP_ALIVE_SECONDS,
                    **self._credentials,
                )
                return line, await line.start_sftp_client()
        except asyncssh.HostKeyNotVerifiable as error:
            raise self._untrusted(error) from error
        except asyncssh.PermissionDenied as error:
            raise BankRefusedUsError(
                f"bank {self._bank}: {self._host}:{self._port} refuses {self._user!r}: {error.reason}",
                remedy="Check files.address and our key or password; ask whether the bank knows us",
            ) from error
        except (asyncssh.Error, OSError) as error:
            raise self.unreachable("no connection", error) from error

    def _untrusted(self, error: asyncssh.HostKeyNotVerifiable) -> BankRefusedUsError:
        trusted = self._trusted.get_fingerprint() if self._trusted else "none"
        return BankRefusedUsError(
            f"bank {self._bank}: {self._host}:{self._port} shows a host key that is not trusted"
            f" ({error.reason}; files.host_key is {trusted})",
            remedy="Ask the bank by another way for its key's fingerprint; if it is the one seen, put"
            " the key into files.host_key of its profile",
        )


class _PinnedHost(asyncssh.SSHClient):
    """Takes one host key, and names any other."""

    def __init__(self, trusted: asyncssh.SSHKey | None) -> None:
        self._trusted = trusted

    def validate_host_public_key(self, _host: str, _addr: str, _port: int, key: asyncssh.SSHKey) -> bool:
        if self._trusted is not None and key.public_data == self._trusted.public_data:
            return True
        shown = key.export_public_key("openssh").decode("ascii").strip()
        raise asyncssh.HostKeyNotVerifiable(f"seen: {key.get_fingerprint()}, {shown}")


def _files_of(profile: BankProfile) -> FileConnection:
    if profile.files is None:
        raise InvalidInputError(
            f"bank {profile.code!r} has no files connection", remedy="Add one to its profile"
        )
    return profile.files


def _trusted_key(bank: str, connection: FileConnection) -> asyncssh.SSHKey | None:
    if not connection.host_key:
        return None
    try:
        return asyncssh.import_public_key(connection.host_key)
    except asyncssh.KeyImportError as error:
        raise InvalidInputError(
            f"files.host_key of bank {bank!r} is no public key: {error}",
            remedy="Write it as in known_hosts, without the host: ssh-ed25519 AAAA…",
        ) from error


def _credentials(bank: str, secrets: SecretStore) -> dict[str, object]:
    """Our key, or else our password, as options of a connection."""
    key_name, password_name = secret_of(bank, "sftp_key"), secret_of(bank, "sftp_password")
    key = _secret(secrets, key_name)
    if key is not None:
        try:
            # an agent-less key file ends with a line break, which secret stores like to cut off
            private = asyncssh.import_private_key(key.rstrip() + "\n")
        except asyncssh.KeyImportError as error:
            raise InvalidInputError(
                f"secret {key_name!r} is no private key: {error}", remedy="Store it in OpenSSH or PEM form"
            ) from error
        return {"client_keys": [private], "preferred_auth": "publickey"}
    password = _secret(secrets, password_name)
    if password is None:
        raise MissingSecretError(
            f"neither secret {key_name!r} nor {password_name!r} is in the store",
            remedy=f"Add one of them, such as LEASEFLOW_SECRET_{key_name.upper()}",
        )
    return {"client_keys": None, "password": password, "preferred_auth": "password,keyboard-interactive"}


def _secret(secrets: SecretStore, name: str) -> str | None:
    try:
        return secrets.get(name)
    except MissingSecretError:
        return None
