"""The step that is asked, as it lies on the desk: what people may do with it, and what that makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from models.approval.authority import acting_for, manages, may_withdraw
from models.approval.books import Standing
from models.approval.commands import (
    Approve,
    Comment,
    Lock,
    Reassign,
    Reject,
    Return,
    Tag,
    Unlock,
    Withdraw,
)
from models.approval.deliberation import APPROVE, REJECT, RETURN, WITHDRAW, Deliberation, Word
from models.approval.errors import (
    ApprovalNotOpenError,
    HeldByAnotherError,
    NotHeldError,
    NotInPoolError,
    OwnMatterError,
)
from models.approval.messages import Condition
from models.calendar import SHANGHAI, business_date
from models.errors import InvalidInputError
from models.people import Actor, Role, WrongActorError

_TAG: Final = re.compile(r"-?\w[\w.-]{0,29}")
_MOST_TAGS: Final = 20
_LONGEST_TEXT: Final = 2_000

Decision = Approve | Reject | Return | Withdraw
Handling = Lock | Unlock | Reassign | Tag | Comment


@dataclass(frozen=True)
class Judged:
    """What a decision comes to."""

    decision: str
    word: Word
    after: Deliberation


@dataclass(frozen=True)
class Handled:
    """The desk after a command that decides nothing, and what people are told of it."""

    desk: Desk
    what: str
    sentence: str


@dataclass(frozen=True)
class Desk:
    """Commands answer a new desk, or raise the rule that refuses them; nothing changes in place."""

    matter: Deliberation
    standing: Standing
    locked_by: str = ""
    lock_until: datetime | None = None
    tags: tuple[str, ...] = ()

    def holder(self, now: datetime) -> str:
        """Who holds it; empty when nobody does or the lock has expired."""
        return self.locked_by if self.lock_until is not None and now < self.lock_until else ""

    def free(self) -> Desk:
        return replace(self, locked_by="", lock_until=None)

    # ------------------------------------------------------------ deciding

    def decide(self, command: Decision, now: datetime) -> Judged:
        """What a decision would come to.

        Raises:
            LeaseflowError: the rule that refuses it, by its own name.
        """
        match command:
            case Approve():
                word = self._word(command.actor, now, command.reason, command.conditions)
                return Judged(APPROVE, word, self.matter.approve(word))
            case Reject():
                word = self._word(command.actor, now, _said(command.reason))
                return Judged(REJECT, word, self.matter.reject(word))
            case Return():
                word = self._word(command.actor, now, _said(command.reason))
                return Judged(RETURN, word, self.matter.send_back(word, command.to))
            case Withdraw():
                word = self._withdrawal(command, now)
                return Judged(WITHDRAW, word, self.matter.withdraw(word.reason))

    def handle(self, command: Handling, now: datetime) -> Handled:
        """What a command that decides nothing would come to.

        Raises:
            LeaseflowError: the rule that refuses it, by its own name.
        """
        match command:
            case Lock():
                desk = self._lock(command, now)
                return Handled(desk, "locked", f"until {_local(desk.lock_until)}")
            case Unlock():
                return Handled(self._unlock(command, now), "unlocked", command.reason)
            case Reassign():
                sentence = f"to {command.to}: {command.reason}"
                return Handled(self._reassign(command, now), "reassigned", sentence)
            case Tag():
                return Handled(self._tag(command), "tagged", ", ".join(command.tags))
            case Comment():
                self._comment(command)
                return Handled(self, "commented", command.text)

    def _withdrawal(self, command: Withdraw, now: datetime) -> Word:
        self._open("withdrawn")
        if not may_withdraw(command.actor, self.matter):
            asked = self.matter.request.requested_by.username
            raise WrongActorError(
                f"{command.actor.username} may not withdraw {self.matter.request.approval_id}",
                remedy=f"It is for {asked} or the applicant's side",
            )
        return Word(command.actor.username, "", now, _said(command.reason))

    # ------------------------------------------------------------ handling

    def _lock(self, command: Lock, now: datetime) -> Desk:
        """Take it, or hold it for longer."""
        self._may_decide(command.actor, now, "locked")
        until = now + timedelta(minutes=self.matter.step.lock_minutes)
        return replace(self, locked_by=command.actor.username, lock_until=until)

    def _unlock(self, command: Unlock, now: datetime) -> Desk:
        """Give it back; a manager may do so for somebody else."""
        self._open("unlocked")
        holder = self.holder(now)
        if not holder:
            raise NotHeldError(self.matter.request.approval_id)
        if command.actor.username != holder and not self._manages(command.actor):
            raise WrongActorError(
                f"{command.actor.username} may not unlock what {holder} holds",
                remedy=f"It takes {holder} or a manager",
            )
        return self.free()

    def _reassign(self, command: Reassign, now: datetime) -> Desk:
        """Give it to a named person of the pool."""
        self._open("reassigned")
        _said(command.reason)
        actor = command.actor.username
        whose = self.holder(now) or self.standing.assigned_to
        if actor != whose and not self._manages(command.actor):
            raise WrongActorError(
                f"{actor} may not reassign {self.matter.request.approval_id}",
                remedy=f"It takes {whose or 'somebody of the pool'} or a manager",
            )
        if command.to not in self.standing.everyone:
            pool = ", ".join(self.standing.everyone) or "nobody at present"
            raise NotInPoolError(command.to, self.matter.step.name, pool)
        return replace(self.free(), standing=replace(self.standing, assigned_to=command.to))

    def _tag(self, command: Tag) -> Desk:
        """Put labels on, or take them off."""
        self._open("tagged")
        _of_the_house(command.actor, "tag approvals")
        tags = list(self.tags)
        for tag in command.tags:
            if not _TAG.fullmatch(tag):
                raise InvalidInputError(
                    f"tag {tag!r} is not a label", remedy="Use up to 30 letters, digits, dots and hyphens"
                )
            if tag.startswith("-"):
                tags = [each for each in tags if each != tag[1:]]
            elif tag not in tags:
                tags.append(tag)
        if len(tags) > _MOST_TAGS:
            raise InvalidInputError(f"{len(tags)} tags are too many", remedy=f"Keep to {_MOST_TAGS}")
        return replace(self, tags=tuple(tags))

    def _comment(self, command: Comment) -> None:
        """Refuse a comment that cannot be kept."""
        self._open("commented")
        _of_the_house(command.actor, "comment approvals")
        _said(command.text)

    # ------------------------------------------------------------ rules

    def _word(self, actor: Actor, now: datetime, reason: str, conditions: tuple[Condition, ...] = ()) -> Word:
        on_behalf_of = self._may_decide(actor, now, "decided")
        _short(reason)
        return Word(actor.username, on_behalf_of, now, reason, conditions)

    def _may_decide(self, actor: Actor, now: datetime, wanted: str) -> str:
        self._open(wanted)
        on_behalf_of = acting_for(actor, self.matter, self.standing, business_date(now))
        holder = self.holder(now)
        if self.lock_until is not None and holder not in {"", actor.username}:
            raise HeldByAnotherError(self.matter.request.approval_id, holder, self.lock_until)
        return on_behalf_of

    def _open(self, wanted: str) -> None:
        if self.matter.state.is_final:
            raise ApprovalNotOpenError(self.matter.request.approval_id, self.matter.state, wanted)

    def _manages(self, actor: Actor) -> bool:
        """Nobody manages their own matter."""
        if actor.username in self.matter.own:
            raise OwnMatterError(actor.username, self.matter.request.approval_id, "has a part in")
        return manages(actor, self.matter)


def _said(text: str) -> str:
    """A reason or comment, which must say something.

    Raises:
        InvalidInputError: it is empty or too long.
    """
    if not text.strip():
        raise InvalidInputError("the reason is empty", remedy="It is kept: say it in words")
    return _short(text)


def _short(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise InvalidInputError(f"the text has {len(text)} characters", remedy=f"Keep to {_LONGEST_TEXT}")
    return text


def _local(instant: datetime | None) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if instant else ""


def _of_the_house(actor: Actor, to: str) -> None:
    if Role.DEALER in actor.roles:
        raise WrongActorError(f"{actor.username} may not {to}", remedy="Only the house's own people do")
