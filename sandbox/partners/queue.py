"""The NATS side of a partner: reads its stream in order, answers for its books, publishes to the house."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import nats
import nats.errors
import nats.js.errors
from nats.js.api import AckPolicy, ConsumerConfig

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

    from sandbox.partners.partner import Partner

_TROUBLE = (nats.errors.Error, nats.js.errors.Error, OSError, asyncio.TimeoutError)


class QueueDoor:
    """One partner behind NATS.

    Messages come on ``leaseflow.<name>.>``, questions on ``<name>.consistency``; the partner publishes on
    ``<name>.leaseflow.<topic>``.

    Args:
        servers: address of the NATS server.
    """

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._client: Client | None = None

    async def serve(self, partner: Partner) -> None:
        """Read for ever; a server that is away is waited for."""
        while True:
            with suppress(*_TROUBLE):
                await self._read(partner)
            await self.close()
            await asyncio.sleep(0.3)

    async def send(self, partner: str, message: dict[str, Any]) -> tuple[int, Any]:
        """Publish one message for the house.

        Raises:
            OSError: the server does not take it.
        """
        if self._client is None:
            raise OSError("not connected")
        try:
            kept = await self._client.jetstream().publish(
                f"{partner}.leaseflow.{message['topic']}",
                json.dumps(message, ensure_ascii=False).encode(),
                headers={"Nats-Msg-Id": str(message["id"])},
                timeout=3,
            )
        except _TROUBLE as error:
            raise OSError(str(error)) from error
        return 200, {"seq": kept.seq}

    async def close(self) -> None:
        """Leave the server."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(*_TROUBLE):
                await client.close()

    async def _read(self, partner: Partner) -> None:
        client = await nats.connect(
            self._servers,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=2,
            error_cb=_heard,
        )
        self._client = client

        async def answer(question: Msg) -> None:
            asked = json.loads(question.data)
            told = partner.told_of_day(asked.get("day", ""), asked.get("topic", ""))
            await question.respond(json.dumps(told).encode())

        await client.subscribe(f"{partner.name}.consistency", cb=answer)
        stream, durable = f"leaseflow-{partner.name}", f"{partner.name}-reader"
        config = ConsumerConfig(durable_name=durable, ack_policy=AckPolicy.EXPLICIT, max_ack_pending=1)
        jetstream = client.jetstream()
        await jetstream.add_consumer(stream, config)
        reader = await jetstream.pull_subscribe_bind(durable, stream)
        while True:
            with suppress(TimeoutError):
                for message in await reader.fetch(1, timeout=1):
                    partner.keep(json.loads(message.data))
                    await message.ack_sync()
            if client.is_closed:
                return


async def _heard(_error: Exception) -> None:
    """Trouble shows where it matters."""
