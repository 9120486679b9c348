"""Named facts that stop a command to an approval."""

from __future__ import annotations

from datetime import datetime

from models.calendar import SHANGHAI
from models.errors import InvalidInputError, RefusedByRuleError
from models.people import WrongActorError


class UnknownApprovalError(InvalidInputError):
    """No approval has this id."""

    def __init__(self, approval_id: str) -> None:
        super().__init__(f"approval {approval_id!r} does not exist", remedy="See leaseflow approvals inbox")


class UnknownPolicyError(InvalidInputError):
    """The parameters hold no policy of this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"policy {name!r} does not exist in approval-policies", remedy=f"Use one of {', '.join(known)}"
        )


class NoRouteError(RefusedByRuleError):
    """A policy says nothing about such a subject."""

    def __init__(self, policy: str, subject: str) -> None:
        super().__init__(
            f"no route of policy {policy} is for {subject}",
            remedy=f"Add one: leaseflow params propose approval-policies policies.{policy}.routes=...",
        )


class ApprovalExistsError(RefusedByRuleError):
    """The same approval id was used for another request."""

    def __init__(self, approval_id: str) -> None:
        super().__init__(
            f"approval {approval_id} exists with another request",
            remedy="Another request is another round with an id of its own",
        )


class ApprovalNotOpenError(RefusedByRuleError):
    """It has come to its end."""

    def __init__(self, approval_id: str, state: str, wanted: str) -> None:
        super().__init__(
            f"approval {approval_id} is {state} and cannot be {wanted}",
            remedy=f"See leaseflow approvals history {approval_id}",
        )


class OwnMatterError(RefusedByRuleError):
    """Four eyes: nobody decides what they asked for or take part in."""

    def __init__(self, username: str, approval_id: str, part: str) -> None:
        super().__init__(
            f"{username} {part} {approval_id} and may not decide it (four eyes)", remedy="Somebody else must"
        )


class DecidedAlreadyError(RefusedByRuleError):
    """Four eyes: nobody decides twice."""

    def __init__(self, username: str, decided: str, asked: str) -> None:
        super().__init__(
            f"{username} decided step {decided} of this round and may not decide {asked} (four eyes)",
            remedy="Somebody else must",
        )


class NotInPoolError(WrongActorError):
    """The step is for other people."""

    def __init__(self, username: str, step: str, whom: str) -> None:
        super().__init__(f"{username} may not decide step {step}", remedy=f"It is for {whom}")


class HeldByAnotherError(RefusedByRuleError):
    """Somebody else has locked it."""

    def __init__(self, approval_id: str, holder: str, until: datetime) -> None:
        local = f"{until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        super().__init__(
            f"{holder} holds {approval_id} until {local}",
            remedy=f"Wait, or have {holder} or a manager unlock or reassign it",
        )


class NotHeldError(RefusedByRuleError):
    """There is no lock to give back."""

    def __init__(self, approval_id: str) -> None:
        super().__init__(f"nobody holds {approval_id}", remedy="Nothing needs unlocking")


class UnknownTermError(InvalidInputError):
    """A condition names a term that is not negotiable."""

    def __init__(self, term: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"condition {term!r} names no negotiable term",
            remedy=f"Use one of {', '.join(known)}" if known else "Nothing is negotiable here",
        )


class UnfitConditionError(RefusedByRuleError):
    """The value of a condition is not of its term's kind, or beyond the product's bounds."""

    def __init__(self, term: str, value: str, fault: str) -> None:
        super().__init__(f"condition {term} = {value!r} {fault}", remedy="Give a value that fits the term")


class BeyondAuthorityError(RefusedByRuleError):
    """Nobody that the route asks may agree to such an amount."""

    def __init__(self, amount: str, who: str, limit: str) -> None:
        super().__init__(
            f"{amount} is over the limit: {who} decides up to {limit}",
            remedy="Lower the amount, reject it, or return it for a new application",
        )


class UnknownStepError(InvalidInputError):
    """It cannot be returned there."""

    def __init__(self, to: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"step {to!r} cannot be returned to",
            remedy=f"Use one of {', '.join(known)}" if known else "Reject it, or approve it on conditions",
        )


class BatchLimitError(RefusedByRuleError):
    """Too large to be decided among many."""

    def __init__(self, approval_id: str, amount: str, limit: str) -> None:
        super().__init__(
            f"{approval_id}: {amount} is over batch_limit {limit} of approval-policies",
            remedy="Decide it by itself",
        )


class AbsenceRefusedError(RefusedByRuleError):
    """An absence that cannot be entered as wished."""


class UnknownAbsenceError(InvalidInputError):
    """No absence has this number."""

    def __init__(self, absence_id: int) -> None:
        super().__init__(f"absence {absence_id} does not exist", remedy="See leaseflow approvals absences")
