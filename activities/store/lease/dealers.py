"""Dealers in the database, with what was changed about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlmodel import Session, col

from activities.store.tables.screening import DealerEventRow, DealerRow
from models.errors import InvalidInputError
from models.lease.screening.dealers import Dealer, DealerStatus, UnknownDealerError
from models.money import Money

DEMO_DEALERS: Final = (
    Dealer("D001", "上海华通汽车销售有限公司", "91310115MA1K4QQ99W", "A", Money.of(500_000_000)),
    Dealer("D002", "苏州金桥工程机械有限公司", "91320505MA1MX0T38H", "B", Money.of(80_000_000)),
)
"""The dealers of the sandbox, so that a fresh installation can be tried."""


def dealer(session: Session, code: str) -> Dealer:
    """A dealer's record.

    Raises:
        UnknownDealerError: there is none of this code.
    """
    row = session.get(DealerRow, code)
    if row is None:
        raise UnknownDealerError(code)
    return _record(row)


def find_dealer(session: Session, code: str) -> Dealer | None:
    """A dealer's record, if there is one."""
    row = session.get(DealerRow, code)
    return None if row is None else _record(row)


def dealers(session: Session, status: DealerStatus | None = None) -> list[Dealer]:
    """All dealers, by code."""
    query = select(DealerRow).order_by(col(DealerRow.code))
    if status is not None:
        query = query.where(col(DealerRow.status) == status)
    return [_record(row) for row in session.execute(query).scalars()]


def enter(session: Session, records: Sequence[Dealer], *, by: str, reason: str) -> int:
    """Add dealers or change those that are known; gives how many were new or changed.

    Raises:
        InvalidInputError: a record is wrong, or its USCC is another dealer's; nothing was entered.
    """
    changed = 0
    for record in records:
        changed += _enter(session, record.checked(), by=by, reason=reason)
    return changed


def enter_demo_dealers(session: Session) -> None:
    """Enter the sandbox's dealers, unless there is any dealer already."""
    if session.execute(select(func.count()).select_from(DealerRow)).scalar_one() == 0:
        enter(session, DEMO_DEALERS, by="leaseflow", reason="dealers to try things with")


def events(session: Session, code: str) -> list[DealerEventRow]:
    """What was changed about a dealer, newest first."""
    rows = session.execute(
        select(DealerEventRow)
        .where(col(DealerEventRow.dealer) == code)
        .order_by(col(DealerEventRow.event_id).desc())
    )
    return list(rows.scalars())


def _enter(session: Session, record: Dealer, *, by: str, reason: str) -> bool:
    row = session.get(DealerRow, record.code, with_for_update=True)
    changes = _changes(_record(row) if row else None, record)
    if not changes:
        return False
    _refuse_taken(session, record)
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "code": record.code,
        "name": record.name,
        "identifier": record.identifier,
        "rating": record.rating,
        "limit_minor": record.limit.minor,
        "currency": record.limit.currency,
        "status": record.status.value,
        "changed_at": now,
    }
    if row is None:
        session.add(DealerRow(**values))
    else:
        row.sqlmodel_update(values)
        session.add(row)
    session.flush()
    session.add(DealerEventRow(dealer=record.code, change="; ".join(changes), reason=reason, by=by, at=now))
    return True


def _refuse_taken(session: Session, record: Dealer) -> None:
    other = session.execute(
        select(col(DealerRow.code)).where(
            col(DealerRow.identifier) == record.identifier, col(DealerRow.code) != record.code
        )
    ).scalar_one_or_none()
    if other is not None:
        raise InvalidInputError(
            f"identifier {record.identifier} of dealer {record.code} is dealer {other}'s",
            remedy="One firm is one dealer; nothing was entered",
        )


def _changes(old: Dealer | None, new: Dealer) -> list[str]:
    if old is None:
        return [f"entered: {new.name}, rating {new.rating}, limit {new.limit}"]
    told = (
        ("name", old.name, new.name),
        ("identifier", old.identifier, new.identifier),
        ("rating", old.rating, new.rating),
        ("limit", old.limit, new.limit),
        ("status", old.status, new.status),
    )
    return [f"{name} {before} → {after}" for name, before, after in told if before != after]


def _record(row: DealerRow) -> Dealer:
    return Dealer(
        code=row.code,
        name=row.name,
        identifier=row.identifier,
        rating=row.rating,
        limit=Money(row.limit_minor, row.currency),
        status=DealerStatus(row.status),
    )
