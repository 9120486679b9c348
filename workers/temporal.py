"""The connection to Temporal: its own environment configuration, or else the embedded server."""

from __future__ import annotations

import os
from dataclasses import replace

from temporalio.client import Client
from temporalio.envconfig import ClientConfigProfile
from temporalio.runtime import Runtime
from temporalio.service import RPCError

from models.errors import ServiceUnreachableError
from workers.payloads import data_converter
from workers.settings import Settings
from workers.stack.state import read_state

DEFAULT_ADDRESS = "127.0.0.1:7233"


def temporal_profile(settings: Settings) -> ClientConfigProfile:
    """The profile in force; without any configured address, the running embedded server's."""
    profile = ClientConfigProfile.load()
    if profile.address is None and (state := read_state(settings.home)):
        profile = replace(profile, address=state["temporal_address"])
    return profile


async def connect(settings: Settings, *, runtime: Runtime | None = None) -> Client:
    """A connected client.

    Raises:
        ServiceUnreachableError: no Temporal server answers there.
    """
    profile = temporal_profile(settings)
    config = profile.to_client_connect_config()
    config.setdefault("target_host", DEFAULT_ADDRESS)
    try:
        return await Client.connect(
            **config, data_converter=data_converter, runtime=runtime, identity=_identity()
        )
    except (RPCError, RuntimeError) as error:
        raise ServiceUnreachableError(
            f"Temporal at {config['target_host']} does not answer ({_first_line(error)})",
            remedy="Start the embedded stack with leaseflow up, or set TEMPORAL_ADDRESS",
        ) from error


def _identity() -> str:
    return f"leaseflow-{os.getpid()}@{os.uname().nodename}"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
