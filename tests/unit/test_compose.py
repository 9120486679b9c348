"""The Compose file has the shape of a running house: real commands, real settings, nothing dangling."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.factories.command_lines import check_arguments
from workers.settings import Settings
from workflows.queues import Queue

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "temporal-dev.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()

SETTINGS = {f"LEASEFLOW_{name.upper()}" for name in Settings.model_fields}
TEMPORAL = {"TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_API_KEY", "TEMPORAL_PROFILE", "TEMPORAL_TLS"}
OURS = {
    name: service
    for name, service in COMPOSE["services"].items()
    if service.get("command", [""])[0] == "leaseflow"
}


def flags(service: dict[str, Any], flag: str) -> list[str]:
    return [word.partition("=")[2] for word in service["command"] if word.startswith(f"--{flag}=")]


def test_every_part_is_there() -> None:
    assert {"postgresql", "temporal", "temporal-ui", "console", "leaseflow-setup"} <= set(COMPOSE["services"])


def test_workers_serve_every_queue() -> None:
    served = {queue for service in OURS.values() for queue in flags(service, "queue")}
    assert served == {queue.short for queue in Queue}


@pytest.mark.parametrize("name", OURS)
def test_commands_are_real(name: str) -> None:
    check_arguments(OURS[name]["command"][1:], complete=True)


@pytest.mark.parametrize("name", OURS)
def test_variables_are_settings(name: str) -> None:
    environment = OURS[name]["environment"]
    assert set(environment) <= SETTINGS | TEMPORAL
    assert {"LEASEFLOW_DATABASE_URL", "LEASEFLOW_DATA_KEY", "TEMPORAL_ADDRESS"} <= set(environment)


@pytest.mark.parametrize("name", sorted(set(OURS) - {"leaseflow-setup"}))
def test_health_is_asked_where_it_is_served(name: str) -> None:
    service = OURS[name]
    asked = re.search(r":(\d+)/health", service["healthcheck"]["test"][-1])
    (served,) = flags(service, "health") or flags(service, "port")
    assert asked is not None
    assert asked[1] == served.rpartition(":")[2]


def test_a_worker_has_time_to_drain() -> None:
    assert all(int(service["stop_grace_period"].removesuffix("s")) > 30 for service in OURS.values())


def test_nothing_dangles() -> None:
    services = COMPOSE["services"]
    for service in services.values():
        for name, how in service.get("depends_on", {}).items():
            watched = "healthcheck" in services[name] or how["condition"] != "service_healthy"
            assert watched, f"{name} has no health check"
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        named = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert named <= set(COMPOSE["volumes"])
        assert {config["source"] for config in service.get("configs", [])} <= set(COMPOSE["configs"])


def test_the_database_keeps_its_data() -> None:
    assert COMPOSE["services"]["postgresql"]["volumes"]


def test_the_image_holds_every_package_and_no_root() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["uv"]["build-backend"]["module-name"]
    copied = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    assert set(packages) <= sources
    assert all((ROOT / source).exists() for source in sources)
    allowed = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    assert sources <= allowed
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users
    assert users[-1] != "root"
