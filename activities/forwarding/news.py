"""When a long step has something to tell its workflow: rarely, since each time lengthens a history."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

from temporalio import activity

from models.forwarding.messages import Flow

_COUNTS_EVERY_SECONDS: Final = 30.0
_HOUR: Final = 3_600.0


@dataclass
class Watch:
    """Compares what is with what the workflow knows.

    Args:
        known: what the workflow knows.
    """

    known: Flow
    _began: float = field(default_factory=time.monotonic)

    def is_news(self, flow: Flow) -> bool:
        """Whether to return: trouble comes or goes at once, mere counts every half minute."""
        if activity.is_worker_shutdown():
            return True
        known, age = self.known, time.monotonic() - self._began
        facts = (flow.trouble, flow.dead, flow.blocked, flow.paused_by)
        if facts != (known.trouble, known.dead, known.blocked, known.paused_by):
            return True
        counts_moved = flow.moved > 0 or flow.waiting != known.waiting
        return age > _HOUR or (counts_moved and age > _COUNTS_EVERY_SECONDS)
