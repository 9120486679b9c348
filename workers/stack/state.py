"""What the running embedded stack wrote down about itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psutil

FILE = "stack.json"


def read_state(home: Path) -> dict[str, Any] | None:
    """Where everything is, None when no stack runs (a file left by a crash does not count)."""
    file = home / FILE
    if not file.exists():
        return None
    state: dict[str, Any] = json.loads(file.read_text())
    return state if psutil.pid_exists(state["pid"]) else None


def running_supervisor(home: Path) -> int | None:
    state = read_state(home)
    return int(state["pid"]) if state else None
