"""Texts as they should be; `LEASEFLOW_GOLDEN=write pytest …` accepts what the code makes now."""

from __future__ import annotations

import os
from pathlib import Path

_HERE = Path(__file__).parent


def assert_golden(name: str, made: str) -> None:
    """Compare a text with the file that was looked at and accepted."""
    path = _HERE / name
    if os.environ.get("LEASEFLOW_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made
