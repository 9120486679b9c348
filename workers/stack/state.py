"""What the running embedded stack wrote down about itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psutil

from models.errors import ServiceUnreachableError

FILE = "stack.json"


def read_state(home: Path) -> dict[str, Any] | None:
    """Where everything is, None when no stack runs (a file left by a crash does not count)."""
    file = home / FILE
    if not file.exists():
        return None
    state: dict[str, Any] = json.loads(file.read_text())
    return state if psutil.pid_exists(state["pid"]) else None


def refuse_second(home: Path) -> None:
    """One home has one stack.

    Raises:
        ServiceUnreachableError: a stack is already running there.
    """
    if (state := read_state(home)) is not None:
        raise ServiceUnreachableError(
            f"a stack is already running in {home} (process {state['pid']})",
            remedy="Use it, or stop it with leaseflow down",
        )
