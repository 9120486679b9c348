"""Dealers as pre-approval knows them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.errors import InvalidInputError
from models.identifiers import is_valid_uscc
from models.lease.screening.judging import GRADES
from models.money import Money


class DealerStatus(StrEnum):
    """Whether a dealer may bring applications."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    """For now: applications are refused, running ones stop before the next binding step."""
    EXITED = "exited"


class UnknownDealerError(InvalidInputError):
    """No dealer has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"dealer {code!r} does not exist", remedy="See leaseflow dealers list for the codes")


@dataclass(frozen=True)
class Dealer:
    """A dealer's record. ``limit`` is what may be outstanding of applications that came through it."""

    code: str
    name: str
    identifier: str
    rating: str
    limit: Money
    status: DealerStatus = DealerStatus.ACTIVE

    def checked(self) -> Dealer:
        """The same, if its statements can be.

        Raises:
            InvalidInputError: one cannot; names it.
        """
        for field in ("code", "name"):
            if not getattr(self, field).strip():
                raise InvalidInputError(f"{field} of the dealer is empty", remedy="Nothing was entered")
        if not is_valid_uscc(self.identifier):
            raise InvalidInputError(
                f"identifier {self.identifier!r} of dealer {self.code} is no unified social credit code",
                remedy="Check its 18 characters; nothing was entered",
            )
        if self.rating not in GRADES:
            raise InvalidInputError(
                f"rating {self.rating!r} of dealer {self.code} is not known",
                remedy=f"Use one of {', '.join(GRADES)}; nothing was entered",
            )
        if self.limit.minor < 0:
            raise InvalidInputError(
                f"limit {self.limit} of dealer {self.code} is negative", remedy="Use 0 to let nothing through"
            )
        return self
