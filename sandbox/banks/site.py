"""Both banks together: their books, keys, doors and agendas."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sandbox.banks.bank import Bank
from sandbox.banks.books import Books, Entry
from sandbox.banks.harbour import Harbour
from sandbox.banks.keys import CLIENTS, SFTP_USER, Keyring
from sandbox.banks.misbehaviour import HARBOUR, RIVER
from sandbox.banks.notifications import Messenger
from sandbox.banks.river import River
from sandbox.banks.river_sftp import RiverDoor
from sandbox.banks.settings import Settings
from sandbox.serving import HOST

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator

    from sandbox.banks.misbehaviour import Misbehaviour


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """How the banks start."""

    data: Path | None = None
    """Books, keys and the SFTP bank's directories; None keeps books and keys in memory."""
    latency_ms: float = 0.0


class Site:
    """Everything behind the addresses.

    Args:
        settings: how the banks start.
        misbehaviour: the switches of each bank.
        http: the listening socket that somebody serves the app on.
        sftp: the listening socket of the SFTP server, which is served here.
    """

    def __init__(
        self,
        settings: SiteSettings,
        misbehaviour: dict[str, Misbehaviour],
        http: socket.socket,
        sftp: socket.socket,
    ) -> None:
        self._leave = contextlib.ExitStack()
        data = settings.data
        if data:
            data.mkdir(parents=True, exist_ok=True)
        self.keys = Keyring(data / "keys" if data else None)
        self.addresses = {
            HARBOUR: f"http://{HOST}:{http.getsockname()[1]}",
            RIVER: f"sftp://{SFTP_USER}@{HOST}:{sftp.getsockname()[1]}",
        }
        self.banks = {name: _bank(name, settings, wrong) for name, wrong in misbehaviour.items()}
        self.messenger = Messenger(self.banks[HARBOUR], self.keys)
        self.harbour = Harbour(self.banks[HARBOUR], self.keys, self.messenger)
        place = data or Path(self._leave.enter_context(TemporaryDirectory(prefix="river-")))
        self.river = River(self.banks[RIVER], place / RIVER)
        self.door = RiverDoor(self.river, self.keys, sftp)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep the agendas and the SFTP server while the site is open."""
        tasks = [asyncio.create_task(bank.run()) for bank in self.banks.values()]
        await self.door.open()
        self.river.look_around()
        self.river.plan_report()
        try:
            yield
        finally:
            await self.door.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.messenger.close()
            for bank in self.banks.values():
                bank.books.close()
            self._leave.close()

    def receive(self, bank: Bank, entry: Entry) -> None:
        """Money comes in; both banks tell at once."""
        bank.receive(entry)
        if bank.name == HARBOUR:
            self.messenger.incoming(entry)
        else:
            self.river.plan_report()

    def client_secrets(self) -> dict[str, Any]:
        """Addresses and keys by bank."""
        clients = {client: self.keys.client_secrets(client) for client in CLIENTS}
        return {
            HARBOUR: {"address": self.addresses[HARBOUR], "clients": clients},
            RIVER: {
                "address": self.addresses[RIVER],
                "host_key": self.keys.public_line("river_host"),
                "client_key": self.keys.sftp_client_key,
                "password": self.keys.sftp_password,
                "directory": str(self.river.home),
            },
        }


def _bank(name: str, settings: SiteSettings, misbehaviour: Misbehaviour) -> Bank:
    path = settings.data / f"{name}.sqlite" if settings.data else None
    return Bank(name, Books(path), Settings(latency_ms=settings.latency_ms), misbehaviour)
