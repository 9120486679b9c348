"""Settings: flag > environment > file > running embedded stack > default.

The Temporal connection is not here: it follows Temporal's own environment configuration
(``TEMPORAL_ADDRESS``, profiles, TLS, API key), see `workers.temporal`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from models.errors import InvalidInputError
from workers.stack.state import read_state

CONFIG_FILE = Path("leaseflow.toml")


class Settings(BaseSettings):
    """What a process must know before it can do anything."""

    model_config = SettingsConfigDict(
        env_prefix="LEASEFLOW_",
        toml_file=CONFIG_FILE,
        extra="forbid",
        env_ignore_empty=True,  # a Compose file can only hand on an empty variable where there is none
    )

    home: Path = Path(".leaseflow")
    """Where the embedded stack keeps its data, logs and keys."""
    language: Literal["zh-CN", "en"] = "zh-CN"
    """Language of what is written for people."""
    log_format: Literal["json", "text"] = "json"
    """``json`` for machines, ``text`` for people."""

    database_url: str | None = None
    """PostgreSQL; the embedded one when not set."""
    data_key: SecretStr | None = None
    """Fernet keys (comma-separated, newest first) that seal sessions; made in ``home`` when not set."""
    secrets_dir: Path | None = None
    """Directory with one file per secret, as container platforms mount them."""

    temporal_ui_url: str = "http://127.0.0.1:8233"
    """Where people open the Temporal web UI."""
    console_url: str = "http://127.0.0.1:8500"
    """Where people open our own pages; links in warnings start with it."""

    exchange_url: str | None = None
    """The bill exchange's disclosure site."""
    exchange_username: str = "leasing-house"
    browser_path: Path | None = None
    """Chromium or Chrome; found on PATH when not set."""

    bureau_url: str | None = None
    """The credit bureau's enquiry service."""
    antifraud_url: str | None = None
    """Anti-fraud data about persons, firms, phones and devices."""
    authority_url: str | None = None
    """The signing authority: certificates, remote signatures, timestamps."""
    movables_url: str | None = None
    """The unified registry of movables."""

    ocr_processes: int = Field(default=0, ge=0, le=64)
    """Reading processes; 0 for one per core."""
    easyocr_models: Path | None = None
    """Directory with EasyOCR's weights, for the second engine."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_username: str | None = None
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    """``none``, ``starttls`` or ``tls``; the password is the secret ``smtp_password``."""
    mail_from: str = "leaseflow@localhost"
    webhook_url: str | None = None
    """Generic webhook, signed with the secret ``webhook_key``."""
    wecom_url: str | None = None
    dingtalk_url: str | None = None
    """Robot addresses; DingTalk's signing key is the secret ``dingtalk_key``."""

    build_id: str = "dev"
    """Version of this deployment, shown on each worker and used for worker versioning."""
    worker_versioning: bool = False
    """Route workflows to the build that started them (Temporal worker deployments)."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls),
            RunningStackSource(settings_cls, init_settings, env_settings),
        )


class RunningStackSource(PydanticBaseSettingsSource):
    """What the embedded stack wrote down about itself when it started."""

    def __init__(self, settings_cls: type[BaseSettings], *before: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._before = before

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        del field
        return self().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        home = Path(".leaseflow")
        for source in reversed([*self._before, TomlConfigSettingsSource(self.settings_cls)]):
            home = Path(source().get("home", home))
        state = read_state(home)
        return dict(state["settings"]) if state else {}


def load_settings(*, home: Path | None = None) -> Settings:
    """Settings from all sources.

    Raises:
        InvalidInputError: a value cannot be used; the message names the variable and the value.
    """
    try:
        return Settings(home=home) if home is not None else Settings()
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))} = {fault['input']!r}: {fault['msg']}"
            for fault in error.errors()
        )
        raise InvalidInputError(
            f"settings: {faults}", remedy=f"Correct the LEASEFLOW_ variable or {CONFIG_FILE}"
        ) from error


def setting_sources() -> dict[str, tuple[object, str]]:
    """Each setting's value and where it came from, secrets masked."""
    settings = load_settings()
    env = EnvSettingsSource(Settings)
    toml = TomlConfigSettingsSource(Settings)
    named = [
        ("environment", env()),
        (str(CONFIG_FILE), toml()),
        ("running stack", RunningStackSource(Settings, env)()),
    ]
    return {
        name: (
            _masked(getattr(settings, name)),
            next((label for label, values in named if name in values), "default"),
        )
        for name in Settings.model_fields
    }


def _masked(value: object) -> object:
    """A value fit to be shown: passwords in addresses and keys in robots' addresses are starred."""
    if not isinstance(value, str) or "://" not in value:
        return value
    parts = urlsplit(value)
    place = parts.netloc.rpartition("@")[2]
    user = parts.netloc.partition(":")[0] if "@" in parts.netloc else ""
    masked = f"{user}:***@{place}" if user else place
    secret_query = any(word in parts.query.lower() for word in ("key", "token", "password"))
    return urlunsplit(parts._replace(netloc=masked, query="***" if secret_query else parts.query))
