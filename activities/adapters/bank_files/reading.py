"""Any bank file, read: the kind is told by the content, a profile overrides it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from activities.adapters.bank_files.detection import Kind, kind_of
from activities.adapters.collector import collector_paused
from models.payments.bank_files.checks import checked
from models.payments.bank_files.errors import UnreadableBankFileError
from models.payments.bank_files.profile_rules import FileKind, ReversalSign
from models.payments.bank_files.statements import BankFile

if TYPE_CHECKING:
    from models.payments.bank_files.profiles import FileProfile


def read_bank_file(content: bytes, *, profile: FileProfile | None = None) -> BankFile:
    """Read a camt, pain, MT940/942, CSV, fixed-width or workbook file, with its remarks.

    Args:
        content: the bytes of the file.
        profile: how the bank writes; None finds out by the content and takes the shipped profiles.

    Raises:
        UnreadableBankFileError: the file is broken, or no bank file; names line and reason.
    """
    kind = kind_of(content)
    if profile is not None:
        _refuse_other_kind(kind, profile)
    with collector_paused():
        return checked(_read(kind, content, profile))


def _read(kind: Kind, content: bytes, profile: FileProfile | None) -> BankFile:
    """Dispatch; each family is imported only when it is met, to keep the rest light."""
    flipped = profile is not None and profile.reversal_sign is ReversalSign.ORIGINAL
    if kind is Kind.XML:
        from activities.adapters.bank_files.iso20022.reading import (  # noqa: PLC0415
            read_iso20022,
            refuse_document_type,
        )

        refuse_document_type(content)
        file = read_iso20022(content, flipped_reversals=flipped)
        return replace(file, profile=profile.name if profile else None)
    if kind is Kind.MT:
        from activities.adapters.bank_files.swift.reading import read_swift  # noqa: PLC0415

        return read_swift(content, profile=profile)
    from activities.adapters.bank_files.tables.reading import read_table  # noqa: PLC0415

    return read_table(content, profile=profile, is_workbook=kind is Kind.WORKBOOK)


def _refuse_other_kind(kind: Kind, profile: FileProfile) -> None:
    wanted = {
        FileKind.XML: {Kind.XML},
        FileKind.MT940: {Kind.MT},
        FileKind.CSV: {Kind.TABLE, Kind.WORKBOOK},
        FileKind.FIXED: {Kind.TABLE},
    }[profile.kind]
    if kind not in wanted:
        raise UnreadableBankFileError(
            f"profile {profile.name} describes {profile.kind.value} files, this one is {kind.value}",
            line=1,
            remedy="Leave the profile out, or give the right one",
        )
