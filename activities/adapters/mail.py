"""E-mail by SMTP."""

from __future__ import annotations

import asyncio
import hashlib
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

from activities.ports.delivery import Channel, DeliveryFailedError, OutgoingMessage
from models.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    sender: str
    """Address in ``From``; its domain also names our message ids."""
    sender_name: str = "leaseflow"
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str | None = None
    password: str | None = None
    timeout_seconds: float = 20.0


class MailChannel(Channel):
    """One message with a text and an HTML part to the recipient's own address.

    Args:
        server: where and as whom.
        tls: how the server's certificate is checked; the system's authorities unless given.
    """

    name = "email"
    personal = True

    def __init__(self, server: MailServer, *, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls
        self._sender = _address(server.sender, server.sender_name)

    async def send(self, message: OutgoingMessage) -> None:
        letter = self._letter(message)
        try:
            await asyncio.to_thread(self._hand_over, letter)
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryFailedError(
                f"email to {message.address} by {self._server.host}:{self._server.port}: {_reason(error)}",
                remedy="It is tried again; check the mail server and the address",
            ) from error

    def _letter(self, message: OutgoingMessage) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        letter["From"] = self._sender
        letter["To"] = _address(message.address)
        letter["Subject"] = " ".join(message.subject.split())
        letter["Date"] = format_datetime(datetime.now(UTC))
        letter["Message-ID"] = message_id(message.key, self._sender.domain)
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text)
        letter.add_alternative(message.html, subtype="html")
        return letter

    def _hand_over(self, letter: EmailMessage) -> None:
        with self._connected() as connection:
            if self._server.username is not None:
                connection.login(self._server.username, self._server.password or "")
            connection.send_message(letter)

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        # without a name of our own smtplib asks DNS for one, which may take long
        ours = self._sender.domain
        if server.security == "tls":
            return smtplib.SMTP_SSL(
                server.host,
                server.port,
                local_hostname=ours,
                timeout=server.timeout_seconds,
                context=self._tls or ssl.create_default_context(),
            )
        connection = smtplib.SMTP(
            server.host, server.port, local_hostname=ours, timeout=server.timeout_seconds
        )
        if server.security == "starttls":
            try:
                connection.starttls(context=self._tls or ssl.create_default_context())
            except BaseException:
                connection.close()
                raise
        return connection


def message_id(key: str, domain: str) -> str:
    """The same for every try of a message: a repetition after a crash is recognised by its id."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def _address(address: str, name: str = "") -> Address:
    """An address as a header holds it.

    Raises:
        InvalidInputError: it is not one.
    """
    try:
        checked = Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError, MessageError):
        checked = None
    if checked is None or not checked.domain:
        raise InvalidInputError(
            f"e-mail address {address!r} is not valid", remedy="Correct it in the directory of people"
        )
    return checked


def _reason(error: Exception) -> str:
    """What the server said, in one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return f"{code} {_words(words)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return str(error) or type(error).__name__


def _words(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
