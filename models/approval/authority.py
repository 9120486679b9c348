"""By whose authority a person decides: their own, or that of somebody absent whose deputy they are."""

from __future__ import annotations

from datetime import date

from models.approval.books import Standing
from models.approval.deliberation import Deliberation
from models.approval.errors import DecidedAlreadyError, NotInPoolError, OwnMatterError
from models.parameters.approval import Scope
from models.people import Actor, Role, WrongActorError


def acting_for(actor: Actor, matter: Deliberation, standing: Standing, today: date) -> str:
    """In whose name the actor decides the step that is asked; empty for their own.

    Raises:
        WrongActorError: dealers' people never decide, nor does the engine.
        OwnMatterError: it is their own matter.
        DecidedAlreadyError: they decided another step of this round, or this one.
        NotInPoolError: the step is for others.
    """
    if {Role.DEALER, Role.SYSTEM} & set(actor.roles):
        raise WrongActorError(
            f"{actor.username} may not decide approvals", remedy="Only the house's own people do"
        )
    _check_four_eyes(actor.username, matter)
    if _in_own_right(actor, matter, standing):
        return ""
    for deputy in standing.deputies:
        if deputy.username == actor.username and today <= deputy.until:
            return deputy.absent
    raise NotInPoolError(actor.username, matter.step.name, _whom(matter, standing))


def manages(actor: Actor, matter: Deliberation) -> bool:
    """Whether the actor may take the step out of somebody's hands: a manager, or of a later step's role."""
    if Role.DEALER in actor.roles:
        return False
    later = {step.role for step in matter.route.steps[matter.position + 1 :]}
    return bool({Role.MANAGER, Role.DIRECTOR, Role.SYSTEM, *later} & set(actor.roles))


def may_withdraw(actor: Actor, matter: Deliberation) -> bool:
    """Whether the actor speaks for the side that asked."""
    asked = matter.request.requested_by
    same_dealer = bool(asked.dealer) and actor.dealer == asked.dealer
    return actor.username in matter.own or same_dealer or Role.SYSTEM in actor.roles


def _check_four_eyes(username: str, matter: Deliberation) -> None:
    request = matter.request
    if username == request.requested_by.username:
        raise OwnMatterError(username, request.approval_id, "asked for")
    if username in request.involved:
        raise OwnMatterError(username, request.approval_id, "takes part in")
    if username in matter.excluded:
        raise DecidedAlreadyError(username, matter.bound[username], matter.step.name)


def _in_own_right(actor: Actor, matter: Deliberation, standing: Standing) -> bool:
    if actor.username in standing.widened:
        return True
    step = matter.step
    near = step.scope is Scope.HOUSE or standing.whole_house or actor.branch == matter.request.branch
    return step.role in actor.roles and near


def _whom(matter: Deliberation, standing: Standing) -> str:
    """``the role officer of Suzhou (wang.fang)``."""
    step = matter.step
    near = step.scope is Scope.BRANCH and not standing.whole_house and matter.request.branch
    branch = f" of {near}" if near else ""
    people = f" ({', '.join(standing.everyone)})" if standing.everyone else ""
    return f"the role {step.role.value}{branch}{people}"
