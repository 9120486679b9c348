"""Hashes of pieces of many strings at once.

A piece is hashed as the sum over its characters of ``T[c] * B**position`` modulo 2**64, T a fixed table of
scrambled 64-bit values and B odd, hence invertible: any piece of a text follows from running sums by one
subtraction and one multiplication, and so does the text with one character left out.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

Units = npt.NDArray[np.uint16]
"""UTF-16 code units of many strings, one after another."""
Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]

_BASE: Final = 0x9E3779B97F4A7C15 | 1
_MASK: Final = (1 << 64) - 1
_LONGEST: Final = 1024
EMPTY: Final = np.uint64(0)


@cache
def scrambled() -> Hashes:
    """A fixed 64-bit value for each UTF-16 code unit (splitmix64 of its number)."""
    mixed = np.arange(1, 65537, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@cache
def powers() -> tuple[Hashes, Hashes]:
    """Powers of the base and of its inverse, by exponent."""
    inverse = pow(_BASE, -1, 1 << 64)
    up, down = [1], [1]
    for _ in range(_LONGEST):
        up.append(up[-1] * _BASE & _MASK)
        down.append(down[-1] * inverse & _MASK)
    return np.array(up, dtype=np.uint64), np.array(down, dtype=np.uint64)


def hash_text(text: str) -> int:
    """The hash of one text, by the same formula."""
    units = np.frombuffer(text.encode("utf-16-le"), dtype=np.uint16)
    up, _ = powers()
    return int((scrambled()[units] * up[: len(units)]).sum(dtype=np.uint64))


def mix(hashes: Hashes, salt: Hashes) -> Hashes:
    """Hashes tied to a second value, so that only pairs of equal value and text meet."""
    mixed = (hashes ^ (salt * np.uint64(0xFF51AFD7ED558CCD))) * np.uint64(0xC4CEB9FE1A85EC53)
    return mixed ^ (mixed >> np.uint64(29))


def within_rows(lengths: Rows) -> Rows:
    """For rows of given lengths laid end to end: the position of each element within its row."""
    starts = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum()), dtype=np.int64) - np.repeat(starts, lengths)


def row_hashes(units: Units, lengths: Rows) -> Hashes:
    """The hash of each row."""
    _, total = _running(units, lengths)
    return total


def deletion_hashes(units: Units, lengths: Rows) -> Hashes:
    """For each character, the hash of its row without that character, row after row."""
    before_and_after, total = _running(units, lengths)
    before, after = before_and_after
    inverse = powers()[1][1]
    shortened: Hashes = before + (np.repeat(total, lengths) - after) * inverse
    return shortened


def _running(units: Units, lengths: Rows) -> tuple[tuple[Hashes, Hashes], Hashes]:
    """Sums within rows before and after each character, and the total of each row."""
    up, _ = powers()
    terms = scrambled()[units] * up[np.minimum(within_rows(lengths), _LONGEST)]
    sums = np.cumsum(terms, dtype=np.uint64)
    padded = np.concatenate((np.zeros(1, dtype=np.uint64), sums))
    ends = np.cumsum(lengths)
    at_start = padded[ends - lengths]
    after = sums - np.repeat(at_start, lengths)
    return (after - terms, after), padded[ends] - at_start


def opening_hashes(units: Units, lengths: Rows, length: int) -> tuple[Hashes, Rows]:
    """The hash of the first ``length`` characters of each row that is longer, and those rows."""
    up, _ = powers()
    rows = np.flatnonzero(lengths > length)
    starts = (np.cumsum(lengths) - lengths)[rows]
    hashes = np.zeros(len(rows), dtype=np.uint64)
    for offset in range(length):
        hashes += scrambled()[units[starts + offset]] * up[offset]
    return hashes, rows
