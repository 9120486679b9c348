"""Named facts that stop a change of parameters, or a command about one."""

from __future__ import annotations

from datetime import datetime

from models.calendar import SHANGHAI
from models.errors import InvalidInputError, RefusedByRuleError


class UnknownProposalError(InvalidInputError):
    """No proposal has this id."""

    def __init__(self, proposal_id: str) -> None:
        super().__init__(f"proposal {proposal_id!r} does not exist", remedy="See leaseflow params proposals")


class OpenProposalError(RefusedByRuleError):
    """Another change of the same set waits for its approval."""

    def __init__(self, set_name: str, proposal_id: str) -> None:
        super().__init__(
            f"{set_name} has an open proposal, {proposal_id}",
            remedy=f"Decide on it or withdraw it first: leaseflow params preview {proposal_id}",
        )


class StaleProposalError(RefusedByRuleError):
    """Another version came in since the proposal was written: it would undo what it never saw."""

    def __init__(self, set_name: str, base: int, newest: int) -> None:
        super().__init__(
            f"{set_name} was at version {base} when this was written and is at {newest} now",
            remedy=f"Look at leaseflow params diff {set_name} {base} {newest}, and propose it again",
        )


class NothingChangesError(RefusedByRuleError):
    """The proposed value is the one in force."""

    def __init__(self, set_name: str) -> None:
        super().__init__(
            f"the proposal changes nothing of {set_name}", remedy=f"See leaseflow params show {set_name}"
        )


class PastEffectiveDateError(RefusedByRuleError):
    """The change would reach back."""

    def __init__(self, set_name: str, effective_from: datetime, now: datetime) -> None:
        wanted, at = effective_from.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
        super().__init__(
            f"effective {wanted:%Y-%m-%d %H:%M} is before now ({at:%Y-%m-%d %H:%M}), "
            f"and {set_name} is not changed for the past",
            remedy="Give a later instant, or none to make it effective on approval",
        )


class NoApproverError(RefusedByRuleError):
    """Nobody but the proposer has a role that may approve."""

    def __init__(self, set_name: str, roles: str) -> None:
        super().__init__(
            f"nobody else may approve a change of {set_name}",
            remedy=f"It takes a second person with the role {roles}: leaseflow people import",
        )


class OwnProposalError(RefusedByRuleError):
    """Nobody approves what they proposed themselves."""

    def __init__(self, username: str, proposal_id: str) -> None:
        super().__init__(
            f"{username} proposed {proposal_id} and may not approve it", remedy="Somebody else must"
        )


class NotYourProposalError(RefusedByRuleError):
    """A proposal is withdrawn by who made it; anybody else rejects it."""

    def __init__(self, username: str, proposal_id: str, proposed_by: str) -> None:
        super().__init__(
            f"{proposal_id} was proposed by {proposed_by}, not by {username}",
            remedy=f"Reject it: leaseflow params reject {proposal_id}",
        )


class ProposalNotOpenError(RefusedByRuleError):
    """The command does not fit the state that the proposal is in."""

    def __init__(self, proposal_id: str, state: str, wanted: str) -> None:
        super().__init__(
            f"proposal {proposal_id} is {state} and cannot be {wanted}",
            remedy=f"See leaseflow params preview {proposal_id}",
        )
