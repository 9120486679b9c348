"""Writers of the ledger's journals for other systems: each gives text from lines, voucher by voucher."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from activities.adapters.ledger_exports.beancount import beancount_text
from activities.adapters.ledger_exports.plain import csv_text
from activities.adapters.ledger_exports.sap import sap_text
from models.ledger.exports import ExportedLine

Writer = Callable[[Iterable[ExportedLine]], Iterator[str]]

WRITERS: Final[Mapping[str, Writer]] = {"csv": csv_text, "beancount": beancount_text, "sap": sap_text}
"""By the name that people type."""
