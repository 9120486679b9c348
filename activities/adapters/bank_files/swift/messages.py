"""SWIFT text cut into messages and their fields.

Own, because the libraries tried keep one set of balances per file: with several messages in one file, which
is how banks deliver, the balances of all but the last are lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_TAG: Final = re.compile(r"[ \t\x01]{0,3}:(\d{2}[A-Z]?|NS):(.*)")
_ENVELOPE: Final = re.compile(r"\{[14]:")
_TYPE: Final = re.compile(r"\{2:[IO](9\d\d)")
_END: Final = re.compile(r"-(XXX)?\}?\s*(\{5:.*)?\$?|\}")


@dataclass(frozen=True, slots=True)
class Field:
    """A tag with its text; lines are kept apart by line feeds."""

    tag: str
    text: str
    line: int


@dataclass(slots=True)
class Message:
    """The fields of one message, and its type where the envelope tells it."""

    line: int
    type: str | None = None
    fields: list[Field] = field(default_factory=list)

    def first(self, *tags: str) -> Field | None:
        """The first field with one of these tags."""
        return next((found for found in self.fields if found.tag in tags), None)

    def last(self, *tags: str) -> Field | None:
        """The last field with one of these tags."""
        return next((found for found in reversed(self.fields) if found.tag in tags), None)


class _Cutter:
    """Takes line after line."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._tag = ""
        self._lines: list[str] = []
        self._start = 0

    def take(self, number: int, line: str) -> None:
        """One line of the file."""
        if _ENVELOPE.search(line) or _TYPE.search(line):
            line = self._open(number, line)
        found = _TAG.match(line)
        if found:
            self.close()
            if not self.messages or (found[1] == "20" and self.messages[-1].fields):
                self.messages.append(Message(number))
            self._tag, self._lines, self._start = found[1], [found[2]], number
        elif _END.fullmatch(line.strip()):
            self.close()
        elif self._tag:
            self._lines.append(line)

    def close(self) -> None:
        """The field that is open is complete."""
        if self._tag:
            text = "\n".join(self._lines).strip("\n")
            self.messages[-1].fields.append(Field(self._tag, text, self._start))
        self._tag = ""

    def _open(self, number: int, line: str) -> str:
        """An envelope starts a message; what follows its text block's mark is its first line."""
        self.close()
        if not self.messages or self.messages[-1].fields:
            self.messages.append(Message(number))
        if found := _TYPE.search(line):
            self.messages[-1].type = found[1]
        _, mark, rest = line.partition("{4:")
        return rest.strip() if mark else ""


def messages_of(text: str) -> list[Message]:
    """Messages in order: each begins with an envelope, or with ``:20:``.

    Lines outside of fields (a bank's own header, ``940``) are passed over. German online banking puts ``@@``
    for line breaks.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "@@:" in text:
        text = text.replace("@@", "\n")
    cutter = _Cutter()
    for number, line in enumerate(text.split("\n"), 1):
        cutter.take(number, line.rstrip("\x03\x00\x1a"))
    cutter.close()
    return [message for message in cutter.messages if message.fields]
