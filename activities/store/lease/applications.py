"""Applications in the database: rows, and the forms that they are made of."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session

from activities.store import documents
from activities.store.tables.lease import LeaseApplicationRow, LeaseFormRow
from models.errors import InvalidInputError
from models.lease.agreed import AgreedTerms
from models.lease.application.form import LeaseForm

_FORM = TypeAdapter(LeaseForm)
_TERMS = TypeAdapter(AgreedTerms)


class UnknownApplicationError(InvalidInputError):
    """No application has this id."""

    def __init__(self, application_id: str) -> None:
        super().__init__(
            f"lease application {application_id!r} does not exist",
            remedy="See leaseflow lease list for the ids",
        )


def application(session: Session, application_id: str) -> LeaseApplicationRow:
    """An application as it stands.

    Raises:
        UnknownApplicationError: there is none of this id.
    """
    row = session.get(LeaseApplicationRow, application_id)
    if row is None:
        raise UnknownApplicationError(application_id)
    return row


def form_of(session: Session, application_id: str, version: int | None = None) -> LeaseForm:
    """The form of an application, the version in force unless another is named.

    Raises:
        UnknownApplicationError: there is none of this id and version.
    """
    number = version or application(session, application_id).version
    row = session.get(LeaseFormRow, (application_id, number))
    if row is None:
        raise UnknownApplicationError(f"{application_id} version {number}")
    return _FORM.validate_python(row.form)


def form_as_data(form: LeaseForm) -> dict[str, Any]:
    """A form as plain data, for the database and for hashes."""
    data: dict[str, Any] = _FORM.dump_python(form, mode="json")
    return data


def keep_terms(session: Session, terms: AgreedTerms) -> str:
    """Keep agreed terms as a document; gives their SHA-256."""
    return documents.keep(session, _TERMS.dump_json(terms), media_type="application/json")


def terms_of(session: Session, sha256: str) -> AgreedTerms:
    """Agreed terms by their hash.

    Raises:
        InvalidInputError: no such document is kept.
    """
    return _TERMS.validate_json(documents.fetch(session, sha256).content)
