"""Parameter sets with their history: a change is a new version, in force from an instant on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select, text
from sqlmodel import Session, col

from activities.store.tables.house import ParameterVersionRow
from models.errors import InvalidInputError
from models.parameters.bill_monitoring import BillMonitoringParameters

BILL_MONITORING = "bill-monitoring"


@dataclass(frozen=True, slots=True)
class ParametersInForce:
    """A parameter set as it holds at an instant; version 0 is the shipped default."""

    version: int
    value: BillMonitoringParameters


def in_force(session: Session, at: datetime) -> ParametersInForce:
    """Parameters of bill monitoring in force at an instant."""
    row = session.execute(
        select(ParameterVersionRow)
        .where(
            col(ParameterVersionRow.name) == BILL_MONITORING, col(ParameterVersionRow.effective_from) <= at
        )
        .order_by(col(ParameterVersionRow.effective_from).desc(), col(ParameterVersionRow.version).desc())
        .limit(1)
    ).scalar_one_or_none()
    if row is None:
        return ParametersInForce(0, BillMonitoringParameters())
    return ParametersInForce(row.version, BillMonitoringParameters.model_validate(row.value))


def change(
    session: Session, value: dict[str, Any], *, effective_from: datetime, changed_by: str, reason: str
) -> int:
    """Enter a new version and give its number.

    Raises:
        InvalidInputError: a value fails its check; the message names it.
    """
    checked = checked_value(value)
    # two changes at once must not take the same number
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('parameters'))"))
    newest = session.execute(
        select(func.max(col(ParameterVersionRow.version))).where(
            col(ParameterVersionRow.name) == BILL_MONITORING
        )
    ).scalar_one()
    version = (newest or 0) + 1
    session.add(
        ParameterVersionRow(
            name=BILL_MONITORING,
            version=version,
            effective_from=effective_from,
            value=checked.model_dump(mode="json"),
            changed_by=changed_by,
            reason=reason,
            recorded_at=datetime.now(UTC),
        )
    )
    return version


def checked_value(value: dict[str, Any]) -> BillMonitoringParameters:
    """Parameters from plain data.

    Raises:
        InvalidInputError: a value fails its check; the message names each.
    """
    try:
        return BillMonitoringParameters.model_validate(value)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])} = {fault['input']!r}: {fault['msg']}"
            for fault in error.errors()
        )
        raise InvalidInputError(faults, remedy="See leaseflow params show for names and values") from error


def history(session: Session) -> list[ParameterVersionRow]:
    """All versions, newest first."""
    rows = session.execute(
        select(ParameterVersionRow)
        .where(col(ParameterVersionRow.name) == BILL_MONITORING)
        .order_by(col(ParameterVersionRow.version).desc())
    )
    return list(rows.scalars())
