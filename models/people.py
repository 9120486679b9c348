"""Who does things: the people of the house and the actor that every command carries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.errors import RefusedByRuleError


class Role(StrEnum):
    """What a person may do."""

    OFFICER = "officer"
    """Account officer: answers for customers, acknowledges warnings."""
    RISK = "risk"
    """Risk desk: runs scans, settles review items, changes parameters."""
    MANAGER = "manager"
    """Head of officers: receives what is escalated."""
    OPERATOR = "operator"
    """Keeps the robot running: supplies captchas and codes, uploads files."""
    CASHIER = "cashier"
    """Orders payments, takes receipts, runs the terminals."""
    TREASURER = "treasurer"
    """Releases payments and batches, settles what banks contradict, answers for bank profiles."""
    ACCOUNTANT = "accountant"
    """Keeps the ledger: manual vouchers, months, voucher templates."""
    DIRECTOR = "director"
    """Decides what is beyond a manager's authority."""
    DISBURSER = "disburser"
    """Disbursement desk: reviews what a contract must show before money goes."""
    DEALER = "dealer"
    """A dealer's salesperson: speaks for the applicant's side of the dealer's own applications."""
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who gave a command, as established by whoever let them in.

    Workflows trust an actor as it is: the directory of ``--as NAME`` issues it today, a verified
    sign-on token can issue it tomorrow. ``authenticated_by`` says which.
    """

    username: str
    roles: tuple[Role, ...]
    branch: str = ""
    authenticated_by: str = "directory"
    dealer: str = ""
    """Code of the dealer for whom a salesperson speaks."""

    def require(self, *roles: Role, to: str) -> None:
        """Refuse unless the actor has one of the roles.

        Raises:
            WrongActorError: none of the roles is theirs.
        """
        if not set(roles) & set(self.roles):
            needed = " or ".join(role.value for role in roles)
            raise WrongActorError(f"{self.username} may not {to}", remedy=f"It takes the role {needed}")


SYSTEM = Actor(username="leaseflow", roles=(Role.SYSTEM,), authenticated_by="engine")
"""The engine itself, for what no person asked for."""


class WrongActorError(RefusedByRuleError):
    """The person lacks the role or the responsibility that the command takes."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person of the directory."""

    username: str
    full_name: str
    roles: tuple[Role, ...]
    branch: str
    email: str
    manager: str | None = None
    """User name of the person to whom unanswered matters go."""
    dealer: str = ""
    """Code of the dealer that employs a salesperson."""

    def actor(self) -> Actor:
        return Actor(username=self.username, roles=self.roles, branch=self.branch, dealer=self.dealer)
