"""Which of the papers that a product demands are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from models.lease.application.form import LeaseForm
from models.lease.application.messages import Completeness
from models.lease.documents.messages import DocumentKind
from models.lease.documents.reading import DocumentReading, DocumentState, Side
from models.lease.parties import Party
from models.parameters.lease import LeaseProduct, RequiredDocument


def completeness(
    product: LeaseProduct, form: LeaseForm, financed: Decimal, readings: Sequence[DocumentReading]
) -> Completeness:
    """What is missing, and what is still being read.

    A doubtful document is there (a person looks at it); one that cannot be read is not.

    Args:
        product: says what is demanded.
        form: whose parties bring it.
        financed: in yuan; small leases may need fewer papers.
        readings: every document of the application.
    """
    current = [each for each in readings if each.current]
    missing = [
        sentence
        for required in product.documents
        if financed > required.above or required.above == 0
        for sentence in _missing(required, form, current)
    ]
    unread = tuple(each.document_id for each in current if each.state is DocumentState.UNREAD)
    return Completeness(missing=tuple(missing), unread=unread)


def _missing(
    required: RequiredDocument, form: LeaseForm, current: Sequence[DocumentReading]
) -> Iterator[str]:
    there = [
        each for each in current if each.kind is required.kind and each.state is not DocumentState.UNREADABLE
    ]
    if not required.roles:
        if not there:
            yield required.kind.value
        return
    for party in form.parties:
        if party.role in required.roles and (required.of is None or party.kind is required.of):
            yield from _missing_of(required.kind, party, [e for e in there if e.of == party.identifier])


def _missing_of(kind: DocumentKind, party: Party, mine: Sequence[DocumentReading]) -> Iterator[str]:
    if not mine:
        yield f"{kind} of {party.name}"
        return
    if kind is DocumentKind.RESIDENT_ID and all(each.state is DocumentState.READ for each in mine):
        sides = {each.side for each in mine}
        if Side.BOTH not in sides:
            for side in (Side.FRONT, Side.BACK):
                if side not in sides:
                    yield f"{side} of {kind} of {party.name}"
