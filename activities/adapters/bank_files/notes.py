"""Remarks gathered while a file is read."""

from __future__ import annotations

from collections import Counter
from typing import Final

from models.payments.bank_files.flags import Flag, FlagCode

_MOST_OF_A_KIND: Final = 100


class Notes:
    """Flags in the order they were raised; of each kind the first hundred, then only their number."""

    def __init__(self) -> None:
        self._flags: list[Flag] = []
        self._seen: Counter[FlagCode] = Counter()

    def add(self, code: FlagCode, message: str, line: int | None = None, path: str | None = None) -> None:
        """Note something about the file."""
        self._seen[code] += 1
        if self._seen[code] <= _MOST_OF_A_KIND:
            self._flags.append(Flag(code, message, line, path))

    def flags(self) -> tuple[Flag, ...]:
        """What was noted."""
        more = [
            Flag(code, f"and {count - _MOST_OF_A_KIND} more like this")
            for code, count in self._seen.items()
            if count > _MOST_OF_A_KIND
        ]
        return (*self._flags, *more)
