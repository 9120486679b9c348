"""Seals: blocks of journals under one hash, each chained to the block before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.ledger.journals import canonical

GENESIS: Final = bytes(32)
"""What the first block is chained to."""
BLOCK_LIMIT: Final = 10_000
_SHORT: Final = 16


@dataclass(frozen=True, slots=True)
class JournalFacts:
    """Everything that is sealed of one journal, as plain values in a fixed order."""

    journal_id: int
    voucher: str
    head: tuple[str | int | None, ...]
    """Book, key, request hash, kind, dates, voucher, reversed journal, narrative, source, poster, instant."""
    lines: tuple[tuple[str | int, ...], ...]
    """Number, account code, branch, currency, signed minor units, reference."""

    @property
    def digests(self) -> tuple[bytes, bytes]:
        """SHA-256 of the head (with the id) and of the lines."""
        return (
            hashlib.sha256(canonical([self.journal_id, *self.head])).digest(),
            hashlib.sha256(canonical(self.lines)).digest(),
        )


@dataclass(frozen=True, slots=True)
class Seal:
    """The hash of a block, and short digests that say which journal differs when it does not fit."""

    hash: bytes
    digests: bytes


@dataclass(frozen=True, slots=True)
class SealOrder:
    """Order of a round of sealing."""

    snapshot_every: int = 10_000
    """Lines of one account between two snapshots of its balance."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a round of sealing did."""

    blocks: int
    journals: int
    head: str
    """Hash of the newest block, in hexadecimal; kept elsewhere, it proves that no block was cut off."""
    snapshots: int = 0


def seal(block_no: int, previous: bytes, journals: Sequence[JournalFacts]) -> Seal:
    """Seal journals in the order of their ids."""
    chain = hashlib.sha256(previous + canonical([block_no, len(journals)]))
    short = bytearray()
    for journal in journals:
        head, lines = journal.digests
        chain.update(head + lines)
        short += head[:_SHORT] + lines[:_SHORT]
    return Seal(chain.digest(), bytes(short))


def changed_parts(kept: bytes, place: int, journal: JournalFacts) -> tuple[str, ...]:
    """Which parts of a journal differ from what was sealed: its ``head``, its ``lines``.

    Args:
        kept: the digests of the block.
        place: the journal's place in it, from 0.
        journal: as it stands now.
    """
    start = place * 2 * _SHORT
    head, lines = journal.digests
    return tuple(
        part
        for part, sealed, now in (
            ("head", kept[start : start + _SHORT], head[:_SHORT]),
            ("lines", kept[start + _SHORT : start + 2 * _SHORT], lines[:_SHORT]),
        )
        if sealed != now
    )
