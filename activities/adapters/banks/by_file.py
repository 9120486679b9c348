"""Single orders to a bank that only takes files: a file with one order in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from activities.ports.bank_files import BankFileDesk
from activities.ports.banks import BankMailbox, BankService, BankUnreachableError
from models.calendar import SHANGHAI
from models.parameters.banks import BankProfile, file_suffix
from models.payments.bank_files.orders import AccountParty, CreditTransferFile, CreditTransferItem
from models.payments.banking import BankAnswer, BankOrder, BankSaid, Direction, Heard, StatementLine

_BY_FILE = "this bank answers by file"


class FileBank(BankService):
    """Instructs pay-outs by file. What becomes of the order is told by the files that the bank sends back.

    Args:
        profile: of the bank.
        mailbox: its directories.
        desk: writes in its formats.
        keep: keeps what was sent.
    """

    def __init__(
        self,
        profile: BankProfile,
        mailbox: BankMailbox,
        desk: BankFileDesk,
        keep: Callable[[bytes, str], str],
    ) -> None:
        self._profile = profile
        self._mailbox = mailbox
        self._desk = desk
        self._keep = keep

    async def instruct(self, order: BankOrder) -> BankAnswer:
        """See `BankService.instruct`; the file is called by our reference, and delivered once."""
        if order.direction is not Direction.PAY_OUT:
            return BankAnswer(BankSaid.REJECTED, Heard.INSTRUCTION, reason="it collects in batches only")
        content = self._write(order)
        evidence = await asyncio.to_thread(self._keep, content, "application/octet-stream")
        try:
            suffix = file_suffix(self._profile.formats.credit_transfer)
            await self._mailbox.deliver(order.reference + suffix, content)
        except BankUnreachableError as error:
            return BankAnswer(BankSaid.NOTHING, Heard.INSTRUCTION, reason=error.message, evidence=evidence)
        return BankAnswer(BankSaid.TAKEN, Heard.INSTRUCTION, reason="file delivered", evidence=evidence)

    async def inquire(self, reference: str) -> BankAnswer:
        """Nobody can be asked."""
        del reference
        return BankAnswer(BankSaid.NOTHING, Heard.INQUIRY, reason=_BY_FILE)

    async def cancel(self, reference: str) -> BankAnswer:
        """Nobody can be asked."""
        del reference
        return BankAnswer(BankSaid.NOTHING, Heard.CANCELLATION, reason=_BY_FILE)

    async def statement(self, account: str, day: date) -> Sequence[StatementLine]:
        """See `BankService.statement`: this bank sends its statements by file."""
        raise BankUnreachableError(f"no statement of {account} for {day} can be asked for: {_BY_FILE}")

    async def close(self) -> None:
        """Nothing of its own is open."""

    def _write(self, order: BankOrder) -> bytes:
        """The same order makes the same file: its time is the beginning of the day of execution."""
        own = AccountParty(order.own_account.name, order.own_account.number, order.own_account.bank)
        other = order.counterparty
        transfer = CreditTransferItem(
            order.reference,
            order.amount,
            AccountParty(other.name, other.number, other.bank),
            remittance=order.purpose,
        )
        file = CreditTransferFile(
            message_id=order.reference,
            created=datetime.combine(order.execution_date, time.min, SHANGHAI),
            initiator=own.name,
            payment_information_id=order.reference,
            execution_date=order.execution_date,
            debtor=own,
            items=(transfer,),
        )
        return self._desk.write_transfers(file, self._profile)
