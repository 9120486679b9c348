"""A bank's directories over SFTP: whole files or none, and a broken line is mended."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, TypeVar

import asyncssh

from activities.adapters.banks.file_names import (
    DONE,
    UNFINISHED_SUFFIX,
    checked_name,
    is_unfinished,
    not_another,
)
from activities.adapters.banks.sftp_line import BROKEN, SftpLine
from activities.ports.banks import BankMailbox, BankRefusedUsError, BankUnreachableError
from activities.ports.secrets import SecretStore
from models.parameters.banks import BankProfile
from models.payments.banking import RemoteFile

CHUNK: Final = 1024 * 1024
"""Bytes that are on their way at once; what lies before the last chunk of a broken transfer is whole."""
_TRIES: Final = 3

_T = TypeVar("_T")


class SftpMailbox(BankMailbox):
    """A bank's SFTP directories.

    Args:
        profile: with a ``files`` connection of the form ``sftp://user@host:port/base``.
        secrets: hold our key or password.
        clock: tells the time by which a file counts as fresh.
        patience_seconds: for connecting, and for each step on the line.

    Raises:
        InvalidInputError: the address or a key cannot be used, or a secret is missing.
    """

    def __init__(
        self,
        profile: BankProfile,
        secrets: SecretStore,
        clock: Callable[[], datetime],
        *,
        patience_seconds: float = 30.0,
    ) -> None:
        self._line = SftpLine(profile, secrets, patience_seconds=patience_seconds)
        self._settled_seconds = self._line.connection.settled_seconds
        self._outgoing = f"{self._line.base}/{self._line.connection.outgoing}"
        self._incoming = f"{self._line.base}/{self._line.connection.incoming}"
        self._clock = clock
        self._seen: dict[str, tuple[int, int, float]] = {}

    async def close(self) -> None:
        """Hang up; the next call would connect again."""
        await self._line.close()

    async def deliver(self, name: str, content: bytes) -> bool:
        """See `BankMailbox.deliver`.

        The temporary name holds the content's digest: a broken upload of the same content goes on where it
        broke. When the line breaks at the renaming, a temporary file that is gone proves that it happened,
        although the bank may have taken the file away already.
        """
        path = f"{self._outgoing}/{checked_name(name)}"
        part = f"{path}.{hashlib.sha256(content).hexdigest()[:12]}{UNFINISHED_SUFFIX}"
        there = await self._mended("look for the file", lambda sftp: _size(sftp, path))
        if there is not None:
            return not_another(name, there, len(content))
        await self._mended("upload", lambda sftp: self._upload(sftp, part, content))
        renaming = _Renaming(part, path, len(content))
        await self._mended("rename", lambda sftp: self._in_time(renaming.step(sftp)))
        return True

    async def waiting(self) -> Sequence[RemoteFile]:
        """See `BankMailbox.waiting`.

        A file counts as complete when it is ``settled_seconds`` old, or has had its size and time for so
        long under our eyes, whatever the server's clock says.
        """
        listed = await self._mended("list", lambda sftp: self._in_time(sftp.readdir(self._incoming)))
        now, tick = self._clock().timestamp(), time.monotonic()
        before, self._seen = self._seen, {}
        found = []
        for entry in listed:
            name, said = str(entry.filename), entry.attrs
            if said.type != asyncssh.FILEXFER_TYPE_REGULAR or is_unfinished(name):
                continue
            size, changed = said.size or 0, said.mtime or 0
            known = before.get(name)
            since = known[2] if known is not None and known[:2] == (size, changed) else tick
            self._seen[name] = size, changed, since
            if max(now - changed, tick - since) >= self._settled_seconds:
                found.append(RemoteFile(name, size, datetime.fromtimestamp(changed, UTC)))
        return sorted(found, key=lambda file: (file.modified_at, file.name))

    async def fetch(self, name: str) -> bytes:
        """See `BankMailbox.fetch`; a broken download goes on where it broke.

        Raises:
            BankUnreachableError: the line does not hold, or there is no such file.
            BankRefusedUsError: the server does not let us in, or is not the one we trust.
        """
        download = Download(f"{self._incoming}/{checked_name(name)}")
        return await self._mended("download", lambda sftp: self._download(sftp, download))

    async def put_away(self, name: str) -> None:
        """See `BankMailbox.put_away`."""
        path, done = f"{self._incoming}/{checked_name(name)}", f"{self._incoming}/{DONE}"

        async def move(sftp: asyncssh.SFTPClient) -> None:
            await sftp.makedirs(done, exist_ok=True)
            try:
                await _rename(sftp, path, f"{done}/{name}")
            except asyncssh.SFTPNoSuchFile:
                if await _size(sftp, f"{done}/{name}") is None:
                    raise

        await self._mended("put away", lambda sftp: self._in_time(move(sftp)))

    async def _mended(self, what: str, step: Callable[[asyncssh.SFTPClient], Awaitable[_T]]) -> _T:
        """Do a step that may be repeated, on a new line when the line breaks.

        Raises:
            BankUnreachableError: it cannot be done now, or it is not known whether it was done.
            BankRefusedUsError: nothing was done: the server does not let us in, or is not the one we trust.
        """
        broken: BaseException | None = None
        for _ in range(_TRIES):
            try:
                async with self._line.client() as sftp:
                    return await step(sftp)
            except asyncssh.SFTPError as error:
                if not isinstance(error, BROKEN):
                    raise self._line.unreachable(f"cannot {what}", error) from error
                broken = error
            except BROKEN as error:
                broken = error
            except BankRefusedUsError as error:
                if broken is None:
                    raise
                # the line broke over the step, which may have been done all the same
                raise self._line.unreachable(f"cannot {what}", error) from error
        raise self._line.unreachable(f"cannot {what}", broken or BankUnreachableError(what)) from broken

    async def _upload(self, sftp: asyncssh.SFTPClient, part: str, content: bytes) -> None:
        there = await _size(sftp, part) or 0
        # the last chunk may have holes: its blocks travel side by side
        begin = max(0, (min(there, len(content)) - 1) // CHUNK * CHUNK)
        flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | (0 if begin else asyncssh.FXF_TRUNC)
        async with sftp.open(part, flags, encoding=None) as file:
            for offset in range(begin, len(content), CHUNK):
                await self._in_time(file.write(content[offset : offset + CHUNK], offset))
            with suppress(asyncssh.SFTPOpUnsupported):
                await self._in_time(file.fsync())
        arrived = await _size(sftp, part)
        if arrived != len(content):
            await sftp.remove(part)
            raise asyncssh.SFTPFailure(f"{arrived} bytes arrived of {len(content)}")

    async def _download(self, sftp: asyncssh.SFTPClient, download: Download) -> bytes:
        async with sftp.open(download.path, "rb", encoding=None) as file:
            attributes = await self._in_time(file.stat())
            download.begin(attributes.size or 0, attributes.mtime or 0)
            while len(download.content) < download.size:
                wanted = min(CHUNK, download.size - len(download.content))
                read: bytes = await self._in_time(file.read(wanted, len(download.content)))
                if not read:
                    raise asyncssh.SFTPFailure(f"{download.path} ended early")
                download.content += read
        return bytes(download.content)

    async def _in_time(self, step: Awaitable[_T]) -> _T:
        async with asyncio.timeout(self._line.patience_seconds):
            return await step


class Download:
    """What has come of a file so far."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.size = 0
        self.content = bytearray()
        self._changed = 0

    def begin(self, size: int, changed: int) -> None:
        """Go on, or begin again when it is another file by now."""
        if (size, changed) != (self.size, self._changed):
            self.size, self._changed = size, changed
            self.content.clear()


class _Renaming:
    """Gives an uploaded file its name; knows after a break whether that had happened."""

    def __init__(self, part: str, path: str, size: int) -> None:
        self._part, self._path, self._size = part, path, size
        self._tried = False

    async def step(self, sftp: asyncssh.SFTPClient) -> None:
        if self._tried and await _size(sftp, self._part) is None:
            return
        self._tried = True
        await _rename(sftp, self._part, self._path)
        there = await _size(sftp, self._path)
        if there not in (None, self._size):
            raise asyncssh.SFTPFailure(f"{self._path} has {there} bytes, not {self._size}")


async def _rename(sftp: asyncssh.SFTPClient, old: str, new: str) -> None:
    try:
        await sftp.posix_rename(old, new)
    except asyncssh.SFTPOpUnsupported:
        await sftp.rename(old, new)


async def _size(sftp: asyncssh.SFTPClient, path: str) -> int | None:
    """A file's size; None when there is none."""
    try:
        return (await sftp.stat(path)).size
    except asyncssh.SFTPNoSuchFile:
        return None
