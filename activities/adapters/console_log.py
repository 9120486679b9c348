"""Messages as lines of the worker's log."""

from __future__ import annotations

import structlog

from activities.ports.delivery import Channel, OutgoingMessage

_log = structlog.get_logger(__name__)


class LogChannel(Channel):
    """One line for each message. Links stay out of it: who holds one can acknowledge."""

    name = "log"
    personal = False

    async def send(self, message: OutgoingMessage) -> None:
        await _log.awarning("message", key=message.key, recipient=message.recipient, subject=message.subject)
