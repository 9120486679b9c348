"""How the authority, or a signer whom it plays, behaves on command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sandbox.offices.misbehaviour import Rule, Rules

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


@dataclass(slots=True)
class OfSigner(Rule):
    """One misbehaviour, and whose signature it spoils."""

    status: int = 503
    reason: str = "signer changed his mind"
    who: str = ""
    """Only a signer of this name or identifier, or sessions whose key begins so."""

    def concerns(self, key: str, subject: dict[str, Any]) -> bool:
        """Whether it is about this session."""
        named = (subject.get("name"), subject.get("identifier"))
        return not self.who or self.who in named or key.startswith(self.who)


class Misbehaviour(Rules[OfSigner]):
    """The rules in force; without any, signers sign at once."""

    def __init__(self) -> None:
        super().__init__(KINDS, OfSigner)

    def strikes(self, kind: str, key: str = "", subject: dict[str, Any] | None = None) -> OfSigner | None:
        """The rule of a kind that strikes a session, or anything at all."""
        return self.strike(kind, lambda rule: rule.concerns(key, subject or {}))
