"""Who may do what with documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from models.errors import InvalidInputError, RefusedByRuleError
from models.lease.documents.reading import FieldName
from models.people import Actor, Role, WrongActorError

_DAYS: Final = frozenset(
    {
        FieldName.ESTABLISHED,
        FieldName.BIRTH,
        FieldName.VALID_FROM,
        FieldName.VALID_UNTIL,
        FieldName.INVOICE_DATE,
        FieldName.PERIOD_START,
        FieldName.PERIOD_END,
    }
)
_AMOUNTS: Final = frozenset({FieldName.NET_AMOUNT, FieldName.TAX, FieldName.TOTAL})
_FOR_GOOD: Final = "long-term"


class OwnDocumentError(RefusedByRuleError):
    """Who brought a document does not judge it."""


def may_add(actor: Actor, dealer: str) -> None:
    """People of the house add to any application, a salesperson to those of their dealer.

    Raises:
        WrongActorError: neither.
    """
    actor.require(Role.OFFICER, Role.RISK, Role.MANAGER, Role.OPERATOR, Role.DEALER, to="add documents")
    if set(actor.roles) == {Role.DEALER} and actor.dealer != dealer:
        raise WrongActorError(
            f"{actor.username} of dealer {actor.dealer or 'none'} may not add documents here",
            remedy="Only the dealer of the application, or the house, may",
        )


def may_judge(actor: Actor, added_by: str) -> None:
    """Confirming, correcting and settling take a person of the house other than who brought it.

    Raises:
        WrongActorError: the role is missing.
        OwnDocumentError: it is their own.
    """
    actor.require(Role.OFFICER, Role.RISK, Role.MANAGER, to="judge documents")
    if actor.username == added_by:
        raise OwnDocumentError(
            f"{actor.username} added this document", remedy="Somebody else has to look at it"
        )


def require_statable(field: FieldName, value: str) -> None:
    """What a person states of a field is compared with the form: days and amounts must be some.

    Args:
        field: that is confirmed or corrected.
        value: that it should have; empty where it stands as it was read.

    Raises:
        InvalidInputError: no day or amount can be read from it.
    """
    if not value or (field is FieldName.VALID_UNTIL and value == _FOR_GOOD):
        return
    try:
        if field in _DAYS:
            date.fromisoformat(value)
        if field in _AMOUNTS:
            Decimal(value).quantize(Decimal("0.01"))
    except (ValueError, InvalidOperation):
        like = "2026-11-22" if field in _DAYS else "1234.50"
        raise InvalidInputError(f"{field} cannot be {value!r}", remedy=f"Write it like {like}") from None
