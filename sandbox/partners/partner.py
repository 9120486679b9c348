"""One played partner: what it does with a message, whichever way it came."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.partners.misbehaviour import Misbehaviour

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.partners.books import Books

    Send = Callable[[dict[str, Any]], Awaitable[tuple[int, Any]]]


@dataclass(slots=True)
class Partner:
    """A partner with its books and its habits."""

    name: str
    books: Books
    send: Send
    """Sends a message to the leasing house; gives status and answer."""
    misbehaviour: Misbehaviour = field(default_factory=Misbehaviour)
    acknowledge: bool = True
    """Tell the house which document each voucher became."""
    _replies: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)

    def keep(self, message: dict[str, Any]) -> str:
        """Keep a message, or do with it what misbehaviour says; ``new``, ``known`` or ``conflict``."""
        if self.misbehaviour.strikes("forget", message["id"]):
            return "new"
        if self.misbehaviour.strikes("corrupt", message["id"]):
            message = message | {"body": {"corrupted": True}}
        kept = self.books.keep(self.name, message)
        if kept == "new" and self.acknowledge and message["topic"] == "vouchers":
            self._replies.put_nowait(self._acknowledgement(message))
        return kept

    def told_of_day(self, day: str, topic: str) -> dict[str, Any]:
        """Answer to a question for the books of a day."""
        if topic:
            rows = self.books.messages(self.name, day=day, topic=topic)
            return {"messages": [{"id": row["id"], "sha256": row["sha256"]} for row in rows]}
        return {"topics": self.books.digests(self.name, day)}

    async def reply_for_ever(self) -> None:
        """Send what is to be told, in order, each until the house has it."""
        while True:
            reply = await self._replies.get()
            while not await self._sent(reply):  # noqa: ASYNC110 - the house is no event of ours
                await asyncio.sleep(0.5)

    async def _sent(self, reply: dict[str, Any]) -> bool:
        try:
            status, _ = await self.send(reply)
        except OSError:
            return False
        return 200 <= status < 500  # noqa: PLR2004 - what the house refuses is not sent again

    def _acknowledgement(self, message: dict[str, Any]) -> dict[str, Any]:
        document = self.books.receipt(self.name, message["id"])
        return {
            "id": f"taken/{message['id']}",
            "topic": "voucher-taken",
            "ordering_key": "",
            "body": {"voucher": message["id"], "accepted": True, "document_number": document},
        }
