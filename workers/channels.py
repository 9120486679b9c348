"""The ways out to people and systems, as far as they are configured."""

from __future__ import annotations

from activities.adapters.console_log import LogChannel
from activities.adapters.mail import MailChannel, MailServer
from activities.adapters.webhooks import DingTalkRobot, SignedWebhook, WeComRobot
from activities.ports.delivery import Channel
from activities.ports.secrets import SecretStore
from workers.settings import Settings


def channels(settings: Settings, secrets: SecretStore) -> dict[str, Channel]:
    """Every channel that has an address, by name."""
    ways: list[Channel] = [LogChannel(), mail(settings, secrets)]
    if settings.webhook_url is not None:
        ways.append(SignedWebhook(settings.webhook_url, secrets.get("webhook_key")))
    if settings.wecom_url is not None:
        ways.append(WeComRobot(settings.wecom_url))
    if settings.dingtalk_url is not None:
        ways.append(DingTalkRobot(settings.dingtalk_url, secrets.get("dingtalk_key")))
    return {way.name: way for way in ways}


def mail(settings: Settings, secrets: SecretStore) -> Channel:
    """The house's mail server."""
    return MailChannel(_mail_server(settings, secrets))


def _mail_server(settings: Settings, secrets: SecretStore) -> MailServer:
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.mail_from,
        security=settings.smtp_security,
        username=settings.smtp_username,
        password=secrets.get("smtp_password") if settings.smtp_username else None,
    )
