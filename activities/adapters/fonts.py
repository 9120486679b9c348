"""The Chinese font that ships with the engine, for machines that have none."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

_PACKAGE = "cvttf_NotoSansCJK_Regular"
_FILE = "NotoSansCJKtc-Regular.otf"


@cache
def chinese_font() -> Path:
    """File of Noto Sans CJK, which holds every Chinese character the exchange prints."""
    return Path(str(files(_PACKAGE) / _FILE))
