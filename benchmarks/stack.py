"""An embedded stack of a benchmark's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running_stack(home: Path, *options: str, **environment: str) -> Iterator[None]:
    """Everything up on free ports, torn down in the end.

    Args:
        home: where its data go.
        options: of ``leaseflow up``.
        environment: for its processes.
    """
    try:
        leaseflow(home, "up", "--detach", *options, **environment)
        yield
    finally:
        leaseflow(home, "down")


def leaseflow(home: Path, *arguments: str, **environment: str) -> None:
    """Run a command of that stack.

    Raises:
        RuntimeError: it failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "cli.app", *arguments],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LEASEFLOW_HOME": str(home), **environment},
    )
    if done.returncode:
        raise RuntimeError(f"leaseflow {' '.join(arguments)} failed:\n{done.stderr}")
