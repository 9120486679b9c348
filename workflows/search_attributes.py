"""Every search attribute of the house: what operators filter and sort by in the web UI."""

from __future__ import annotations

from typing import Final

from temporalio.common import SearchAttributeKey

PROCESS_STATE: Final = SearchAttributeKey.for_keyword("ProcessState")
"""Where the process is, in one word."""
WAITING_FOR: Final = SearchAttributeKey.for_keyword("WaitingFor")
"""What it waits for, in words; empty while it works."""
LIST_DATE: Final = SearchAttributeKey.for_datetime("ListDate")
"""Date of the overdue list (midnight, Shanghai)."""
ASSIGNED_TO: Final = SearchAttributeKey.for_keyword("AssignedTo")
"""User name of the person whose turn it is."""
OPEN_ITEMS: Final = SearchAttributeKey.for_int("OpenItems")
"""Findings, review items or cases that are still open."""
BUSINESS_REFERENCE: Final = SearchAttributeKey.for_keyword("BusinessReference")
"""What a payment or receipt is for: contract, invoice, receipt."""
COUNTERPARTY: Final = SearchAttributeKey.for_keyword("Counterparty")
"""Name of the other side."""
AMOUNT: Final = SearchAttributeKey.for_int("Amount")
"""Amount in whole yuan, cut off."""

ALL: Final = (
    PROCESS_STATE,
    WAITING_FOR,
    LIST_DATE,
    ASSIGNED_TO,
    OPEN_ITEMS,
    BUSINESS_REFERENCE,
    COUNTERPARTY,
    AMOUNT,
)
