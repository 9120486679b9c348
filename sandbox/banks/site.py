"""Both banks together: their books, keys and agendas."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.banks.bank import Bank
from sandbox.banks.books import Books, Entry
from sandbox.banks.harbour import Harbour
from sandbox.banks.keys import CLIENTS, Keyring
from sandbox.banks.misbehaviour import HARBOUR, RIVER, Misbehaviour
from sandbox.banks.notifications import Messenger
from sandbox.banks.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """How the banks start."""

    data: Path | None = None
    """Books, keys and the SFTP bank's directories; None keeps books and keys in memory."""
    seed: int = 1
    misbehave: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Per bank, misbehaviour from the start on."""
    latency_ms: float = 0.0


class Site:
    """Everything behind the addresses."""

    def __init__(self, settings: SiteSettings) -> None:
        data = settings.data
        if data:
            data.mkdir(parents=True, exist_ok=True)
        self.keys = Keyring(data / "keys" if data else None)
        self.addresses: dict[str, str] = {}
        self.banks: dict[str, Bank] = {}
        for name in (HARBOUR, RIVER):
            misbehaviour = Misbehaviour(name, settings.seed)
            misbehaviour.change(settings.misbehave.get(name, {}))
            habits = Settings(latency_ms=settings.latency_ms)
            self.banks[name] = Bank(name, Books(data and data / f"{name}.sqlite"), habits, misbehaviour)
        self.messenger = Messenger(self.banks[HARBOUR], self.keys)
        self.harbour = Harbour(self.banks[HARBOUR], self.keys, self.messenger)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep the agendas while the site is open."""
        tasks = [asyncio.create_task(bank.run()) for bank in self.banks.values()]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.messenger.close()
            for bank in self.banks.values():
                bank.books.close()

    def receive(self, bank: Bank, entry: Entry) -> None:
        """Money comes in; the HTTP bank tells at once."""
        bank.receive(entry)
        if bank.name == HARBOUR:
            self.messenger.incoming(entry)

    def client_secrets(self) -> dict[str, Any]:
        """Addresses and keys by bank."""
        clients = {client: self.keys.client_secrets(client) for client in CLIENTS}
        return {HARBOUR: {"address": self.addresses[HARBOUR], "clients": clients}}
