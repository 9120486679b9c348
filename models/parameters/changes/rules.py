"""Rules of a change that need nothing but their arguments."""

from __future__ import annotations

from datetime import datetime

from models.parameters.registry import VOUCHER_TEMPLATES, bank_code, partner_code


def effective_instant(wished: datetime | None, approved_at: datetime, *, back_dating: bool) -> datetime:
    """From when an approved change holds: as wished, but not before its approval unless the set allows it."""
    if wished is None:
        return approved_at
    return wished if back_dating else max(wished, approved_at)


def taken_up(set_name: str) -> str:
    """Who works by a version that has come into force, in words."""
    bank, partner = bank_code(set_name), partner_code(set_name)
    if bank:
        return f"in force: payments through {bank} that start from now on; its workers notice within 5 s"
    if partner:
        return f"in force: every message to and from {partner} from now on"
    if set_name == VOUCHER_TEMPLATES.name:
        return "in force: vouchers of its business dates from now on; what was posted stays"
    return "in force: what starts from now on"
