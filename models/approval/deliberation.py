"""One approval as it stands, and what each decision makes of it. Nothing here changes in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from models.approval.books import StepToOpen
from models.approval.errors import BeyondAuthorityError, UnknownStepError
from models.approval.messages import ApprovalRequest, ApprovalState, Condition, Decided
from models.approval.routing import is_final
from models.approval.terms import authority_amount, check_conditions, merged
from models.parameters.approval import ApprovalRoute, ApprovalStep

APPROVE: Final = "approve"
REJECT: Final = "reject"
RETURN: Final = "return"
WITHDRAW: Final = "withdraw"


@dataclass(frozen=True)
class Word:
    """What a person says about the step that is asked."""

    username: str
    on_behalf_of: str
    at: datetime
    reason: str = ""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Deliberation:
    """Which step is asked, who agreed, and how it ended."""

    request: ApprovalRequest
    route: ApprovalRoute
    position: int = 0
    """Of the step that is asked, in the route."""
    visit: int = 1
    """Counts the tasks, from 1; a step that is returned to is asked anew."""
    decided: tuple[Decided, ...] = ()
    """All decisions of the round, in order."""
    agreed: tuple[Decided, ...] = ()
    """Those of them that are a yes which still stands."""
    state: ApprovalState = ApprovalState.WAITING
    returned_to: str = ""
    reason: str = ""

    @property
    def step(self) -> ApprovalStep:
        return self.route.steps[self.position]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What the standing decisions' conditions come to."""
        return merged(self.request, [each for yes in self.agreed for each in yes.conditions])

    @property
    def own(self) -> tuple[str, ...]:
        """Whose own matter it is."""
        return (self.request.requested_by.username, *self.request.involved)

    @property
    def bound(self) -> dict[str, str]:
        """Which step a person has decided in this round: they may decide no other."""
        found: dict[str, str] = {}
        for each in self.decided:
            for name in filter(None, (each.username, each.on_behalf_of)):
                found.setdefault(name, each.step)
        return found

    @property
    def agreed_here(self) -> tuple[str, ...]:
        """Who said yes on the step that is asked: of several people, nobody counts twice."""
        here = [each for each in self.agreed if each.step == self.step.name]
        return tuple(name for each in here for name in (each.username, each.on_behalf_of) if name)

    @property
    def excluded(self) -> tuple[str, ...]:
        """Everybody who may not decide the step that is asked, because of four eyes."""
        elsewhere = [name for name, step in self.bound.items() if step != self.step.name]
        return tuple(dict.fromkeys((*self.own, *elsewhere, *self.agreed_here)))

    @property
    def to_open(self) -> StepToOpen:
        return StepToOpen(self.visit, self.step.name, self.excluded)

    @property
    def places_to_return_to(self) -> tuple[str, ...]:
        earlier = [step.name for step in self.route.steps[: self.position]]
        return (*earlier, *(name for name in self.request.return_to if name not in earlier))

    def approve(self, word: Word) -> Deliberation:
        """Say yes: the step asks another person, passes on to the next step, or has the last word.

        Raises:
            UnknownTermError: a condition names no negotiable term.
            UnfitConditionError: its value does not fit the term.
            BeyondAuthorityError: a condition raises the amount over everybody's authority, or over what the
                route is for.
        """
        check_conditions(self.request, word.conditions)
        yes = self._decision(APPROVE, word)
        after = replace(self, decided=(*self.decided, yes), agreed=(*self.agreed, yes))
        amount = authority_amount(self.request, after.conditions)
        last, most = self.route.steps[-1], self.route.up_to
        if not is_final(last, amount):
            raise BeyondAuthorityError(
                f"{amount:.2f}", f"the last step of route {self.route.name!r}", str(last.final_up_to)
            )
        if most is not None and amount > most:  # applied for so much, others would have been asked
            raise BeyondAuthorityError(f"{amount:.2f}", f"route {self.route.name!r}", str(most))
        if sum(each.step == self.step.name for each in after.agreed) < self.step.people:
            return after
        if is_final(self.step, amount):
            return replace(after, state=ApprovalState.APPROVED, reason=word.reason)
        return replace(after, position=self.position + 1, visit=self.visit + 1)

    def reject(self, word: Word) -> Deliberation:
        """Say no, for good."""
        return self._ended(ApprovalState.REJECTED, REJECT, word)

    def send_back(self, word: Word, to: str) -> Deliberation:
        """Return for rework: to an earlier step, whose word and all later ones are void, or out of here.

        Raises:
            UnknownStepError: there is no such place before this step.
        """
        if to not in self.places_to_return_to:
            raise UnknownStepError(to, self.places_to_return_to)
        names = [step.name for step in self.route.steps]
        if to not in names[: self.position]:
            return replace(self._ended(ApprovalState.RETURNED, RETURN, word), returned_to=to)
        position = names.index(to)
        return replace(
            self,
            position=position,
            visit=self.visit + 1,
            decided=(*self.decided, self._decision(RETURN, word)),
            agreed=_of_steps(self.agreed, names[:position]),
        )

    def withdraw(self, reason: str) -> Deliberation:
        """The side that asked takes it back."""
        return replace(self, state=ApprovalState.WITHDRAWN, reason=reason)

    def _ended(self, state: ApprovalState, decision: str, word: Word) -> Deliberation:
        decided = (*self.decided, self._decision(decision, word))
        return replace(self, state=state, decided=decided, reason=word.reason)

    def _decision(self, decision: str, word: Word) -> Decided:
        return Decided(
            step=self.step.name,
            username=word.username,
            decision=decision,
            at=word.at,
            reason=word.reason,
            on_behalf_of=word.on_behalf_of,
            conditions=word.conditions,
        )


def _of_steps(agreed: Sequence[Decided], steps: Sequence[str]) -> tuple[Decided, ...]:
    return tuple(each for each in agreed if each.step in steps)
