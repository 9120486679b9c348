"""How the registry behaves badly, on command."""

from __future__ import annotations

from typing import Final

from sandbox.offices.misbehaviour import Rule, Rules

KINDS: Final = {
    "slow": "answers after ``seconds``",
    "lost-answer": "registers, and drops the connection instead of answering",
    "duplicate": "registers a second time under another certificate, whatever the reference",
    "wrong-number": "answers with a certificate that is not the one in its books",
    "down": "answers 503",
    "unsigned": "answers with a signature that is not its own",
}


class Misbehaviour(Rules[Rule]):
    """The rules in force."""

    def __init__(self) -> None:
        super().__init__(KINDS, Rule)
