"""Texts of a form that no book, page or signature could hold as they are written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from models.lease.application.messages import Fault

LONGEST: Final = 500
"""Characters of a text; a note has room for :data:`LONGEST_NOTE`."""
LONGEST_NOTE: Final = 4_000

_UNSEEN: Final = frozenset({"Cc", "Cs"})
"""Control characters, and halves of characters."""


def text_faults(data: object, path: str = "") -> Iterator[Fault]:
    """Every text in the plain data of a form that holds what cannot be seen, or is endless.

    Args:
        data: of the form, or of a part of it.
        path: where that part stands, as ``parties[0].name``.
    """
    if isinstance(data, dict):
        for name, value in data.items():
            yield from text_faults(value, f"{path}.{name}" if path else str(name))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from text_faults(value, f"{path}[{number}]")
    elif isinstance(data, str):
        yield from _faults(data, path)


def _faults(text: str, path: str) -> Iterator[Fault]:
    is_note = path == "note"
    longest = LONGEST_NOTE if is_note else LONGEST
    if len(text) > longest:
        sentence = f"the text has {len(text)} characters, more than {longest}: shorten it"
        yield Fault(path, repr(text[:20]), sentence)
    seen = text.replace("\n", "") if is_note else text
    hidden = next((each for each in seen if unicodedata.category(each) in _UNSEEN), "")
    if hidden:
        sentence = f"the text holds {hidden!a}, which cannot be seen or kept: write it anew"
        yield Fault(path, ascii(text)[:80], sentence)
