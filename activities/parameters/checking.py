"""Whether a proposed change may be put before somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from activities.lease.screening.previewing import refuse_uncompilable
from activities.store import parameters, people
from models.parameters.changes.differences import differences
from models.parameters.changes.errors import (
    NoApproverError,
    NothingChangesError,
    PastEffectiveDateError,
    StaleProposalError,
)
from models.parameters.changes.messages import Proposal
from models.parameters.registry import NothingInForceError, ParameterSet, Value, parameter_set
from models.parameters.screening import ScreeningParameters


def check(session: Session, proposal: Proposal, *, at: datetime) -> tuple[str, ...]:
    """Check a proposal by every rule but the one that a set has one open proposal, which `enter` keeps.

    Returns:
        User names of those who may approve it.

    Raises:
        UnknownParameterSetError: there is no such set.
        InvalidInputError: a value fails its check; names it.
        UncompilableTablesError: decision tables that cannot be run, or would approve the unknown.
        WrongActorError: the proposer may not change the set.
        PastEffectiveDateError: it would reach back, and the set does not allow that.
        StaleProposalError: another version came in since it was written.
        NothingChangesError: it changes nothing.
        NoApproverError: nobody else may approve it.
    """
    wanted = parameter_set(proposal.set_name)
    proposal.proposed_by.require(*wanted.editors, to=f"propose changes of {wanted.name}")
    value = wanted.checked(proposal.value)
    if isinstance(value, ScreeningParameters):
        refuse_uncompilable(value)
    effective = proposal.effective_from
    if effective is not None and effective < at and not wanted.back_dating:
        raise PastEffectiveDateError(wanted.name, effective, at)
    newest = parameters.newest_version(session, wanted)
    if newest != proposal.base_version:
        raise StaleProposalError(wanted.name, proposal.base_version, newest)
    if not differences(value_at(session, wanted, effective or at), value):
        raise NothingChangesError(wanted.name)
    return approvers(session, wanted, proposal.proposed_by.username)


def value_at(session: Session, wanted: ParameterSet[Value], at: datetime) -> Value | None:
    """What is in force at an instant; None where nothing is."""
    try:
        return parameters.in_force(session, wanted, at).value
    except NothingInForceError:
        return None


def approvers(session: Session, wanted: ParameterSet[Any], proposer: str) -> tuple[str, ...]:
    """User names of those who may approve what somebody proposed.

    Raises:
        NoApproverError: there is nobody.
    """
    names = {name for role in wanted.editors for name in people.usernames_with_role(session, role)}
    others = tuple(sorted(names - {proposer}))
    if not others:
        raise NoApproverError(wanted.name, " or ".join(role.value for role in wanted.editors))
    return others
