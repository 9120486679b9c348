"""A partner system behind NATS JetStream: messages are kept by the server until the partner reads them."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import nats
import nats.errors
import nats.js.errors
from nats.js.api import AckPolicy, ConsumerConfig, RetentionPolicy, StorageType, StreamConfig

from activities.adapters.transports.books import read_digests, read_listing
from activities.adapters.transports.keys import secret_name
from activities.ports.secrets import SecretStore
from activities.ports.transport import Incoming, PartnerUnreachableError, Transport, passage_id
from models.errors import InvalidInputError
from models.forwarding.consistency import Digest, Exchanged
from models.forwarding.delivery import Answer, Said
from models.forwarding.envelopes import Envelope
from models.parameters.partners import NatsConnection, PartnerProfile

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.js import JetStreamContext

_CONNECT_SECONDS: Final = 3
_TROUBLE: Final = (nats.errors.Error, nats.js.errors.Error, OSError, asyncio.TimeoutError)


class NatsTransport(Transport):
    """Publishes with ``Nats-Msg-Id``, so that the stream drops repetitions, and reads by a durable consumer.

    The client does not reconnect by itself: what it would hold back and send later could overtake what
    is sent again meanwhile. A lost connection is an answer, and the next delivery opens a new one.

    Args:
        profile: of the partner, with a ``nats`` connection.
        secrets: hold ``partner_<code>_password`` where the server asks for one.

    Raises:
        InvalidInputError: there is no such connection, or the secret is missing.
    """

    fetches = True

    def __init__(self, profile: PartnerProfile, secrets: SecretStore) -> None:
        if profile.nats is None:
            raise InvalidInputError(
                f"partner {profile.code!r} has no nats connection", remedy="Add one to its profile"
            )
        self._code = profile.code
        self._connection = profile.nats
        self._login = _login(profile.code, profile.nats, secrets)
        self._client: Client | None = None
        self._inbox: JetStreamContext.PullSubscription | None = None
        self._opening = asyncio.Lock()

    async def deliver(self, envelope: Envelope, *, drives: int = 0) -> Answer:
        """See `Transport.deliver`; taken means that the server has it on disk."""
        try:
            stream = await self._stream()
            kept = await stream.publish(
                f"{self._connection.outgoing}.{envelope.topic}",
                envelope.written(),
                timeout=self._connection.publish_seconds,
                headers={"Nats-Msg-Id": passage_id(envelope, drives)},
            )
        except nats.errors.MaxPayloadError as error:
            return Answer(Said.REFUSED, f"too large for the server: {error}")
        except _TROUBLE as error:
            await self._leave()
            return Answer(Said.UNAVAILABLE, _reason(error))
        return Answer(Said.TAKEN, receipt=f"{kept.stream}:{kept.seq}")

    async def fetch(self, limit: int, *, wait_seconds: float) -> Sequence[Incoming]:
        """See `Transport.fetch`."""
        try:
            inbox = await self._reader(limit)
            messages = await self._await_some(inbox, limit, wait_seconds)
        except _TROUBLE as error:
            await self._leave()
            raise self._unreachable(error) from error
        return [Incoming(message.data, message.ack) for message in messages]

    async def _await_some(
        self, inbox: JetStreamContext.PullSubscription, limit: int, wait_seconds: float
    ) -> Sequence[Msg]:
        try:
            return await inbox.fetch(limit, timeout=wait_seconds)
        except TimeoutError:  # of which the client has two kinds: nothing came, or nobody is there
            if self._client is None or self._client.is_closed:
                raise
            return ()

    async def digests(self, day: date) -> Mapping[str, Digest]:
        """See `Transport.digests`."""
        return read_digests(await self._ask({"day": day.isoformat()}), self._code)

    async def listing(self, day: date, topic: str) -> Sequence[Exchanged]:
        """See `Transport.listing`."""
        return read_listing(await self._ask({"day": day.isoformat(), "topic": topic}), self._code)

    async def close(self) -> None:
        """Close the connection."""
        await self._leave()

    async def _ask(self, question: dict[str, str]) -> bytes:
        try:
            await self._stream()
            if self._client is None:
                raise nats.errors.ConnectionClosedError
            reply = await self._client.request(
                self._connection.consistency,
                json.dumps(question).encode(),
                timeout=self._connection.publish_seconds,
            )
        except _TROUBLE as error:
            raise self._unreachable(error) from error
        return reply.data

    # ------------------------------------------------------------ connection, streams, consumer

    async def _stream(self) -> JetStreamContext:
        """JetStream over an open connection, its streams declared."""
        async with self._opening:
            if self._client is None or self._client.is_closed:
                self._client = await self._connect()
                self._inbox = None
                await self._declare(self._client.jetstream())
            return self._client.jetstream()

    async def _connect(self) -> Client:
        servers = self._connection.address.split(",")
        secured = servers[0].startswith("tls:")
        return await nats.connect(
            servers,
            name=f"leaseflow to {self._code}",
            connect_timeout=_CONNECT_SECONDS,
            allow_reconnect=False,
            max_reconnect_attempts=1,  # the client counts its first connection as one of them
            reconnect_time_wait=0,
            error_cb=_heard,
            tls=ssl.create_default_context() if secured else None,
            **self._login,
        )

    async def _declare(self, jetstream: JetStreamContext) -> None:
        """Create both streams, or bring them to what the profile says; harmless to repeat."""
        for subject in (self._connection.outgoing, self._connection.incoming):
            wanted = self._stream_config(subject)
            try:
                await jetstream.add_stream(wanted)
            except nats.js.errors.BadRequestError:
                await jetstream.update_stream(wanted)

    def _stream_config(self, subject: str) -> StreamConfig:
        return StreamConfig(
            name=stream_name(subject),
            subjects=[f"{subject}.>"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            max_age=self._connection.keep_days * 86_400,
            duplicate_window=min(self._connection.same_id_seconds, self._connection.keep_days * 86_400),
        )

    async def _reader(self, limit: int) -> JetStreamContext.PullSubscription:
        """The durable consumer; one that died with messages in hand gets them back first, in order."""
        jetstream = await self._stream()
        if self._inbox is None:
            stream, durable = stream_name(self._connection.incoming), f"leaseflow-{self._code}"
            wanted = ConsumerConfig(
                durable_name=durable,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=self._connection.ack_wait_seconds,
                max_deliver=self._connection.max_deliver,
                max_ack_pending=limit,
            )
            info = await jetstream.add_consumer(stream, wanted)
            if info.num_ack_pending:
                # later messages would overtake those that are not acknowledged, and come again soon
                await asyncio.sleep(self._connection.ack_wait_seconds)
            self._inbox = await jetstream.pull_subscribe_bind(durable, stream)
        return self._inbox

    async def _leave(self) -> None:
        client, self._client, self._inbox = self._client, None, None
        if client is not None:
            with suppress(*_TROUBLE):
                await client.close()

    def _unreachable(self, error: BaseException) -> PartnerUnreachableError:
        return PartnerUnreachableError(
            f"{self._code} over NATS: {_reason(error)}", remedy="It is tried again; see that the server runs"
        )


def stream_name(subject: str) -> str:
    """The stream that keeps a subject: dots may not be in its name."""
    return subject.replace(".", "-")


def _login(code: str, connection: NatsConnection, secrets: SecretStore) -> dict[str, Any]:
    if connection.login == "none":
        return {}
    secret = secrets.get(secret_name(code, "password"))
    return {"token": secret} if connection.login == "token" else {"user": connection.user, "password": secret}


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__} {error}".strip()[:200]


async def _heard(_error: Exception) -> None:
    """Errors are answered where they matter; without this the client would log each by itself."""
