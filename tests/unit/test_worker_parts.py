"""What a process checks before it serves: steps, settings, ports, calendar of searches."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from temporalio import activity

from models.bill_monitoring.messages import SendWarning, TroubleNotice
from models.errors import InvalidInputError, ServiceUnreachableError
from workers.registry import StepDriftError, steps_of
from workers.schedules import ALL
from workers.settings import load_settings, setting_sources
from workers.stack.ports import USUAL, choose_ports
from workflows.bill_monitoring.steps import Messenger


class Undecorated(Messenger):
    """Forgot the decorator of one step."""

    async def send_warning(self, warning: SendWarning) -> int:
        raise NotImplementedError(warning)

    @activity.defn(name="bills.send_trouble")
    async def send_trouble(self, notice: TroubleNotice) -> None:
        raise NotImplementedError(notice)


class Renamed(Messenger):
    """Goes by another name than the workflows call."""

    @activity.defn(name="bills.send_warnings")
    async def send_warning(self, warning: SendWarning) -> int:
        raise NotImplementedError(warning)

    @activity.defn(name="bills.send_trouble")
    async def send_trouble(self, notice: TroubleNotice) -> None:
        raise NotImplementedError(notice)


@pytest.mark.parametrize("hands", [Undecorated, Renamed])
def test_a_step_that_drifted_stops_the_worker(hands: type[Messenger]) -> None:
    with pytest.raises(StepDriftError, match=r"send_warning must be decorated with .*bills\.send_warning"):
        steps_of(hands())


def test_environment_beats_file_beats_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings().smtp_port == 25
    Path("leaseflow.toml").write_text('smtp_port = 1025\nmail_from = "desk@house.example"\n')
    monkeypatch.setenv("LEASEFLOW_SMTP_PORT", "2025")
    settings = load_settings()
    assert (settings.smtp_port, settings.mail_from) == (2025, "desk@house.example")
    sources = setting_sources()
    assert sources["smtp_port"] == (2025, "environment")
    assert sources["mail_from"] == ("desk@house.example", "leaseflow.toml")
    assert sources["language"] == ("zh-CN", "default")


def test_secrets_in_addresses_are_starred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", "postgresql://house:hidden@db.example/leaseflow")
    monkeypatch.setenv("LEASEFLOW_WECOM_URL", "https://robot.example/send?key=hidden")
    assert "hidden" not in str(setting_sources())


def test_a_wrong_setting_names_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEASEFLOW_SMTP_PORT", "mail")
    with pytest.raises(InvalidInputError, match="smtp_port = 'mail'"):
        load_settings()


def test_a_stack_that_died_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEASEFLOW_HOME", str(tmp_path))
    gone = {"pid": 2**22 - 1, "settings": {"database_url": "postgresql://gone"}}
    (tmp_path / "stack.json").write_text(json.dumps(gone))
    assert load_settings().database_url is None


def test_ports_are_remembered_and_taken_ones_avoided(tmp_path: Path) -> None:
    remembered = tmp_path / "ports.json"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        remembered.write_text(json.dumps(dict(USUAL) | {"console": port}))
        chosen = choose_ports(remembered, {})
        assert chosen["console"] != port
        with pytest.raises(ServiceUnreachableError, match=f"port {port} for console is taken"):
            choose_ports(remembered, {"console": port})
    assert json.loads(remembered.read_text()) == chosen
    assert len(set(chosen.values())) == len(USUAL)


def test_schedules_state_what_temporal_would_assume() -> None:
    for house in ALL:
        schedule = house.schedule()
        assert schedule.spec.time_zone_name == "Asia/Shanghai"
        assert schedule.policy.catchup_window == house.catch_up
        assert schedule.state.note == house.note
