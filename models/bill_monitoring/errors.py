"""Named facts that stop bill monitoring, each with its remedy."""

from __future__ import annotations

from models.errors import InvalidInputError, LeaseflowError, RefusedByRuleError, ServiceUnreachableError


class BillMonitoringError(LeaseflowError):
    """Root of this process's facts."""


class ChallengeExpiredError(BillMonitoringError):
    """Nobody answered the exchange's question in time."""

    def __init__(self, kind: str, hours: int) -> None:
        super().__init__(
            f"nobody answered the exchange's {kind.replace('_', ' ')} within {hours} hours",
            remedy="Start the scan again when a person is at hand",
        )


class ExchangeDownError(BillMonitoringError, ServiceUnreachableError):
    """The exchange did not answer for longer than parameters allow."""

    def __init__(self, hours: int) -> None:
        super().__init__(
            f"the exchange has not answered for {hours} hours",
            remedy="Start the scan again later, or upload the list: leaseflow bills upload",
        )


class NoChallengeError(RefusedByRuleError):
    """An answer came, but nothing was asked."""

    def __init__(self) -> None:
        super().__init__("the exchange asks nothing of a person just now", remedy="Nothing needs to be done")


class UnknownReviewItemError(InvalidInputError):
    """No such item in this review."""

    def __init__(self, item_id: str) -> None:
        super().__init__(
            f"review item {item_id!r} is not part of this review", remedy="See leaseflow bills review list"
        )


class ReviewItemSettledError(RefusedByRuleError):
    """The item was decided already."""

    def __init__(self, item_id: str) -> None:
        super().__init__(
            f"review item {item_id!r} is settled already",
            remedy="See leaseflow bills review show for by whom",
        )


class IncompleteResolutionError(RefusedByRuleError):
    """The decision lacks what it needs."""


class UnknownFindingError(InvalidInputError):
    """No such finding in this warning."""

    def __init__(self, finding_id: str) -> None:
        super().__init__(
            f"finding {finding_id!r} is not part of this warning", remedy="See leaseflow bills findings"
        )


class FindingAcknowledgedError(RefusedByRuleError):
    """The finding was acknowledged already."""

    def __init__(self, finding_id: str) -> None:
        super().__init__(f"finding {finding_id!r} is acknowledged already", remedy="Nothing needs to be done")


class UnknownListDateError(RefusedByRuleError):
    """The exchange has published no list of that date."""
