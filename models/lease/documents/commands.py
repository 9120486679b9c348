"""Who may do what with documents."""

from __future__ import annotations

from models.errors import RefusedByRuleError
from models.people import Actor, Role, WrongActorError


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
