"""A bank's directories on a disk of ours: a share, or what another program carries to and fro."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from activities.adapters.banks.file_names import (
    DONE,
    UNFINISHED_SUFFIX,
    checked_name,
    is_unfinished,
    not_another,
)
from activities.ports.banks import BankMailbox, BankUnreachableError
from models.errors import InvalidInputError
from models.parameters.banks import FileConnection
from models.payments.banking import RemoteFile


class DirectoryMailbox(BankMailbox):
    """Files delivered and fetched by atomic renames in one file system.

    Args:
        connection: with an address of the form ``file:///directory``.
        clock: tells the time by which a file counts as fresh.

    Raises:
        InvalidInputError: the address is none of a directory.
    """

    def __init__(self, connection: FileConnection, clock: Callable[[], datetime]) -> None:
        parts = urlsplit(connection.address)
        if parts.scheme != "file" or parts.netloc or not parts.path:
            raise InvalidInputError(
                f"files.address {connection.address!r} is no directory", remedy="Write file:///directory"
            )
        base = Path(unquote(parts.path))
        self._outgoing = base / connection.outgoing
        self._incoming = base / connection.incoming
        self._clock = clock
        self._settled_seconds = connection.settled_seconds

    async def close(self) -> None:
        """Nothing is kept open."""

    async def deliver(self, name: str, content: bytes) -> bool:
        """See `BankMailbox.deliver`."""
        return await asyncio.to_thread(self._deliver, checked_name(name), content)

    async def waiting(self) -> Sequence[RemoteFile]:
        """See `BankMailbox.waiting`."""
        return await asyncio.to_thread(self._waiting)

    async def fetch(self, name: str) -> bytes:
        """See `BankMailbox.fetch`.

        Raises:
            BankUnreachableError: there is no such file, or it cannot be read.
        """
        path = self._incoming / checked_name(name)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise _unreachable("fetch", path, error) from error

    async def put_away(self, name: str) -> None:
        """See `BankMailbox.put_away`."""
        await asyncio.to_thread(self._put_away, checked_name(name))

    def _deliver(self, name: str, content: bytes) -> bool:
        path = self._outgoing / name
        part = path.with_name(name + UNFINISHED_SUFFIX)
        try:
            if path.exists():
                return not_another(name, path.stat().st_size, len(content))
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            _sync_directory(self._outgoing)
        except OSError as error:
            raise _unreachable("deliver", path, error) from error
        return True

    def _waiting(self) -> list[RemoteFile]:
        try:
            names = [path for path in self._incoming.iterdir() if not is_unfinished(path.name)]
            found = [file for path in names if (file := _described(path)) is not None]
        except OSError as error:
            raise _unreachable("list", self._incoming, error) from error
        now = self._clock()
        settled = [f for f in found if (now - f.modified_at).total_seconds() >= self._settled_seconds]
        return sorted(settled, key=lambda file: (file.modified_at, file.name))

    def _put_away(self, name: str) -> None:
        path, done = self._incoming / name, self._incoming / DONE
        try:
            done.mkdir(exist_ok=True)
            path.replace(done / name)
        except FileNotFoundError as error:
            if not (done / name).exists():
                raise _unreachable("put away", path, error) from error
        except OSError as error:
            raise _unreachable("put away", path, error) from error


def _described(path: Path) -> RemoteFile | None:
    """A plain file; None for anything else, and for what was moved away meanwhile."""
    try:
        said = path.stat()
    except FileNotFoundError:
        return None
    changed = datetime.fromtimestamp(said.st_mtime, UTC)
    return RemoteFile(path.name, said.st_size, changed) if stat.S_ISREG(said.st_mode) else None


def _sync_directory(directory: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unreachable(what: str, path: Path, error: OSError) -> BankUnreachableError:
    return BankUnreachableError(
        f"cannot {what} {path}: {error.strerror or error}",
        remedy="Check that the directory exists, is writable and has room; it is tried again",
    )
