"""What is to be collected by direct debit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from models.money import Money
from models.payments.banking import BankAccount

BATCH_ID: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{1,22}")
"""With a debit's hyphen and six digits behind it, it fits a reference field of 30 characters."""


@dataclass(frozen=True, slots=True)
class DebitDue:
    """An amount that a debtor agreed to have collected.

    ``due_id`` is the business key, such as contract and instalment: one due is collected once.
    """

    due_id: str
    bank: str
    product: str
    business_reference: str
    debtor: BankAccount
    mandate: str
    mandate_signed: date
    amount: Money
    due_date: date
    branch: str = "HQ"
