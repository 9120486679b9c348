"""How an office that is asked about people behaves badly, on command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.offices.misbehaviour import Rule, Rules

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


@dataclass(slots=True)
class AboutSomebody(Rule):
    """One misbehaviour, and whom the enquiry has to be about."""

    status: int = 503
    subject: str = ""
    """Only enquiries about this identifier."""


class Misbehaviour(Rules[AboutSomebody]):
    """The rules of an office that is asked about people."""

    def __init__(self) -> None:
        super().__init__(KINDS, AboutSomebody)

    def strikes(self, kind: str, subject: str) -> AboutSomebody | None:
        """The rule of a kind that strikes an enquiry."""
        return self.strike(kind, lambda rule: rule.subject in ("", subject))
