"""The outside world as benchmarks of leases want it, and what the stack holds in memory after them."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any, Final

from benchmarks.bills_watch import StackWatch
from models.people import Actor, Role
from workers.stack.state import read_state

BANK_LATENCY_MS: Final = 50.0
CLERK: Final = Actor("li.wei", (Role.OFFICER,))
_GOOD: Final = {
    "bureau": {"score": 780, "accounts_now": 0, "times_over_90_days": 0, "enquiries_90_days": 0},
    "antifraud": {
        "risk": 3,
        "known_ring": False,
        "photo_mismatch": False,
        "phone": 0,
        "address": 0,
        "device": 0,
    },
}


def everybody_good(home: Path, *, bank_latency_ms: float) -> None:
    """Let the played offices speak well of everybody, and the played bank take its time.

    Args:
        home: of the stack.
        bank_latency_ms: before every answer.
    """
    urls = {service["name"]: service["url"] for service in state_of(home)["services"]}
    for office, record in _GOOD.items():
        _put(f"{urls['offices']}/{office}/admin/records/*", record)
    _put(f"{urls['banks']}/admin/harbour/settings", {"latency_ms": bank_latency_ms}, method="POST")


def told_memory(home: Path) -> None:
    """Print what each process of the stack holds now, children with it."""
    taken = StackWatch(state_of(home)).memory_now()
    print(f"\nmemory after the run: {taken.total:,.0f} MiB")
    for name, mib in taken.largest_first:
        print(f"  {name:<28}{mib:>8,.0f} MiB")


def state_of(home: Path) -> dict[str, Any]:
    """What the supervisor wrote down about the stack."""
    state = read_state(home)
    if state is None:
        raise RuntimeError(f"no stack runs in {home}")
    return state


def _put(url: str, body: dict[str, Any], *, method: str = "PUT") -> None:
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - the same
        pass
