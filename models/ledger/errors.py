"""Why the ledger refuses. Each error names the field, the value and what to do about it."""

from __future__ import annotations

from models.errors import InvalidInputError, RefusedByRuleError


class LedgerRefusalError(RefusedByRuleError):
    """The ledger says no. Nothing of the transaction stays."""


class InvalidJournalError(LedgerRefusalError):
    """An order that can be no journal: no key, fewer than two lines, a line of nothing."""


class UnbalancedJournalError(InvalidJournalError):
    """Debits and credits of a currency differ."""


class IdempotencyConflictError(LedgerRefusalError):
    """A key was used before for something else."""

    def __init__(self, key: str, *, first: str, now: str, posted: str = "") -> None:
        super().__init__(
            f"key {key!r} stands for another request (hash {first[:12]}{posted}) than this one"
            f" (hash {now[:12]})",
            remedy="Repeat the first request unchanged, or give the new one a key of its own",
        )


class UnknownAccountError(LedgerRefusalError, InvalidInputError):
    """No account has this code, branch and currency in the book."""


class AccountNotOpenError(LedgerRefusalError):
    """The account is blocked or closed."""


class MonthClosedError(LedgerRefusalError):
    """The business date lies in a closed month."""


class InsufficientFundsError(LedgerRefusalError):
    """The account would fall below its floor."""


class NoFloorError(LedgerRefusalError):
    """A hold was asked for on an account whose balance is not limited."""


class ReversalRefusedError(LedgerRefusalError):
    """What was named cannot be reversed."""


class HoldEndedError(LedgerRefusalError):
    """The hold is not known, or came to another end before."""


class CaptureExceedsHoldError(LedgerRefusalError):
    """More is taken than was set aside."""


class TemplateError(LedgerRefusalError):
    """A voucher template cannot be used for an event."""


class ExpressionError(InvalidInputError):
    """An amount expression or predicate cannot be understood."""
