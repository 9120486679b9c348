"""Open ways to banks, kept while the profile that describes them stands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from activities.adapters.bank_files.desk import ProfiledFileDesk
from activities.adapters.banks.by_file import FileBank
from activities.adapters.banks.http import Clock, HttpBank, Keep
from activities.adapters.banks.opening import open_mailbox, open_service
from activities.ports.banks import BankMailbox, BankService
from activities.ports.secrets import SecretStore
from models.parameters.banks import BankProfile, FileConnection, HttpConnection


class BankDoors:
    """One connection for each bank and kind of interface; a changed profile opens a new one.

    The old one is closed at the end only: somebody may still be waiting for its answer.
    """

    def __init__(self, secrets: SecretStore, keep: Keep, clock: Clock) -> None:
        self._secrets = secrets
        self._keep = keep
        self._clock = clock
        self._services: dict[tuple[str, HttpConnection | None], HttpBank] = {}
        self._mailboxes: dict[tuple[str, FileConnection | None], BankMailbox] = {}
        self._closers: list[Callable[[], Awaitable[None]]] = []

    def service(self, profile: BankProfile) -> HttpBank:
        """The bank's service interface."""
        key = (profile.code, profile.http)
        if key not in self._services:
            service = open_service(profile, self._secrets, self._keep, self._clock)
            self._services[key] = service
            self._closers.append(service.close)
        return self._services[key]

    def orders(self, profile: BankProfile) -> BankService:
        """The way for single orders: the service interface, or else a file for each."""
        if profile.http is not None or profile.files is None:
            return self.service(profile)
        return FileBank(profile, self.mailbox(profile), ProfiledFileDesk(), self._keep)

    def mailbox(self, profile: BankProfile) -> BankMailbox:
        """The bank's directories."""
        key = (profile.code, profile.files)
        if key not in self._mailboxes:
            mailbox = open_mailbox(profile, self._secrets)
            self._mailboxes[key] = mailbox
            self._closers.append(mailbox.close)
        return self._mailboxes[key]

    async def close(self) -> None:
        for close in reversed(self._closers):
            await close()
