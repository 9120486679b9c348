"""How a partner behaves badly, on command."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Final

KINDS: Final = {
    "refuse": "answers ``status`` and does not keep the message",
    "late": "answers after ``seconds``",
    "silent": "keeps the message and drops the connection instead of answering",
    "cut": "drops the connection without looking",
    "forget": "answers that it has the message, and has not",
    "corrupt": "keeps another body than it was sent",
}


class UnknownMisbehaviourError(ValueError):
    """There is no such misbehaviour, or not with that value."""


@dataclass(slots=True)
class Rule:
    """One misbehaviour: whom it strikes, and how often."""

    kind: str
    status: int = 503
    seconds: float = 1.0
    next: int | None = None
    """How many more times; None until cleared."""
    id: str = ""
    """Only this message; a ``*`` at the end takes all whose ids begin so."""

    def concerns(self, message_id: str) -> bool:
        """Whether it strikes this message now."""
        if self.next == 0:
            return False
        if self.id.endswith("*"):
            return message_id.startswith(self.id[:-1])
        return self.id in ("", message_id)


class Misbehaviour:
    """The rules of one partner; none is a well-behaved partner."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, wish: dict[str, Any]) -> None:
        """Add a rule.

        Raises:
            UnknownMisbehaviourError: naming what is known.
        """
        known = {field.name for field in fields(Rule)}
        unknown = sorted(set(wish) - known)
        if unknown or wish.get("kind") not in KINDS:
            raise UnknownMisbehaviourError(
                f"{unknown or wish.get('kind')!r}: kind is one of {', '.join(KINDS)}; with {sorted(known)}"
            )
        self._rules.append(Rule(**wish))

    def clear(self) -> None:
        """Behave well from now on."""
        self._rules.clear()

    def strikes(self, kind: str, message_id: str) -> Rule | None:
        """The rule of a kind that strikes this message; each strike counts."""
        for rule in self._rules:
            if rule.kind == kind and rule.concerns(message_id):
                if rule.next is not None:
                    rule.next -= 1
                return rule
        return None

    def shown(self) -> list[dict[str, Any]]:
        """The rules, as they were wished."""
        return [asdict(rule) for rule in self._rules]
