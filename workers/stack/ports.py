"""Ports of the embedded services: asked for, or else the usual ones where they are free."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from models.errors import ServiceUnreachableError

HOST: Final = "127.0.0.1"

USUAL: Final[Mapping[str, int]] = {
    "temporal": 7233,
    "temporal-ui": 8233,
    "console": 8500,
    "exchange": 8600,
    "smtp": 8625,
    "mailbox": 8626,
    "engine-health": 9461,
    "engine-metrics": 9462,
    "robot-health": 9463,
    "robot-metrics": 9464,
    "reading-health": 9465,
    "reading-metrics": 9466,
}


def choose_ports(remembered_in: Path, asked: Mapping[str, int]) -> dict[str, int]:
    """A port for each service, the same as last time where possible.

    Raises:
        ServiceUnreachableError: a port that was asked for is taken.
    """
    remembered: dict[str, int] = json.loads(remembered_in.read_text()) if remembered_in.exists() else {}
    chosen: dict[str, int] = {}
    for service, usual in USUAL.items():
        if service in asked:
            if not _is_free(asked[service]):
                raise ServiceUnreachableError(
                    f"port {asked[service]} for {service} is taken",
                    remedy="Ask for another one, or leave it open",
                )
            chosen[service] = asked[service]
            continue
        wanted = remembered.get(service, usual)
        chosen[service] = wanted if _is_free(wanted) and wanted not in chosen.values() else _any_port()
    remembered_in.write_text(json.dumps(chosen, indent=2))
    return chosen


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
