"""Parameter sets with their history: a change is a new version, in force from an instant on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from activities.store.tables.house import ParameterVersionRow
from models.parameters.registry import (
    NothingInForceError,
    ParameterSet,
    Value,
    bank_code,
    partner_code,
    shipped_names,
)

_VERSIONS = text(
    """
    SELECT DISTINCT ON (name) name, version FROM parameter_version
    WHERE name = ANY (CAST(:names AS text[])) AND effective_from <= :at
    ORDER BY name, effective_from DESC, version DESC
    """
)


@dataclass(frozen=True, slots=True)
class ParametersInForce(Generic[Value]):
    """A parameter set as it holds at an instant; version 0 is the shipped default."""

    version: int
    value: Value


def in_force(session: Session, parameters: ParameterSet[Value], at: datetime) -> ParametersInForce[Value]:
    """A parameter set as it is in force at an instant.

    Raises:
        NothingInForceError: it has no default, and no version is in force.
    """
    row = session.execute(
        select(ParameterVersionRow)
        .where(
            col(ParameterVersionRow.name) == parameters.name, col(ParameterVersionRow.effective_from) <= at
        )
        .order_by(col(ParameterVersionRow.effective_from).desc(), col(ParameterVersionRow.version).desc())
        .limit(1)
    ).scalar_one_or_none()
    if row is not None:
        return ParametersInForce(row.version, parameters.model.model_validate(row.value))
    if parameters.default is None:
        raise NothingInForceError(
            f"nothing is in force for {parameters.name}",
            remedy=f"Enter it: leaseflow params propose {parameters.name} --file FILE",
        )
    return ParametersInForce(0, parameters.default)


def versions_in_force(session: Session, names: Sequence[str], at: datetime) -> dict[str, int]:
    """Numbers of the versions in force at an instant, by set; a set that is as shipped is left out."""
    rows = session.execute(_VERSIONS, {"names": list(names), "at": at})
    return {row.name: row.version for row in rows}


def change(
    session: Session,
    parameters: ParameterSet[Any],
    value: dict[str, Any],
    *,
    effective_from: datetime,
    changed_by: str,
    reason: str,
) -> int:
    """Enter a new version and give its number.

    Raises:
        InvalidInputError: a value fails its check; the message names it.
    """
    checked = parameters.checked(value)
    # two changes at once must not take the same number
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('parameters'))"))
    version = newest_version(session, parameters) + 1
    session.add(
        ParameterVersionRow(
            name=parameters.name,
            version=version,
            effective_from=effective_from,
            value=checked.model_dump(mode="json"),
            changed_by=changed_by,
            reason=reason,
            recorded_at=datetime.now(UTC),
        )
    )
    return version


def newest_version(session: Session, parameters: ParameterSet[Any]) -> int:
    """Number of the version entered last, whether or not it is in force yet; 0 for none."""
    newest: int | None = session.execute(
        select(func.max(col(ParameterVersionRow.version))).where(
            col(ParameterVersionRow.name) == parameters.name
        )
    ).scalar_one()
    return newest or 0


def history(session: Session, parameters: ParameterSet[Any]) -> list[ParameterVersionRow]:
    """All versions of a set, newest first."""
    rows = session.execute(
        select(ParameterVersionRow)
        .where(col(ParameterVersionRow.name) == parameters.name)
        .order_by(col(ParameterVersionRow.version).desc())
    )
    return list(rows.scalars())


def names(session: Session) -> list[str]:
    """Every set that has a value: the shipped ones and those that the house entered."""
    entered = session.execute(select(col(ParameterVersionRow.name)).distinct()).scalars()
    return sorted({*shipped_names(), *entered})


def bank_codes(session: Session) -> list[str]:
    """Codes of all banks that have a profile, in force or to come."""
    return [code for name in names(session) if (code := bank_code(name))]


def partner_codes(session: Session) -> list[str]:
    """Codes of all partner systems that have a profile, in force or to come."""
    return [code for name in names(session) if (code := partner_code(name))]
