"""Comparing a day with a partner: counts and hashes by topic first, then, where they differ, keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One message as one side has it."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A topic's messages of one day in one line."""

    count: int
    hash: str
    """SHA-256 over ``<id>:<sha256>`` and a line break for each message, by id in code-point order."""


class DifferenceKind(StrEnum):
    """What is wrong with one key."""

    MISSING_THERE = "missing-there"
    """We hold a receipt, the partner does not know it: delivered again."""
    UNKNOWN_HERE = "unknown-here"
    """The partner has what we never put."""
    OTHER_BODY = "other-body"
    """Both have it, with different bodies."""
    NOT_YET_THERE = "not-yet-there"
    """Still waiting, or dead, on our side; delivered when it can be."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One key on which the books differ."""

    topic: str
    key: str
    kind: DifferenceKind
    ours: str = ""
    theirs: str = ""


def digest(messages: Iterable[Exchanged]) -> Digest:
    """Count and hash of messages.

    >>> digest([]).count
    0
    """
    ordered = sorted(messages, key=lambda message: message.id)
    summed = hashlib.sha256()
    for message in ordered:
        summed.update(f"{message.id}:{message.sha256}\n".encode())
    return Digest(len(ordered), summed.hexdigest())


def differences(
    topic: str, *, delivered: Mapping[str, str], open_: Mapping[str, str], theirs: Mapping[str, str]
) -> list[Difference]:
    """Every key on which both sides differ, by key.

    Args:
        topic: that is compared.
        delivered: hash by id of what the partner took, by our books.
        open_: the same of what waits or is dead on our side.
        theirs: the same by the partner's books.
    """
    found = []
    for key in sorted({*delivered, *open_, *theirs}):
        ours, other = delivered.get(key, open_.get(key, "")), theirs.get(key, "")
        if ours == other:
            continue
        if not ours:
            kind = DifferenceKind.UNKNOWN_HERE
        elif other:
            kind = DifferenceKind.OTHER_BODY
        else:
            kind = DifferenceKind.MISSING_THERE if key in delivered else DifferenceKind.NOT_YET_THERE
        found.append(Difference(topic, key, kind, ours, other))
    return found
