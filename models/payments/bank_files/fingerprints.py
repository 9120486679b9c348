"""Telling entries apart across files: a fingerprint of what an entry says, and which occurrence it is.

Banks give no id that is unique for ever: statement ids repeat across years, references may be missing, and
real files hold rows that are identical because the same thing happened twice. So an entry is known by its
fingerprint *and* its occurrence number within the statement: reading a file again finds the same pairs, while
two identical rows stay two.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from models.payments.bank_files.amounts import plain
from models.payments.bank_files.statements import StatementEntry, TransactionDetail

_SEPARATOR: Final = "\x1f"


def fingerprint(entry: StatementEntry) -> str:
    """32 hexadecimal digits that depend on what an entry says, not on where it stands.

    Spaces do not count, so that a bank's line breaks in texts do not either.
    """
    parts = [
        plain(entry.amount, entry.currency),
        entry.currency,
        entry.direction,
        entry.status,
        entry.booking_date.isoformat() if entry.booking_date else None,
        entry.value_date.isoformat() if entry.value_date else None,
        entry.booked_at,
        entry.reference,
        entry.entry_reference,
        entry.customer_reference,
        "reversal" if entry.reversal else None,
        plain(entry.balance_after, entry.currency) if entry.balance_after is not None else None,
        entry.additional_information,
    ]
    for detail in entry.details:
        parts.extend(_said(detail))
    text = _SEPARATOR.join("".join(part.split()) if part else "" for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def numbered(entries: Iterable[StatementEntry]) -> list[tuple[str, int]]:
    """The fingerprint of each entry, and the how-manieth of its kind it is, counted from 1."""
    seen: Counter[str] = Counter()
    pairs = []
    for entry in entries:
        mark = fingerprint(entry)
        seen[mark] += 1
        pairs.append((mark, seen[mark]))
    return pairs


def _said(detail: TransactionDetail) -> Iterator[str | None]:
    yield str(detail.amount) if detail.amount is not None else None
    yield detail.end_to_end_id
    yield detail.instruction_id
    yield detail.transaction_id
    yield detail.bank_reference
    yield detail.mandate_id
    yield detail.counterparty
    yield detail.counterparty_account
    yield detail.return_reason
    yield from detail.remittance
    yield from detail.structured_remittance
