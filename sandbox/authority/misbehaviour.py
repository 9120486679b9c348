"""How the authority, or a signer whom it plays, behaves on command."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Final

KINDS: Final = {
    "refuse": "answers ``status`` and does nothing",
    "late": "answers after ``seconds``",
    "silent": "does what was asked and drops the connection instead of answering",
    "cut": "drops the connection without looking",
    "wait": "the signer does nothing until /admin lets him sign",
    "decline": "the signer declines, for ``reason``",
    "expire": "the session has expired when the signature is asked for",
    "wrong-digest": "signs something else than it was asked to",
    "wrong-name": "the certificate bears another name",
    "self-made": "the certificate is its own issuer",
    "no-time": "the timestamp service answers with a rejection",
}


class UnknownMisbehaviourError(ValueError):
    """There is no such misbehaviour, or not with that value."""


@dataclass(slots=True)
class Rule:
    """One misbehaviour: whom it strikes, and how often."""

    kind: str
    status: int = 503
    seconds: float = 1.0
    reason: str = "signer changed his mind"
    next: int | None = None
    """How many more times; None until cleared."""
    who: str = ""
    """Only a signer of this name or identifier, or sessions whose key begins so."""

    def concerns(self, key: str, subject: dict[str, Any]) -> bool:
        """Whether it strikes now."""
        if self.next == 0:
            return False
        named = (subject.get("name"), subject.get("identifier"))
        return not self.who or self.who in named or key.startswith(self.who)


class Misbehaviour:
    """The rules in force; none is a well-behaved authority whose signers sign at once."""

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

    def strikes(self, kind: str, key: str = "", subject: dict[str, Any] | None = None) -> Rule | None:
        """The rule of a kind that strikes now; each strike counts."""
        for rule in self._rules:
            if rule.kind == kind and rule.concerns(key, subject or {}):
                if rule.next is not None:
                    rule.next -= 1
                return rule
        return None

    def shown(self) -> list[dict[str, Any]]:
        """The rules, as they were wished."""
        return [asdict(rule) for rule in self._rules]
