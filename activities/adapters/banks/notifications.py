"""What a bank tells without being asked: calls to an address of ours, taken only when signed by the bank."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from activities.adapters.banks.answers import (
    UnreadableAnswerError,
    money,
    read_answer,
    read_line,
    read_object,
)
from activities.adapters.banks.http import Clock, Keep
from activities.adapters.banks.signing import UnsignedError, check_signed, signatures_of
from activities.ports.bank_notices import (
    NoticeReader,
    Notification,
    UnreadableNotificationError,
    UntrustedNotificationError,
)
from activities.ports.secrets import SecretStore
from models.errors import InvalidInputError
from models.parameters.banks import BankProfile
from models.payments.banking import Heard, StatementLine


class NotificationReader(NoticeReader):
    """Reads the calls of one bank.

    Args:
        profile: of the bank, with an ``http`` connection whose answers are verified.
        secrets: hold the bank's public key.
        keep: keeps the wording, headers and signature included, as ``message/http``.
        clock: tells the time that signatures are compared with.

    Raises:
        InvalidInputError: the profile asks for no signatures, or a key is missing or unusable.
    """

    def __init__(self, profile: BankProfile, secrets: SecretStore, keep: Keep, clock: Clock) -> None:
        self._signatures = signatures_of(profile, secrets)
        if profile.http is None or not profile.http.verify_answers:
            raise InvalidInputError(
                f"bank {profile.code!r} does not sign, so its notifications cannot be told from anybody's",
                remedy="Set http.verify_answers in its profile, or ask the bank by inquiry",
            )
        self._bank = profile.code
        self._keep = keep
        self._clock = clock

    async def read(self, target: str, headers: Mapping[str, str], body: bytes) -> Notification:
        """See `NoticeReader.read`."""
        now = self._clock()
        try:
            check_signed(self._signatures, headers, "POST", target, body, now=now.timestamp())
            said = read_object(body)
            told = _told(said)
        except UnsignedError as error:
            raise UntrustedNotificationError(
                f"notification of bank {self._bank} is not taken: {error}",
                remedy="The bank sends it again; if this goes on, compare its public key with the secret",
            ) from error
        except UnreadableAnswerError as error:
            raise UnreadableNotificationError(
                f"notification of bank {self._bank} is not understood: {error}",
                remedy="Compare it with the bank's description of its interface",
            ) from error
        evidence = await asyncio.to_thread(self._keep, _wording(target, headers, body), "message/http")
        answer = replace(told.answer, heard_at=now, evidence=evidence) if told.answer else None
        return replace(told, evidence=evidence, answer=answer)


def _told(said: dict[str, Any]) -> Notification:
    identity = said.get("id")
    if not isinstance(identity, str) or not identity:
        raise UnreadableAnswerError(f"id {identity!r} is no identifier")
    match said.get("event"):
        case "order":
            answer = read_answer(said, Heard.NOTIFICATION)
            return Notification(identity, said["reference"], "", answer=answer)
        case "incoming":
            line = _incoming(said)
            return Notification(identity, line.reference, "", incoming=line)
        case event:
            raise UnreadableAnswerError(f"event {event!r} is not known")


def _incoming(said: dict[str, Any]) -> StatementLine:
    account, amount = said.get("account"), said.get("amount")
    if not isinstance(account, str) or not isinstance(amount, dict):
        raise UnreadableAnswerError("account or amount is missing")
    whole = money(amount.get("value"), amount.get("currency"))
    entry = said | {"amount": str(whole), "value_date": said.get("value_date", said.get("booking_date"))}
    return read_line(account, whole.currency, entry)


def _wording(target: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The call as evidence: what its signature covers, and the signature."""
    kept = ("x-client", "x-timestamp", "x-nonce", "x-signature")
    head = [f"POST {target} HTTP/1.1", *(f"{name}: {headers[name]}" for name in kept if name in headers)]
    return "\r\n".join((*head, "", "")).encode() + body
