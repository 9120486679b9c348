"""Open transports, kept while the profile that describes them stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from activities.ports.secrets import SecretStore
from activities.ports.transport import Transport
from models.parameters.partners import HttpConnection, NatsConnection, PartnerProfile


class OpenTransports:
    """One transport for each partner and purpose; a changed connection replaces it.

    Args:
        secrets: hold keys and passwords.
        clock: tells the time that requests carry.
    """

    def __init__(self, secrets: SecretStore, clock: Callable[[], datetime]) -> None:
        self._secrets = secrets
        self._clock = clock
        self._open: dict[tuple[str, str], tuple[HttpConnection | NatsConnection | None, Transport]] = {}

    async def to(self, profile: PartnerProfile, purpose: str) -> Transport:
        """The transport to a partner.

        Args:
            profile: as it is in force now.
            purpose: its only user, who never uses it twice at once with different profiles.

        Raises:
            InvalidInputError: a secret is missing or unusable.
        """
        connection = profile.nats if profile.transport == "nats" else profile.http
        known = self._open.get((profile.code, purpose))
        if known is not None and known[0] == connection:
            return known[1]
        transport = self._build(profile)
        self._open[profile.code, purpose] = (connection, transport)
        if known is not None:
            await known[1].close()
        return transport

    def _build(self, profile: PartnerProfile) -> Transport:
        if profile.transport == "nats":
            from activities.adapters.transports.nats import NatsTransport  # noqa: PLC0415 - only if used

            return NatsTransport(profile, self._secrets)
        from activities.adapters.transports.http import HttpTransport  # noqa: PLC0415 - the same

        return HttpTransport(profile, self._secrets, self._clock)

    async def close(self) -> None:
        """Give all connections back."""
        for _, transport in self._open.values():
            await transport.close()
