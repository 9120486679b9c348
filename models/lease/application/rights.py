"""Who may say what about an application."""

from __future__ import annotations

from models.lease.application.form import LeaseForm
from models.people import Actor, Role, WrongActorError


def require_capture(actor: Actor, form: LeaseForm) -> None:
    """Officers write down any application, a dealer's people those of their own dealer.

    Raises:
        WrongActorError: this one is not theirs to write.
    """
    actor.require(Role.OFFICER, Role.DEALER, to="capture lease applications")
    if Role.OFFICER in actor.roles:
        return
    if not actor.dealer or actor.dealer != form.dealer:
        raise WrongActorError(
            f"{actor.username} of dealer {actor.dealer or '(none)'} may not capture applications of dealer "
            f"{form.dealer or '(none)'}",
            remedy="Name your own dealer in the form",
        )


def speaks_for_applicant(actor: Actor, form: LeaseForm, captured_by: str) -> bool:
    """A dealer's people for that dealer's applications; else the officer who wrote it down."""
    if Role.DEALER in actor.roles and actor.dealer:
        return actor.dealer == form.dealer
    return Role.OFFICER in actor.roles and actor.username == captured_by


def require_applicants_side(actor: Actor, form: LeaseForm, captured_by: str, *, to: str) -> None:
    """Refuse whoever does not speak for the applicant.

    Raises:
        WrongActorError: neither of the dealer nor the officer who captured it.
    """
    if not speaks_for_applicant(actor, form, captured_by):
        side = f"dealer {form.dealer} or " if form.dealer else ""
        raise WrongActorError(
            f"{actor.username} may not {to}: it is the applicant's side that does",
            remedy=f"It takes {side}{captured_by}, who captured it",
        )


def require_withdrawal(actor: Actor, form: LeaseForm, captured_by: str) -> None:
    """The applicant's side takes an application back, or a manager of the house.

    Raises:
        WrongActorError: neither.
    """
    if Role.MANAGER not in actor.roles:
        require_applicants_side(actor, form, captured_by, to="withdraw this application")
