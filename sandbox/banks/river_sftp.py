"""The file bank's SFTP server: one user, two directories, and trouble on command."""

from __future__ import annotations

import hmac
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import asyncssh

from sandbox.banks.keys import SFTP_USER
from sandbox.banks.river import is_temporary

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator

    from sandbox.banks.keys import Keyring
    from sandbox.banks.river import River


class RiverLogin(asyncssh.SSHServer):
    """Lets the house in, by its key or its password."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys

    def begin_auth(self, _username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        known = asyncssh.import_public_key(self._keys.public_line("river_client"))
        return username == SFTP_USER and key == known

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return username == SFTP_USER and hmac.compare_digest(password, self._keys.sftp_password)


class RiverFiles(asyncssh.SFTPServer):
    """The directories as a client sees them; tells the bank when a file is complete.

    Args:
        channel: of the client.
        river: the bank.
    """

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], river: River) -> None:
        super().__init__(channel, chroot=os.fsencode(river.home))
        self._river = river
        self._open: dict[int, bytes] = {}
        self._written: set[int] = set()

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        file = super().open(path, pflags, attrs)
        self._open[id(file)] = path
        if not pflags & asyncssh.FXF_WRITE:
            self._note("GET", path)
        return file

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        if self._due("cut_in_download", self._open.get(id(file_obj), b"")):
            await self._cut()
        return super().read(file_obj, offset, size)  # type: ignore[return-value]

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        path = self._open.get(id(file_obj), b"")
        if self._due("disk_full", path):
            raise asyncssh.SFTPFailure("No space left on device")
        written = super().write(file_obj, offset, data)
        if self._due("cut_in_upload", path):
            await self._cut()
        self._written.add(id(file_obj))
        return written  # type: ignore[return-value]

    async def close(self, file_obj: object) -> None:
        super().close(file_obj)
        path = self._open.pop(id(file_obj), b"")
        was_written = id(file_obj) in self._written
        self._written.discard(id(file_obj))
        if was_written:
            await self._complete(path)

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        await self._before(newpath)
        super().rename(oldpath, newpath)
        await self._complete(newpath)

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        await self._before(newpath)
        super().posix_rename(oldpath, newpath)
        await self._complete(newpath)

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        """The directory's files; the inherited one fails when a file is moved while it looks."""
        for name in _names_in(self.map_path(path)):
            try:
                attributes = await self.convert_attrs(self.lstat(path + b"/" + name))
            except FileNotFoundError:
                continue
            yield asyncssh.SFTPName(name, attrs=attributes)

    async def _before(self, path: bytes) -> None:
        if self._is_order_file(path) and self._due("timeout_before_booking", path):
            await self._hang()

    async def _complete(self, path: bytes) -> None:
        """A file has its final name."""
        if not self._is_order_file(path):
            return
        self._note("PUT", path)
        self._river.arrived(_name(path))
        if self._due("timeout_after_booking", path):
            await self._hang()
        if self._due("cut_after_booking", path):
            await self._cut()

    async def _hang(self) -> None:
        """Never answer."""
        await self.connection.wait_closed()
        raise asyncssh.SFTPConnectionLost("the client gave up")

    async def _cut(self) -> None:
        self.connection.abort()
        raise asyncssh.SFTPConnectionLost("cut")

    def _due(self, switch: str, path: bytes) -> bool:
        return self._river.bank.misbehaviour.due(switch, _name(path)) is not None

    def _note(self, method: str, path: bytes) -> None:
        name = PurePosixPath(os.fsdecode(path))
        bank = self._river.bank
        bank.answered(bank.asked(method, str(name), name.name), "done")

    @staticmethod
    def _is_order_file(path: bytes) -> bool:
        return PurePosixPath(os.fsdecode(path)).parent.name == "in" and not is_temporary(_name(path))


class RiverDoor:
    """The listening server.

    Args:
        river: the bank behind it.
        keys: of the server and the house.
        listener: where it listens.
    """

    def __init__(self, river: River, keys: Keyring, listener: socket.socket) -> None:
        self._river = river
        self._keys = keys
        self._listener = listener
        self._server: asyncssh.SSHAcceptor | None = None

    async def open(self) -> None:
        """Take connections."""
        self._server = await asyncssh.listen(
            sock=self._listener,
            server_factory=lambda: RiverLogin(self._keys),
            server_host_keys=[asyncssh.import_private_key(self._keys.sftp_host_key)],
            sftp_factory=lambda channel: RiverFiles(channel, self._river),
            encoding=None,
            allow_scp=False,
        )

    def change_host_key(self) -> None:
        """Have another host key from the next connection on, as a moved or a faked server does."""
        self._keys.forget("river_host")
        if self._server is not None:
            self._server.update(server_host_keys=[asyncssh.import_private_key(self._keys.sftp_host_key)])

    async def close(self) -> None:
        """End all connections."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()


def _names_in(directory: bytes) -> list[bytes]:
    return [os.fsencode(path.name) for path in Path(os.fsdecode(directory)).iterdir()]


def _name(path: bytes) -> str:
    return PurePosixPath(os.fsdecode(path)).name
