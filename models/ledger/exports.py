"""What leaves the ledger for other systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ExportedLine:
    """One line of a journal with all that a voucher file needs."""

    voucher: str
    key: str
    kind: str
    business_date: date
    value_date: date
    narrative: str
    posted_by: str
    reverses: str
    line_no: int
    code: str
    branch: str
    name: str
    english_name: str
    category: str
    currency: str
    amount: int
    reference: str
