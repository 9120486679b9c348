"""What travels between systems: an envelope around a body, the same bytes at every try."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Never

from models.forwarding.errors import InexactNumberError, MalformedMessageError

Body = dict[str, Any]

_LONGEST_NAME: Final = 200
"""Characters of ids, topics and ordering keys."""
_DEEPEST: Final = 100
"""Levels of lists and objects: what nests deeper is broken or malicious, and overflows whoever reads it."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message on its way. A repetition of it is the same to the last byte."""

    id: str
    """Unique among all messages between two systems in one direction: receivers tell repetitions by it."""
    topic: str
    ordering_key: str
    """Messages of one ordering key arrive in the order of their numbers."""
    number: int
    """Gapless within the ordering key, from 1; 0 where the sender does not count."""
    day: date
    """The business day on which it was put; both sides compare their books by it."""
    body: Body

    @property
    def sha256(self) -> str:
        """Hash of the body alone."""
        return content_hash(self.body)

    def written(self) -> bytes:
        """The bytes that travel."""
        return canonical_json(
            {
                "id": self.id,
                "topic": self.topic,
                "ordering_key": self.ordering_key,
                "number": self.number,
                "day": self.day.isoformat(),
                "sha256": self.sha256,
                "body": self.body,
            }
        )


def canonical_json(value: object) -> bytes:
    """The one way in which a value is written: sorted keys, no spaces, UTF-8.

    Raises:
        InexactNumberError: a float is in it.
    """
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def content_hash(body: Body) -> str:
    """SHA-256 of a body in hexadecimal; how its sender arranged and spaced it makes no difference.

    Raises:
        InexactNumberError: a float is in it.
    """
    return hashlib.sha256(canonical_json(body)).hexdigest()


def read_envelope(content: bytes, *, default_day: date) -> Envelope:
    """The envelope that a partner sent. Numbers with a point become texts, so that no digit is lost.

    Args:
        content: as received.
        default_day: the day of messages that name none.

    Raises:
        MalformedMessageError: it is no envelope, or its body is not the one that it says.
    """
    try:
        given = json.loads(content, parse_float=str, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedMessageError(
            f"the message is no JSON: {error}", remedy="Send a JSON object in UTF-8"
        ) from None
    if not isinstance(given, dict):
        raise MalformedMessageError("the message is no JSON object", remedy="Send id, topic and body")
    envelope = Envelope(
        id=_text(given, "id"),
        topic=_text(given, "topic"),
        ordering_key=_text(given, "ordering_key", default=""),
        number=_number(given),
        day=_day(given, default_day),
        body=_body(given),
    )
    declared = given.get("sha256")
    if declared is not None and declared != envelope.sha256:
        raise MalformedMessageError(
            f"message {envelope.id!r}: sha256 = {declared!r}, but the body's is {envelope.sha256}",
            remedy="Hash the body as JSON with sorted keys and no spaces, or leave sha256 out",
        )
    return envelope


def _text(given: dict[str, Any], name: str, *, default: str | None = None) -> str:
    value = given.get(name, default)
    if not isinstance(value, str) or (not value and default is None) or len(value) > _LONGEST_NAME:
        raise MalformedMessageError(
            f"{name} = {value!r} is no name", remedy=f"Give a text of 1 to {_LONGEST_NAME} characters"
        )
    _refuse_unkeepable(name, value)
    return value


def _number(given: dict[str, Any]) -> int:
    value = given.get("number", 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise MalformedMessageError(f"number = {value!r} is no count", remedy="Count from 1, or leave it out")
    return value


def _day(given: dict[str, Any], default: date) -> date:
    value = given.get("day")
    if value is None:
        return default
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise MalformedMessageError(f"day = {value!r} is no date", remedy="Write YYYY-MM-DD") from None


def _body(given: dict[str, Any]) -> Body:
    body = given.get("body")
    if not isinstance(body, dict):
        raise MalformedMessageError(f"body = {body!r:.80} is no JSON object", remedy="Send an object")
    _refuse_unkeepable("body", body)
    return body


def _refuse_constant(name: str) -> Never:
    """Python's reader takes ``NaN`` and ``Infinity``, which JSON does not know."""
    raise ValueError(f"{name} is no number")


def _refuse_unkeepable(name: str, value: object, *, level: int = 0) -> None:
    """Refuse what JSON can say and UTF-8 or PostgreSQL cannot: it would stop all that comes behind it."""
    if level > _DEEPEST:
        raise MalformedMessageError(f"body nests deeper than {_DEEPEST} levels", remedy="Send it flatter")
    if isinstance(value, str):
        if "\x00" in value:
            raise MalformedMessageError(f"{name} = {value!r:.80} holds a zero byte", remedy="Leave it out")
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise MalformedMessageError(
                f"{name} = {value!r:.80} holds half a character", remedy="Send text in UTF-8"
            )
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_unkeepable(f"a name in {name}", key, level=level + 1)
            _refuse_unkeepable(f"{name}.{key}", inner, level=level + 1)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unkeepable(name, inner, level=level + 1)


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise InexactNumberError(value)
    if isinstance(value, dict):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
