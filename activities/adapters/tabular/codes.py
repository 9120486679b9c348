"""A column of unified social credit codes checked at once."""

from __future__ import annotations

from collections.abc import Sequence

from models.bill_monitoring.matching.characters import fold, without_brackets
from models.identifiers import USCC_ALPHABET, USCC_LENGTH, is_valid_uscc


def check_codes(codes: Sequence[str | None]) -> tuple[list[str | None], list[tuple[int, str]], list[int]]:
    """Codes in capitals, the rows refused with the reason, and the rows whose check digit fails."""
    alphabet = frozenset(USCC_ALPHABET)
    checked: list[str | None] = []
    refused: list[tuple[int, str]] = []
    for row, code in enumerate(codes):
        if code is None:
            checked.append(None)
            continue
        plain = code.upper() if code.isascii() and len(code) == USCC_LENGTH else without_brackets(fold(code))
        checked.append(plain)
        if len(plain) != USCC_LENGTH:
            refused.append((row, f"{len(plain)} characters, must be {USCC_LENGTH}"))
        elif not alphabet.issuperset(plain):
            strange = "".join(sorted(set(plain) - alphabet))
            refused.append((row, f"{strange!r} cannot stand in a code (no I, O, S, V, Z)"))
    return checked, refused, _failing(checked, {row for row, _ in refused})


def _failing(codes: Sequence[str | None], refused: set[int]) -> list[int]:
    """Rows of well-formed codes whose check digit fails: by columns, then confirmed one by one."""
    import numpy as np  # noqa: PLC0415 - heavy, and only for files

    rows = [row for row, code in enumerate(codes) if code is not None and row not in refused]
    if not rows:
        return []
    joined = "".join([codes[row] or "" for row in rows]).encode("ascii")
    values = np.zeros(128, dtype=np.int64)
    values[np.frombuffer(USCC_ALPHABET.encode("ascii"), dtype=np.uint8)] = np.arange(len(USCC_ALPHABET))
    weights = np.array([pow(3, place, 31) for place in range(USCC_LENGTH - 1)] + [1])
    table = values[np.frombuffer(joined, dtype=np.uint8).reshape(-1, USCC_LENGTH)]
    suspects = np.flatnonzero((table @ weights) % 31).tolist()
    return [rows[i] for i in suspects if not is_valid_uscc(codes[rows[i]] or "")]
