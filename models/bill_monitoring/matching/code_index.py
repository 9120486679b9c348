"""Customers by their code, exactly, or up to a few misread characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from models.bill_monitoring.matching.codes import clean_code, codes_wanted
from models.bill_monitoring.matching.hashing import Hashes, powers, scrambled
from models.identifiers import USCC_LENGTH

_HALVES: Final = ((8, 13), (13, 18))
"""Two stretches of the organisation's own part of a code: one misread character leaves one of them whole."""
_SHIFTS: Final = (-1, 0, 1)
"""By how much a lost or added character before a stretch moves it."""
_MOST: Final = 20


@dataclass(frozen=True)
class CodeIndex:
    """Cleaned codes of customers, by row."""

    codes: list[str]

    @classmethod
    def build(cls, usccs: Sequence[str | None]) -> CodeIndex:
        """Clean the codes of all customers."""
        return cls([clean_code(code) for code in usccs])

    def find(self, printed: Sequence[str]) -> list[list[int]]:
        """For each printed code (cleaned, may be empty) the rows of customers it may belong to."""
        wanted = {code for code in printed if code}
        rows_of: dict[str, list[int]] = {}
        for row, code in enumerate(self.codes):
            if code in wanted:
                rows_of.setdefault(code, []).append(row)
        found = [list(rows_of.get(code, ())) for code in printed]
        doubtful = [i for i, code in enumerate(printed) if not found[i] and codes_wanted(code)]
        for index in doubtful:
            found[index].extend(self._near(printed[index]))
        return found

    def _near(self, code: str) -> list[int]:
        rows: list[int] = []
        for half, (begin, _) in enumerate(_HALVES):
            keys, order = self._stretches[half]
            for key in _keys_of(code, begin):
                left, right = np.searchsorted(keys, [key, key + np.uint64(1)])
                rows.extend(order[left : min(right, left + _MOST)].tolist())
        return list(dict.fromkeys(rows))

    @cached_property
    def _stretches(self) -> list[tuple[Hashes, npt.NDArray[np.int64]]]:
        """For each half: the sorted hashes of that stretch, and the rows in that order."""
        padded = "".join(
            code if len(code) == USCC_LENGTH and code.isascii() else " " * USCC_LENGTH for code in self.codes
        )
        table = np.frombuffer(padded.encode("ascii"), dtype=np.uint8).reshape(-1, USCC_LENGTH)
        found = []
        for begin, end in _HALVES:
            hashes = _hash_columns(table[:, begin:end])
            order = np.argsort(hashes)
            found.append((hashes[order], order))
        return found


def _hash_columns(characters: npt.NDArray[np.uint8]) -> Hashes:
    up, _ = powers()
    hashes: Hashes = (scrambled()[characters] * up[: characters.shape[1]]).sum(axis=1, dtype=np.uint64)
    return hashes


def _keys_of(code: str, begin: int) -> Iterator[np.uint64]:
    for shift in _SHIFTS:
        stretch = code[begin + shift : begin + shift + 5]
        if len(stretch) == _HALVES[0][1] - _HALVES[0][0] and stretch.isascii():
            yield _hash_columns(np.frombuffer(stretch.encode("ascii"), dtype=np.uint8).reshape(1, -1))[0]
