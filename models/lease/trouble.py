"""The command by which people have a step done again that failed for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from models.errors import RefusedByRuleError
from models.people import Actor, Role

_MAY_RETRY: Final = (Role.OFFICER, Role.MANAGER, Role.DIRECTOR, Role.RISK, Role.SYSTEM)


@dataclass(frozen=True)
class RetryStep:
    """What stood in the way is mended: do the step again."""

    actor: Actor
    reason: str

    def require_right(self) -> None:
        """Refuse who is not of the house.

        Raises:
            WrongActorError: the actor has none of the roles.
        """
        self.actor.require(*_MAY_RETRY, to="have a step done again")


class NothingToRetryError(RefusedByRuleError):
    """No step waits to be done again."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"{subject} waits for nothing to be done again")


class StepFailedError(RefusedByRuleError):
    """What somebody said was heard; what follows from it waits for a person of the house."""

    def __init__(self, subject: str, sentence: str) -> None:
        super().__init__(
            f"{subject}: {sentence}",
            remedy="It is kept, and goes on as soon as the house has mended what stands in the way",
        )
