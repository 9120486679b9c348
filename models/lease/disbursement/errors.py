"""Named facts that stop a disbursement or a command about one."""

from __future__ import annotations

from datetime import datetime

from models.calendar import SHANGHAI
from models.errors import InvalidInputError, RefusedByRuleError


class UnknownDisbursementError(InvalidInputError):
    """No disbursement has this id."""

    def __init__(self, disbursement_id: str) -> None:
        super().__init__(
            f"disbursement {disbursement_id!r} does not exist", remedy="See leaseflow disbursements list"
        )


class DisbursementExistsError(RefusedByRuleError):
    """The same id was ordered with another content."""

    def __init__(self, disbursement_id: str, differs: str) -> None:
        super().__init__(
            f"disbursement {disbursement_id} exists with another {differs}",
            remedy="Another pay-out of the contract takes the next part: CONTRACT-D2",
        )


class InvalidDisbursementError(InvalidInputError):
    """An order that no payment can come of."""


class DisbursementNotOpenError(RefusedByRuleError):
    """The command does not fit the state that the disbursement is in."""

    def __init__(self, disbursement_id: str, state: str, wanted: str) -> None:
        super().__init__(
            f"disbursement {disbursement_id} is {state} and cannot be {wanted}",
            remedy=f"See leaseflow disbursements show {disbursement_id}",
        )


class MoneyMayBeOutError(RefusedByRuleError):
    """A payment of it moved money, or may still."""

    def __init__(self, disbursement_id: str, payments: str) -> None:
        super().__init__(
            f"{payments}: disbursement {disbursement_id} cannot be cancelled",
            remedy="Order it anew: a payment that broke goes on under its own id, and tells how it ended",
        )


class NotCancelledError(RefusedByRuleError):
    """The books refused a cancellation; the disbursement stands as it did."""

    def __init__(self, disbursement_id: str, reason: str) -> None:
        super().__init__(
            f"disbursement {disbursement_id} was not cancelled: {reason}",
            remedy="Mend what the books name, and cancel it again",
        )


class LockedByAnotherError(RefusedByRuleError):
    """Somebody else is reviewing it."""

    def __init__(self, disbursement_id: str, holder: str, until: datetime) -> None:
        super().__init__(
            f"disbursement {disbursement_id} is locked by {holder} until {_clock(until)}",
            remedy="Wait, or have a manager unlock it",
        )


class LockExpiredError(RefusedByRuleError):
    """The reviewer's own lock ran out: what was looked at may have changed since."""

    def __init__(self, disbursement_id: str, until: datetime) -> None:
        super().__init__(
            f"your lock of disbursement {disbursement_id} expired at {_clock(until)}",
            remedy=f"Lock it again and look once more: leaseflow disbursements lock {disbursement_id}",
        )


class NotLockedError(RefusedByRuleError):
    """There is no lock to give back."""

    def __init__(self, disbursement_id: str) -> None:
        super().__init__(f"disbursement {disbursement_id} is not locked", remedy="Nothing is to be done")


class OwnDisbursementError(RefusedByRuleError):
    """Nobody lets money go that they ordered, captured or corrected themselves."""

    def __init__(self, disbursement_id: str, username: str) -> None:
        super().__init__(
            f"{username} ordered, captured or corrected {disbursement_id} and may not review it",
            remedy="Another reviewer must",
        )


class StoppedError(RefusedByRuleError):
    """Fraud feedback holds it."""

    def __init__(self, disbursement_id: str, by: str, reason: str) -> None:
        super().__init__(
            f"disbursement {disbursement_id} is stopped by {by}: {reason}",
            remedy="Only the risk desk lets it go on: leaseflow disbursements clear",
        )


class AlreadyStoppedError(RefusedByRuleError):
    """Fraud feedback of the same source and reason is known."""

    def __init__(self, disbursement_id: str, by: str) -> None:
        super().__init__(
            f"disbursement {disbursement_id} is stopped by {by} already", remedy="Nothing more is to be done"
        )


class AnotherPayeeError(RefusedByRuleError):
    """A corrected account belongs to somebody whom the contract does not pay."""

    def __init__(self, name: str, payee: str) -> None:
        super().__init__(
            f"account owner {name!r} is not the contract's payee {payee!r}",
            remedy="Another payee takes an amendment of the contract; correct number and bank only",
        )


def _clock(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%H:%M}"
