"""What stops a bank file from being read or written."""

from __future__ import annotations

from models.errors import InvalidInputError, LeaseflowError


class UnreadableBankFileError(LeaseflowError):
    """A file is no bank file, or is broken so badly that reading on would invent money.

    Args:
        reason: what is wrong with it, in words.
        line: where, counted from 1; None when the whole file is meant.
        remedy: what the person can do about it.
    """

    def __init__(self, reason: str, *, line: int | None = None, remedy: str = "") -> None:
        super().__init__(f"line {line}: {reason}" if line else reason, remedy=remedy)
        self.reason = reason
        self.line = line


class InvalidBankOrderError(InvalidInputError):
    """An order file cannot be written as the bank demands; the message names the item and the field."""


class UnknownProfileError(InvalidInputError):
    """No bank-file profile of this name, or its data is wrong."""
