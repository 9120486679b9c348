"""How the registry behaves badly, on command."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Final

KINDS: Final = {
    "slow": "answers after ``seconds``",
    "lost-answer": "registers, and drops the connection instead of answering",
    "duplicate": "registers a second time under another certificate, whatever the reference",
    "wrong-number": "answers with a certificate that is not the one in its books",
    "down": "answers 503",
    "unsigned": "answers with a signature that is not its own",
}


class UnknownMisbehaviourError(ValueError):
    """There is no such misbehaviour, or not with that value."""


@dataclass(slots=True)
class Rule:
    """One misbehaviour, and how often it strikes."""

    kind: str
    seconds: float = 1.0
    next: int | None = None
    """How many more times; None until cleared."""


class Misbehaviour:
    """The rules in force; none is a well-behaved registry."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, wish: dict[str, Any]) -> None:
        """Add a rule.

        Raises:
            UnknownMisbehaviourError: naming what is known.
        """
        unknown = sorted(set(wish) - {field.name for field in fields(Rule)})
        if unknown or wish.get("kind") not in KINDS:
            raise UnknownMisbehaviourError(
                f"{unknown or wish.get('kind')!r}: kind is one of {', '.join(KINDS)}; with seconds, next"
            )
        self._rules.append(Rule(**wish))

    def clear(self) -> None:
        self._rules.clear()

    def strikes(self, kind: str) -> Rule | None:
        """The rule of a kind that strikes now; each strike counts."""
        for rule in self._rules:
            if rule.kind == kind and rule.next != 0:
                if rule.next is not None:
                    rule.next -= 1
                return rule
        return None

    def shown(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self._rules]
