"""What a reader tells about a file that it read all the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FlagCode(StrEnum):
    """Kinds of remark; scripts go by them."""

    DECLARED_TOTAL_MISMATCH = "declared-total-mismatch"
    BALANCE_MISMATCH = "balance-mismatch"
    RUNNING_BALANCE_MISMATCH = "running-balance-mismatch"
    DETAIL_SUM_MISMATCH = "detail-sum-mismatch"
    DUPLICATE_ENTRY = "duplicate-entry"
    DUPLICATE_STATEMENT = "duplicate-statement"
    DUPLICATE_PAYMENT = "duplicate-payment"
    SCHEMA_VIOLATION = "schema-violation"
    UNKNOWN_VERSION = "unknown-version"
    MISSING_BALANCE = "missing-balance"
    MISSING_CURRENCY = "missing-currency"
    MISSING_AMOUNT = "missing-amount"
    MISSING_ACCOUNT = "missing-account"
    MISSING_DATE = "missing-date"
    MIXED_CURRENCIES = "mixed-currencies"
    NOT_BOOKED = "not-booked"
    AMBIGUOUS_REVERSAL = "ambiguous-reversal"
    UNKNOWN_STATUS = "unknown-status"
    UNKNOWN_DIRECTION = "unknown-direction"
    NEGATIVE_AMOUNT = "negative-amount"
    ENCODING_GUESSED = "encoding-guessed"
    UNREADABLE_DATE = "unreadable-date"
    UNREADABLE_AMOUNT = "unreadable-amount"
    UNREADABLE_LINE = "unreadable-line"
    EXTRA_COLUMNS = "extra-columns"
    SHORT_ROW = "short-row"
    TRUNCATED = "truncated"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Flag:
    """A remark, and where it belongs."""

    code: FlagCode
    message: str
    line: int | None = None
    path: str | None = None
    """``statements[0].entries[3]``: the place in the answer."""
