"""The file desk: picks reader, writer and dialect by what a bank's profile names."""

from __future__ import annotations

from activities.adapters.bank_files.order_files import write_order_file
from activities.adapters.bank_files.profiles import find_profile
from activities.adapters.bank_files.reading import read_bank_file
from activities.adapters.bank_files.writing import write_pain001, write_pain008
from activities.ports.bank_files import BankFileDesk
from models.parameters.banks import BankProfile, is_pain
from models.payments.bank_files.dialects import CreditTransferDialect, DirectDebitDialect
from models.payments.bank_files.orders import CreditTransferFile, DirectDebitFile
from models.payments.bank_files.profile_rules import FileKind, ReversalSign
from models.payments.bank_files.profiles import FileProfile
from models.payments.bank_files.statements import BankFile


class ProfiledFileDesk(BankFileDesk):
    """Formats are data: a pain version, or the name of a column profile."""

    def write_debits(self, file: DirectDebitFile, profile: BankProfile) -> bytes:
        """See `BankFileDesk.write_debits`."""
        name = profile.formats.direct_debit
        if is_pain(name):
            dialect = DirectDebitDialect(version=name.removeprefix("pain.008."))  # type: ignore[arg-type]
            return write_pain008(file, dialect=dialect)
        return write_order_file(file, profile=find_profile(name))

    def write_transfers(self, file: CreditTransferFile, profile: BankProfile) -> bytes:
        """See `BankFileDesk.write_transfers`."""
        name = profile.formats.credit_transfer
        if is_pain(name):
            dialect = CreditTransferDialect(version=name.removeprefix("pain.001."))  # type: ignore[arg-type]
            return write_pain001(file, dialect=dialect)
        return write_order_file(file, profile=find_profile(name))

    def read(self, content: bytes, profile: BankProfile) -> BankFile:
        """See `BankFileDesk.read`."""
        name = profile.formats.statement
        if name:
            return read_bank_file(content, profile=find_profile(name))
        if profile.rules.reversals == ReversalSign.ORIGINAL.value:
            habit = FileProfile(name=profile.code, kind=FileKind.XML, reversal_sign=ReversalSign.ORIGINAL)
            return read_bank_file(content, profile=habit)
        return read_bank_file(content)
