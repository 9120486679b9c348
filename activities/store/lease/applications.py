"""Applications in the database: rows, and the forms that they are made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store import documents
from activities.store.tables.lease import (
    LeaseApplicationRow,
    LeaseAssetRow,
    LeaseEventRow,
    LeaseFormRow,
    LeasePartyRow,
)
from models.lease.agreed import AgreedTerms
from models.lease.application.amounts import LeaseTerms
from models.lease.application.errors import ApplicationExistsError, UnknownApplicationError
from models.lease.application.form import LeaseForm
from models.lease.application.messages import ApplicationState
from models.money import Money

__all__ = ["UnknownApplicationError"]  # those who ask here expect it here

CAME_TO_NOTHING: Final = tuple(
    state for state in ApplicationState if state.is_final and state is not ApplicationState.ACTIVE
)
"""States in which nothing is leased, and nothing will be."""

_EVENT: Final = (
    insert(LeaseEventRow)
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(col(LeaseEventRow.event_id))
)
_FORM = TypeAdapter(LeaseForm)
_TERMS = TypeAdapter(AgreedTerms)


@dataclass(frozen=True, slots=True)
class Entry:
    """A version of a form, ready to be entered."""

    form: LeaseForm
    terms: LeaseTerms
    title: str
    version: int
    captured_by: str
    state: ApplicationState
    at: datetime


def application(session: Session, application_id: str, *, lock: bool = False) -> LeaseApplicationRow:
    """An application as it stands.

    Raises:
        UnknownApplicationError: there is none of this id.
    """
    row = session.get(LeaseApplicationRow, application_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise UnknownApplicationError(application_id)
    return row


def form_of(session: Session, application_id: str, version: int | None = None) -> LeaseForm:
    """The form of an application, the version in force unless another is named.

    Raises:
        UnknownApplicationError: there is none of this id and version.
    """
    return _FORM.validate_python(_version(session, application_id, version).form)


def form_entered_at(session: Session, application_id: str) -> datetime:
    """When the version in force of an application's form was entered.

    Raises:
        UnknownApplicationError: there is no application of this id.
    """
    return _version(session, application_id, None).entered_at


def _version(session: Session, application_id: str, version: int | None) -> LeaseFormRow:
    number = version or application(session, application_id).version
    row = session.get(LeaseFormRow, (application_id, number))
    if row is None:
        raise UnknownApplicationError(f"{application_id} version {number}")
    return row


def form_as_data(form: LeaseForm) -> dict[str, Any]:
    """A form as plain data, for the database and for hashes."""
    data: dict[str, Any] = _FORM.dump_python(form, mode="json")
    return data


def form_sha256(form: LeaseForm) -> str:
    """Names what a form says: order of fields, and fields that say nothing, are no part of it.

    A field that a later version adds leaves the hashes of forms before it as they are.
    """
    said = _FORM.dump_python(form, mode="json", exclude_defaults=True)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def keep_terms(session: Session, terms: AgreedTerms) -> str:
    """Keep agreed terms as a document; gives their SHA-256."""
    return documents.keep(session, _TERMS.dump_json(terms), media_type="application/json")


def terms_of(session: Session, sha256: str) -> AgreedTerms:
    """Agreed terms by their hash.

    Raises:
        InvalidInputError: no such document is kept.
    """
    return _TERMS.validate_json(documents.fetch(session, sha256).content)


# ---------------------------------------------------------------- entering


def find_same(session: Session, form: LeaseForm, version: int = 1) -> LeaseFormRow | None:
    """The entered form that a form stands for already; None when this version is new.

    Raises:
        ApplicationExistsError: the id was used for another form.
    """
    row = session.get(LeaseFormRow, (form.application_id, version))
    if row is not None and row.form_sha256 != form_sha256(form):
        raise ApplicationExistsError(form.application_id)
    return row


def enter(session: Session, entry: Entry) -> None:
    """Enter a version of a form, and make it the one in force."""
    form = entry.form
    values = _row_values(entry)
    created = {"application_id": form.application_id, "captured_by": entry.captured_by, "opened_at": entry.at}
    session.execute(
        insert(LeaseApplicationRow)
        .values(**created, **values)
        .on_conflict_do_update(index_elements=["application_id"], set_=values)
    )
    written = {
        "application_id": form.application_id,
        "version": entry.version,
        "form": form_as_data(form),
        "form_sha256": form_sha256(form),
        "captured_by": entry.captured_by,
        "entered_at": entry.at,
    }
    # statements without values, which are put together once
    session.connection().execute(insert(LeaseFormRow), written)
    if entry.version > 1:
        for table in (LeasePartyRow, LeaseAssetRow):
            session.execute(delete(table).where(col(table.application_id) == form.application_id))
    session.connection().execute(insert(LeasePartyRow), _parties(form))
    session.connection().execute(insert(LeaseAssetRow), _assets(form))
    sentence = "entered" if entry.version == 1 else f"version {entry.version} of the form"
    key = f"form-{entry.version}"
    _note(session, form.application_id, key, entry.state, sentence, by=entry.captured_by, at=entry.at)


def lock_assets(session: Session, identifiers: Sequence[str]) -> None:
    """Let two forms that name the same asset wait for each other: the second finds it taken."""
    for identifier in sorted(set(identifiers)):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"lease-asset/{identifier}"))))


def leased_elsewhere(session: Session, form: LeaseForm) -> Mapping[str, str]:
    """Assets of a form that stand in another live application, by identifier: in which."""
    found = session.execute(
        select(
            col(LeaseAssetRow.identifier), col(LeaseAssetRow.application_id), col(LeaseApplicationRow.state)
        )
        .join(
            LeaseApplicationRow,
            col(LeaseApplicationRow.application_id) == col(LeaseAssetRow.application_id),
        )
        .where(
            col(LeaseAssetRow.identifier).in_([asset.identifier for asset in form.assets]),
            col(LeaseAssetRow.application_id) != form.application_id,
            col(LeaseApplicationRow.state).not_in(CAME_TO_NOTHING),
        )
        .order_by(col(LeaseApplicationRow.opened_at).desc())
    )
    return {identifier: f"application {other}, which is {state}" for identifier, other, state in found}


def move(
    session: Session,
    row: LeaseApplicationRow,
    state: ApplicationState,
    sentence: str,
    *,
    key: str,
    at: datetime,
    by: str = "leaseflow",
) -> None:
    """Bring an application into a state. ``key`` names the step: a repetition enters nothing.

    An application that has come to its end stays there.
    """
    if ApplicationState(row.state).is_final:
        return
    if _note(session, row.application_id, key, state, sentence, by=by, at=at):
        row.state, row.sentence, row.changed_at = state, sentence, at
        session.add(row)


def _note(
    session: Session, application_id: str, key: str, state: str, sentence: str, *, by: str, at: datetime
) -> bool:
    """Enter an event; False where it is entered already."""
    event = {
        "application_id": application_id,
        "key": f"{application_id}/{key}",
        "at": at,
        "by": by,
        "state": state,
        "sentence": sentence,
    }
    return session.connection().execute(_EVENT, event).first() is not None


def _row_values(entry: Entry) -> dict[str, Any]:
    form, lessee = entry.form, entry.form.lessee
    return {
        "product": form.product,
        "branch": form.branch,
        "region": form.region,
        "dealer": form.dealer,
        "lessee_name": lessee.name,
        "lessee_identifier": lessee.identifier,
        "title": entry.title,
        "price_minor": entry.terms.price.minor,
        "financed_minor": entry.terms.financed.minor,
        "currency": entry.terms.price.currency,
        "state": entry.state,
        "sentence": "",
        "version": entry.version,
        "changed_at": entry.at,
    }


def _parties(form: LeaseForm) -> list[dict[str, Any]]:
    return [
        {
            "application_id": form.application_id,
            "number": number,
            "role": party.role,
            "kind": party.kind,
            "name": party.name,
            "identifier": party.identifier,
        }
        for number, party in enumerate(form.parties)
    ]


def _assets(form: LeaseForm) -> list[dict[str, Any]]:
    return [
        {
            "application_id": form.application_id,
            "number": number,
            "kind": asset.kind,
            "identifier": asset.identifier,
            "description": asset.description,
            "price_minor": asset.price.minor,
        }
        for number, asset in enumerate(form.assets)
    ]


def financed(row: LeaseApplicationRow) -> Money:
    return Money(row.financed_minor, row.currency)
