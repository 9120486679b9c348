"""The mailroom: order files out, each once; a bank's files in, each kept and applied once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.heartbeat import alive
from activities.payments.applying import Applied, apply, as_json, from_json
from activities.payments.telling import Teller
from activities.ports.bank_files import BankFileDesk
from activities.ports.banks import BankMailbox
from activities.store import parameters as parameter_store
from activities.store.database import Database
from activities.store.payments import debits, files
from activities.store.payments.files import FileState
from models.parameters.banks import BankProfile
from models.parameters.registry import bank_profile
from models.payments.bank_files.errors import UnreadableBankFileError
from models.payments.messages import FileOutcome, FileTaken, MailboxOrder, SendFile, TakeFile
from workflows.payments.debit_steps import BankMailroom

Mailboxes = Callable[[BankProfile], BankMailbox]
"""Opens a bank's directories as its profile says."""

_NO_FILES = 60.0
"""Seconds between looks at a bank that no longer speaks in files."""


class FileMailroom(BankMailroom):
    """A bank's directories, and the books that its files change.

    Args:
        database: the books.
        mailboxes: open a bank's directories.
        desk: reads files in the bank's formats.
    """

    def __init__(self, database: Database, mailboxes: Mailboxes, desk: BankFileDesk) -> None:
        self._database = database
        self._mailboxes = mailboxes
        self._desk = desk

    @activity.defn(name="banks.send_file")
    async def send_file(self, request: SendFile) -> bool:
        at = activity.info().scheduled_time
        profile = await asyncio.to_thread(self._profile, request.bank, at)
        name, content = await asyncio.to_thread(self._begin, request, profile)
        if not content:
            return False
        async with alive():
            delivered = await self._mailboxes(profile).deliver(name, content)
        await asyncio.to_thread(self._sent, request.file_id, at)
        return delivered

    @activity.defn(name="banks.await_files")
    async def await_files(self, order: MailboxOrder) -> tuple[TakeFile, ...]:
        async with alive():
            while True:
                # a changed profile counts from the next look on
                profile = await asyncio.to_thread(self._profile, order.bank, datetime.now(UTC))
                waiting = await self._mailboxes(profile).waiting()
                if waiting:
                    return tuple(TakeFile(order.bank, file.name) for file in waiting)
                await asyncio.sleep(profile.files.poll_seconds if profile.files else _NO_FILES)

    @activity.defn(name="banks.take_file")
    async def take_file(self, request: TakeFile) -> FileTaken:
        at = activity.info().scheduled_time
        profile = await asyncio.to_thread(self._profile, request.bank, at)
        mailbox = self._mailboxes(profile)
        async with alive():
            if activity.info().attempt > 1 and (kept := await self._put_away_before(request, mailbox)):
                return kept
            content = await mailbox.fetch(request.name)
            taken = await asyncio.to_thread(self._keep, request, content, at)
            await mailbox.put_away(request.name)  # only now: before it was kept it would have been lost
        return taken

    @activity.defn(name="banks.apply_file")
    async def apply_file(self, taken: FileTaken) -> FileOutcome:
        at = activity.info().scheduled_time
        async with alive():
            applied = await asyncio.to_thread(self._apply, taken, at)
            await Teller(self._database, activity.client()).tell(applied)
        return applied.outcome

    async def _put_away_before(self, request: TakeFile, mailbox: BankMailbox) -> FileTaken | None:
        """What a try before this one kept and put away, and did not live to tell."""
        if any(file.name == request.name for file in await mailbox.waiting()):
            return None
        return await asyncio.to_thread(self._kept, request)

    # ------------------------------------------------------------ the books

    def _profile(self, bank: str, at: datetime) -> BankProfile:
        with self._database.transaction() as session:
            return parameter_store.in_force(session, bank_profile(bank), at).value

    def _begin(self, request: SendFile, profile: BankProfile) -> tuple[str, bytes]:
        """Note that the file is about to go out; no content when it went before.

        A file found half-way may have arrived. A bank that refuses a message id the second time may
        get it again; for any other one a person asks the bank first.
        """
        with self._database.transaction() as session:
            row = files.find(session, request.file_id, lock=True)
            if row.state == FileState.SENT:
                return row.name, b""
            again = row.state == FileState.SENDING
            if again and not (profile.rules.idempotent or request.even_if_perhaps_sent):
                raise ApplicationError(
                    f"{row.name} may have reached {profile.name}", type="PerhapsSent", non_retryable=True
                )
            row.state = FileState.SENDING
            return row.name, files.content(session, row)

    def _sent(self, file_id: str, at: datetime) -> None:
        with self._database.transaction() as session:
            row = files.find(session, file_id, lock=True)
            if row.state != FileState.SENT:
                files.end(session, row, FileState.SENT, at=at)
                debits.mark_sent(session, file_id, at=at)

    def _keep(self, request: TakeFile, content: bytes, at: datetime) -> FileTaken:
        with self._database.transaction() as session:
            file_id, new = files.enter_arrival(session, request.bank, request.name, content, at=at)
            row = files.find(session, file_id)
            return FileTaken(file_id, request.name, new=new or row.state == FileState.KEPT)

    def _kept(self, request: TakeFile) -> FileTaken:
        """A file that is gone; not kept under its name, its content was known, or the bank took it back."""
        with self._database.transaction() as session:
            row = files.last_arrival(session, request.bank, request.name)
            if row is None:
                return FileTaken("", request.name, new=False)
            return FileTaken(row.file_id, request.name, new=row.state == FileState.KEPT)

    def _apply(self, taken: FileTaken, at: datetime) -> Applied:
        with self._database.transaction() as session:
            row = files.find(session, taken.file_id, lock=True)
            profile = parameter_store.in_force(session, bank_profile(row.bank), at).value
            if row.state == FileState.APPLIED and row.outcome is not None:
                return from_json(row.outcome)  # applied before, but perhaps nobody was told
            try:
                read = self._desk.read(files.content(session, row), profile)
            except UnreadableBankFileError as error:
                files.end(session, row, FileState.UNREADABLE, at=at, sentence=str(error))
                return Applied(FileOutcome(row.name, problem=str(error)))
            row.kind, row.message_id = read.format, read.message_id or ""
            applied = apply(session, row, read, profile, at=at)
            files.end(session, row, FileState.APPLIED, at=at, outcome=as_json(applied))
            return applied
