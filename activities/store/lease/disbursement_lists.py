"""Disbursements as people see them: the review list, and how each came to where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlalchemy import select, text
from sqlmodel import Session, col

from activities.store.tables.disbursements import DisbursementEventRow
from models.money import Money


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """Everything that a reviewer must see of one disbursement."""

    disbursement_id: str
    state: str
    sentence: str
    amount: Money
    contract_number: str
    application_id: str
    product: str
    lessee: str
    dealer: str
    branch: str
    payee: str
    payee_account: str
    payee_bank: str
    bank: str
    grade: str
    conditions_met: int
    conditions: int
    unmet: tuple[str, ...]
    registration_number: str
    locked_by: str
    locked_until: datetime | None
    stopped_by: str
    stop_reason: str
    findings: tuple[str, ...]
    corrected_by: str
    approved_by: str
    ordered_by: str
    captured_by: str
    payment_id: str
    payment_state: str
    payment_sentence: str
    voucher: str
    recovery: str
    by_rules: bool
    ordered_at: datetime
    changed_at: datetime


@cache
def _review_list() -> str:
    return (files("activities.store.lease") / "sql" / "review_list.sql").read_text("utf-8")


def review_list(
    session: Session,
    *,
    now: datetime,
    disbursement_id: str | None = None,
    state: str | None = None,
    branch: str | None = None,
    product: str | None = None,
    dealer: str | None = None,
    limit: int = 200,
) -> list[ReviewLine]:
    """Disbursements with all that is to be seen before a decision, those that wait longest first."""
    names = {"state": state, "branch": branch, "product": product, "dealer": dealer, "id": disbursement_id}
    found = session.execute(text(_review_list()), {**names, "now": now, "limit": limit})
    return [_line(dict(row)) for row in found.mappings()]


def _line(row: dict[str, object]) -> ReviewLine:
    told = Money(int(str(row.pop("amount_minor"))), str(row.pop("currency")))
    for name in ("unmet", "findings"):
        row[name] = tuple(row[name] or ())  # type: ignore[arg-type]
    return ReviewLine(amount=told, **row)  # type: ignore[arg-type]


def events(session: Session, disbursement_id: str) -> list[DisbursementEventRow]:
    """How a disbursement came to where it is, oldest first."""
    rows = session.execute(
        select(DisbursementEventRow)
        .where(col(DisbursementEventRow.disbursement_id) == disbursement_id)
        .order_by(col(DisbursementEventRow.step))
    )
    return list(rows.scalars())
