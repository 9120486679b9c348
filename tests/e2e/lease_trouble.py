"""Everything that goes wrong while leases are on their way: workers die in each stage, offices misbehave."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from contextlib import suppress
from typing import Any, Final

import psutil

from tests.e2e.conftest import Stack
from tests.factories.treasury_stack import Crowd, House

SEED: Final = 20261124

_STACKS_OWN: Final = {"worker-engine": {2, 9}, "worker-outside": {4, 11}, "worker-robot": {6}}
"""Which of the stack's own processes die, and at which turns."""

_STAGES: Final = """
SELECT 'application ' || state AS stage FROM lease_application WHERE state <> 'active'
UNION SELECT 'contract ' || state FROM lease_contract WHERE state <> 'active'
UNION SELECT 'disbursement ' || state FROM disbursement WHERE state <> 'paid'
UNION SELECT 'payment ' || state FROM payment WHERE state <> 'settled'
"""

_PROGRESS: Final = """
SELECT (SELECT count(*) FROM lease_event) + (SELECT count(*) FROM lease_contract_event)
     + (SELECT count(*) FROM disbursement_event) + (SELECT count(*) FROM payment_event) AS steps
"""

OFFICES: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "bureau": (
        {"kind": "timeout", "next": 3, "seconds": 6},
        {"kind": "cut", "next": 4},
        {"kind": "error", "next": 3},
    ),
    "antifraud": ({"kind": "cut", "next": 4}, {"kind": "malformed", "next": 2}),
    "authority": (
        {"kind": "silent", "next": 6},
        {"kind": "cut", "next": 4},
        {"kind": "refuse", "next": 3},
        {"kind": "late", "next": 3, "seconds": 2},
    ),
    "movables": (
        {"kind": "down", "next": 3},
        {"kind": "lost-answer", "next": 5},
        {"kind": "duplicate", "next": 2},
        {"kind": "unsigned", "next": 2},
    ),
}
"""How each office misbehaves, and how often: lost answers among them, after the deed."""

BANK: Final[dict[str, Any]] = {
    "timeout_before_booking": 0.15,
    "timeout_after_booking": 0.15,
    "cut_after_booking": 0.15,
    "error_500": {"rate": 0.1, "mode": "before"},
    "answer_twice": 0.2,
    "slow": {"rate": 0.1, "seconds": 1.5},
}


class LeaseTrouble:
    """Kills and misbehaviour, until it is over."""

    def __init__(self, stack: Stack, house: House, crowd: Crowd) -> None:
        self._stack, self._house, self._crowd = stack, house, crowd
        self._chance = random.Random(SEED)
        self.over = asyncio.Event()
        self.kills = 0
        self.stages: set[str] = set()
        """In which a worker was killed."""

    def misbehave(self) -> None:
        for office, rules in OFFICES.items():
            for rule in rules:
                self._stack.offices(f"{office}/admin/misbehave", rule)
        self._house.harbour.misbehave(**BANK)

    async def kill_workers(self) -> None:
        """SIGKILL a worker whenever something reaches a stage that was not struck yet, and now and then."""
        turn = 0
        while not self.over.is_set():
            await self._until_it_hurts(self._chance.uniform(2, 4))
            turn += 1
            await asyncio.to_thread(self._crowd.kill_one, self._chance)
            self.kills += 1
            for service, turns in _STACKS_OWN.items():
                if turn in turns:
                    self._kill(service)

    async def _until_it_hurts(self, seconds: float) -> None:
        """Until something stands in a stage in which nothing was killed yet, or has gone on after a while.

        What has not gone on since the last kill is spared: a slow machine would only ever start workers.
        """
        patient_until, before = time.monotonic() + seconds, self._steps()
        while not self.over.is_set():
            now = {row.stage for row in self._house.rows(_STAGES)}
            went_on = self._steps() > before and time.monotonic() > patient_until
            if now - self.stages or went_on:
                self.stages |= now
                return
            await asyncio.sleep(0.2)  # polls processes of their own; nothing here is timed

    def _steps(self) -> int:
        return int(self._house.rows(_PROGRESS)[0].steps)

    def _kill(self, service: str) -> None:
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            os.kill(self._stack.pid(service), signal.SIGKILL)
            self.kills += 1
