"""Named facts that stop an application or a command about one."""

from __future__ import annotations

from models.errors import InvalidInputError, RefusedByRuleError
from models.lease.application.messages import Fault


class UnknownApplicationError(InvalidInputError):
    """No application has this id."""

    def __init__(self, application_id: str) -> None:
        super().__init__(
            f"lease application {application_id!r} does not exist",
            remedy="See leaseflow lease list for the ids",
        )


class UnknownProductError(InvalidInputError):
    """No lease product has this name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"product {name!r} is not known", remedy=f"Use one of {', '.join(known)}")


class ApplicationExistsError(RefusedByRuleError):
    """The same application id was used for another form."""

    def __init__(self, application_id: str) -> None:
        super().__init__(
            f"lease application {application_id} exists with another form",
            remedy=f"Use another id, or leaseflow lease revise {application_id} while it is a draft",
        )


class FaultyFormError(RefusedByRuleError):
    """The form cannot stand as it is; nothing was entered."""

    def __init__(self, application_id: str, faults: tuple[Fault, ...]) -> None:
        told = "; ".join(f"{fault.field} = {fault.value}: {fault.sentence}" for fault in faults)
        super().__init__(f"lease application {application_id}: {told}", remedy="Nothing was entered")
        self.faults = faults


class ApplicationNotOpenError(RefusedByRuleError):
    """The command does not fit the state that the application is in."""

    def __init__(self, application_id: str, state: str, wanted: str) -> None:
        super().__init__(
            f"lease application {application_id} is {state} and cannot be {wanted}",
            remedy=f"See leaseflow lease show {application_id}",
        )


class IncompleteApplicationError(RefusedByRuleError):
    """Papers are missing."""

    def __init__(self, application_id: str, missing: tuple[str, ...]) -> None:
        super().__init__(
            f"lease application {application_id} lacks {'; '.join(missing)}",
            remedy=f"Add them with leaseflow lease documents add {application_id}",
        )


class OtherOfferError(RefusedByRuleError):
    """Another offer stands than the one that was read."""

    def __init__(self, application_id: str) -> None:
        super().__init__(
            f"the offer of {application_id} is another one than you read",
            remedy=f"Read it again: leaseflow lease offer {application_id}",
        )
