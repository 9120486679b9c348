"""Conditions precedent of contracts, and what the books know of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from activities.store.tables.contracts import ContractConditionRow
from activities.store.tables.receipts import ReceiptPartRow, ReceiptRow
from models.lease.contract.errors import UnknownConditionError
from models.lease.contract.messages import ConditionPrecedent
from models.money import Money
from models.payments.messages import ReceiptState


def enter(session: Session, contract_number: str, conditions: Sequence[ConditionPrecedent]) -> None:
    """Enter what must be so before money goes."""
    session.add_all(
        ContractConditionRow(
            contract_number=contract_number,
            name=each.name,
            position=position,
            label=each.label,
            by_system=each.by_system,
            amount_minor=each.amount.minor if each.amount else None,
        )
        for position, each in enumerate(conditions)
    )
    session.flush()


def of_contract(session: Session, contract_number: str, *, lock: bool = False) -> list[ContractConditionRow]:
    """The conditions of a contract, in their order."""
    query = (
        select(ContractConditionRow)
        .where(col(ContractConditionRow.contract_number) == contract_number)
        .order_by(col(ContractConditionRow.position))
    )
    return list(session.execute(query.with_for_update() if lock else query).scalars())


def find(session: Session, contract_number: str, name: str) -> ContractConditionRow:
    """One condition, locked.

    Raises:
        UnknownConditionError: the contract has none of this name.
    """
    rows = of_contract(session, contract_number, lock=True)
    for row in rows:
        if row.name == name:
            return row
    raise UnknownConditionError(name, tuple(row.name for row in rows))


def meet(session: Session, row: ContractConditionRow, *, at: datetime, by: str, evidence: str) -> None:
    """Enter that a condition is met; one that is met already stays as it is."""
    if row.met_at is None:
        row.met_at, row.met_by, row.evidence = at, by, evidence
        session.add(row)


def cleared_receipts(session: Session, contract_number: str, product: str) -> tuple[Money, tuple[str, ...]]:
    """What came in for a contract under a receipt product and is at the bank, and by which receipts."""
    rows = session.execute(
        select(col(ReceiptPartRow.receipt_id), col(ReceiptPartRow.amount_minor))
        .join(ReceiptRow, col(ReceiptRow.receipt_id) == col(ReceiptPartRow.receipt_id))
        .where(
            col(ReceiptPartRow.business_reference) == contract_number,
            col(ReceiptPartRow.product) == product,
            col(ReceiptPartRow.superseded).is_(False),
            col(ReceiptRow.state) == ReceiptState.CLEARED,
        )
        .order_by(col(ReceiptPartRow.receipt_id))
    ).all()
    return Money(sum(int(minor) for _, minor in rows)), tuple(receipt for receipt, _ in rows)


def as_condition(row: ContractConditionRow) -> ConditionPrecedent:
    return ConditionPrecedent(
        name=row.name,
        label=row.label,
        by_system=row.by_system,
        amount=None if row.amount_minor is None else Money(row.amount_minor),
        met_at=row.met_at,
        met_by=row.met_by,
        evidence=row.evidence,
    )
