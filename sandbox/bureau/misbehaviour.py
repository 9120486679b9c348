"""How an office that is asked about people behaves badly, on command."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Final

KINDS: Final = {
    "slow": "answers after ``seconds``",
    "timeout": "answers nothing and holds the line for ``seconds``",
    "cut": "drops the connection instead of answering",
    "error": "answers ``status``",
    "malformed": "answers with a field that cannot be",
    "wrong-subject": "answers about somebody else",
    "unsigned": "answers without a signature",
    "duplicate-charge": "charges once more for an enquiry that was charged",
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
    subject: str = ""
    """Only enquiries about this identifier."""


class Misbehaviour:
    """The rules of one office; none is a well-behaved one."""

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

    def strikes(self, kind: str, subject: str) -> Rule | None:
        """The rule of a kind that strikes an enquiry; each strike counts."""
        for rule in self._rules:
            if rule.kind == kind and rule.next != 0 and rule.subject in ("", subject):
                if rule.next is not None:
                    rule.next -= 1
                return rule
        return None

    def shown(self) -> list[dict[str, Any]]:
        """The rules, as they were wished."""
        return [asdict(rule) for rule in self._rules]
