"""The embedded stack put together: which services, in which order, with which settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.keys import data_keys
from workers.settings import load_settings
from workers.setup import set_up
from workers.stack import services
from workers.stack.played_banks import meet_banks
from workers.stack.played_offices import meet_offices
from workers.stack.played_partners import meet_partners
from workers.stack.ports import HOST, choose_ports
from workers.stack.postgres import start_postgres
from workers.stack.services import Service
from workers.stack.supervisor import Supervisor
from workers.temporal import temporal_profile
from workflows.queues import Queue

_SANDBOX_PASSWORD = "sandbox"  # noqa: S105 - of a played site on this machine
_SANDBOX_USER = "risk-desk"


@dataclass(frozen=True, slots=True)
class StackOptions:
    """What `leaseflow up` was asked for."""

    home: Path
    ports: Mapping[str, int] = field(default_factory=dict)
    sandbox: bool = True
    exchange_options: tuple[str, ...] = ()


def start_stack(supervisor: Supervisor, options: StackOptions, *, on_ready: Callable[[], None]) -> None:
    """Start every service, then watch over them until somebody asks to stop."""
    supervisor.open()
    ports = choose_ports(options.home / "ports.json", options.ports)
    settings = _settings(options, _database(supervisor, options.home), ports)
    state = {"settings": settings, "temporal_address": _temporal(supervisor, options.home, ports)}
    supervisor.write_state(state)
    asyncio.run(set_up(load_settings(home=options.home), invented_staff=True))
    data_keys(load_settings(home=options.home))  # made once, before several processes look for it
    supervisor.start(*_outside_world(options, ports))
    if options.sandbox:
        meet_banks(
            load_settings(home=options.home),
            admin_url=f"http://{HOST}:{ports['banks']}",
            secrets_dir=options.home / "secrets",
        )
        meet_partners(
            load_settings(home=options.home),
            partners_url=f"http://{HOST}:{ports['partners']}",
            nats_url=f"nats://{HOST}:{ports['nats']}",
            secrets_dir=options.home / "secrets",
        )
        meet_offices(offices_url=f"http://{HOST}:{ports['offices']}", secrets_dir=options.home / "secrets")
    supervisor.start(*_workers(options, ports))
    supervisor.write_state(state | {"ready": True})
    on_ready()
    supervisor.watch(lambda: supervisor.write_state(state | {"ready": True}))


def _database(supervisor: Supervisor, home: Path) -> str:
    """The configured PostgreSQL, or else one of our own."""
    configured = load_settings(home=home).database_url
    if configured is not None:
        supervisor.say(f"{'postgres':<16} configured elsewhere")
        return configured
    postgres = start_postgres(home / "postgres")
    supervisor.adopt_postgres(postgres.pid, lambda: start_postgres(home / "postgres").pid)
    supervisor.say(f"{'postgres':<16} ready in {home / 'postgres'}")
    return postgres.url


def _temporal(supervisor: Supervisor, home: Path, ports: Mapping[str, int]) -> str:
    """The configured Temporal server, or else one of our own."""
    configured = temporal_profile(load_settings(home=home)).address
    if configured is not None:
        supervisor.say(f"{'temporal':<16} configured elsewhere")
        return configured
    supervisor.start(services.temporal_server(home, ports))
    return f"{HOST}:{ports['temporal']}"


def _outside_world(options: StackOptions, ports: Mapping[str, int]) -> list[Service]:
    if not options.sandbox:
        return []
    return [
        services.sandbox_exchange(options.home, ports, options.exchange_options),
        services.sandbox_mail(options.home, ports),
        services.sandbox_banks(options.home, ports),
        services.nats_server(options.home, ports),
        services.sandbox_partners(options.home, ports),
        services.sandbox_offices(options.home, ports),
    ]


def _workers(options: StackOptions, ports: Mapping[str, int]) -> list[Service]:
    environment = {"LEASEFLOW_HOME": str(options.home)}
    if options.sandbox:
        environment["LEASEFLOW_SECRET_EXCHANGE_PASSWORD"] = _SANDBOX_PASSWORD
        environment["LEASEFLOW_SECRET_WEBHOOK_KEY"] = _SANDBOX_PASSWORD
    rooms = {
        "engine": (Queue.ENGINE,),
        "outside": (Queue.BANKS, Queue.FORWARDING, Queue.OFFICES),
        "robot": (Queue.CRAWL, Queue.ANALYSIS),
        "reading": (Queue.OCR,),
    }
    workers = [services.worker(name, queues, ports, environment) for name, queues in rooms.items()]
    return [*workers, services.console(ports, environment)]


def _settings(options: StackOptions, database_url: str, ports: Mapping[str, int]) -> dict[str, Any]:
    """Settings that other commands take from the running stack unless they are told otherwise."""
    settings: dict[str, Any] = {
        "database_url": database_url,
        "temporal_ui_url": f"http://{HOST}:{ports['temporal-ui']}",
        "console_url": f"http://{HOST}:{ports['console']}",
    }
    if options.sandbox:
        offices = f"http://{HOST}:{ports['offices']}"
        settings |= {
            "bureau_url": f"{offices}/bureau",
            "antifraud_url": f"{offices}/antifraud",
            "authority_url": f"{offices}/authority",
            "movables_url": f"{offices}/movables",
            "secrets_dir": str((options.home / "secrets").absolute()),
            "exchange_url": f"http://{HOST}:{ports['exchange']}",
            "exchange_username": _SANDBOX_USER,
            "smtp_port": ports["smtp"],
            "webhook_url": f"http://{HOST}:{ports['mailbox']}/hooks/risk-system",
        }
    return settings
