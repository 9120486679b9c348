"""Writing order files for banks, and reading what banks send."""

from __future__ import annotations

from typing import Protocol

from models.parameters.banks import BankProfile
from models.payments.bank_files.orders import CreditTransferFile, DirectDebitFile
from models.payments.bank_files.statements import BankFile


class BankFileDesk(Protocol):
    """Knows the formats that a bank's profile names."""

    def write_debits(self, file: DirectDebitFile, profile: BankProfile) -> bytes:
        """An order file in the bank's format.

        Raises:
            InvalidBankOrderError: something in it does not fit the format.
        """
        ...

    def write_transfers(self, file: CreditTransferFile, profile: BankProfile) -> bytes:
        """The same for credit transfers."""
        ...

    def read(self, content: bytes, profile: BankProfile) -> BankFile:
        """What a bank's file says.

        Raises:
            UnreadableBankFileError: it is broken; the message names line and reason.
        """
        ...
