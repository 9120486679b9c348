"""Names in a bank's directories, and what already has them."""

from __future__ import annotations

import re
from typing import Final

from models.errors import InvalidInputError

UNFINISHED_SUFFIX: Final = ".part"
"""We write under this ending, and rename when all is there."""
DONE: Final = "done"
"""Sub-directory for what we have fetched and kept."""

_UNFINISHED: Final = re.compile(r"^[.~]|\.(part|tmp|temp|filepart|uploading|writing)$", re.IGNORECASE)


def is_unfinished(name: str) -> bool:
    """Whether somebody still writes a file of that name, as the usual conventions say."""
    return _UNFINISHED.search(name) is not None


def checked_name(name: str) -> str:
    """A plain file name that means a complete file.

    Raises:
        InvalidInputError: it holds a directory, nothing at all, or looks unfinished.
    """
    if not name or "/" in name or "\\" in name or "\0" in name or name in (".", "..") or is_unfinished(name):
        raise InvalidInputError(
            f"file name {name!r} cannot be used at a bank",
            remedy="Use a plain name without directories, no dot in front, and no .part or .tmp at the end",
        )
    return name


def not_another(name: str, there: int, ours: int) -> bool:
    """False for a file that was delivered before.

    Raises:
        InvalidInputError: another file has the name.
    """
    if there != ours:
        raise InvalidInputError(
            f"{name} is at the bank already with {there} bytes, not {ours}",
            remedy="Look at both; deliver under another name if it is another file",
        )
    return False
