"""Messages to systems and group chats over HTTP: signed webhooks, WeCom and DingTalk robots."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from abc import abstractmethod
from typing import Final
from urllib.parse import urlsplit

import httpx

from activities.ports.delivery import Channel, DeliveryFailedError, OutgoingMessage

WECOM_LIMIT: Final = 4_096
"""Bytes of Markdown that a WeCom robot takes."""
DINGTALK_LIMIT: Final = 20_000
"""Bytes of a whole message that a DingTalk robot takes; some are left for what is around the text."""
_AROUND: Final = 1_000


class _HttpChannel(Channel):
    """Posts JSON; a redirect is not followed, since it would carry the message elsewhere.

    Args:
        url: where to post. Robots' addresses hold their key: errors name only the host.
        timeout_seconds: for connecting and for each read or write.
    """

    personal = False

    def __init__(self, url: str, *, timeout_seconds: float = 15.0) -> None:
        self._url = url
        self._timeout = timeout_seconds
        self._host = urlsplit(url).netloc.rpartition("@")[2]

    async def send(self, message: OutgoingMessage) -> None:
        try:
            async with httpx.AsyncClient(timeout=self._timeout) as client:
                answer = await client.send(self._request(client, message))
        except httpx.HTTPError as error:
            raise self._failed(str(error) or type(error).__name__) from error
        if not answer.is_success:
            raise self._failed(f"HTTP {answer.status_code}")
        self._check(answer)

    @abstractmethod
    def _request(self, client: httpx.AsyncClient, message: OutgoingMessage) -> httpx.Request:
        """The request that carries the message."""

    def _check(self, answer: httpx.Response) -> None:
        """Refuse an answer that says no in spite of its status."""

    def _failed(self, reason: str) -> DeliveryFailedError:
        return DeliveryFailedError(
            f"{self.name} to {self._host}: {reason}",
            remedy="It is tried again; check the address and the key",
        )


class SignedWebhook(_HttpChannel):
    """Posts the message as data, signed so that the receiver can tell that it comes from us.

    ``X-Leaseflow-Signature: t=<unix seconds>,v1=<hex>`` where the hex is HMAC-SHA256 over
    ``<t>.<body>``; ``Idempotency-Key`` is the same for every try of one message.

    Args:
        url: where to post.
        secret: shared with the receiver.
        timeout_seconds: for connecting and for each read or write.
    """

    name = "webhook"

    def __init__(self, url: str, secret: str, *, timeout_seconds: float = 15.0) -> None:
        super().__init__(url, timeout_seconds=timeout_seconds)
        self._secret = secret.encode()

    def _request(self, client: httpx.AsyncClient, message: OutgoingMessage) -> httpx.Request:
        content = {
            "id": message.key,
            "recipient": message.recipient,
            "subject": message.subject,
            "text": message.text,
            **message.facts,
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": message.key,
            "X-Leaseflow-Signature": signature(self._secret, body, at=int(time.time())),
        }
        return client.build_request("POST", self._url, content=body, headers=headers)


class _Robot(_HttpChannel):
    """Chat robots answer 200 even when they refuse; ``errcode`` tells."""

    def _check(self, answer: httpx.Response) -> None:
        try:
            said = answer.json()
            code = said["errcode"]
        except (ValueError, KeyError, TypeError):
            raise self._failed("the answer is not a robot's") from None
        if code != 0:
            raise self._failed(f"errcode {code} {said.get('errmsg', '')}".strip())


class WeComRobot(_Robot):
    """A group robot of WeCom (企业微信)."""

    name = "wecom"

    def _request(self, client: httpx.AsyncClient, message: OutgoingMessage) -> httpx.Request:
        content = {"msgtype": "markdown", "markdown": {"content": message.markdown.within(WECOM_LIMIT)}}
        return client.build_request("POST", self._url, json=content)


class DingTalkRobot(_Robot):
    """A group robot of DingTalk (钉钉).

    Args:
        url: the robot's address with its access token.
        secret: for the "signed" security setting; None when the robot is guarded otherwise.
        timeout_seconds: for connecting and for each read or write.
    """

    name = "dingtalk"

    def __init__(self, url: str, secret: str | None = None, *, timeout_seconds: float = 15.0) -> None:
        super().__init__(url, timeout_seconds=timeout_seconds)
        self._secret = secret

    def _request(self, client: httpx.AsyncClient, message: OutgoingMessage) -> httpx.Request:
        text = message.markdown.within(DINGTALK_LIMIT - _AROUND)
        content = {"msgtype": "markdown", "markdown": {"title": message.subject, "text": text}}
        url = httpx.URL(self._url)
        if self._secret is not None:
            at = str(time.time_ns() // 1_000_000)
            url = url.copy_merge_params({"timestamp": at, "sign": dingtalk_sign(self._secret, at)})
        return client.build_request("POST", url, json=content)


def signature(secret: bytes, body: bytes, *, at: int) -> str:
    """Value of ``X-Leaseflow-Signature``.

    Args:
        secret: shared with the receiver.
        body: the request's body as sent.
        at: Unix time in seconds, so that the receiver can refuse an old request played again.
    """
    digest = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def dingtalk_sign(secret: str, timestamp: str) -> str:
    """DingTalk's signature: HMAC-SHA256 of timestamp, line break and secret, keyed by the secret, in Base64.

    Args:
        secret: as DingTalk shows it, ``SEC…``.
        timestamp: Unix time in milliseconds.
    """
    digest = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()
