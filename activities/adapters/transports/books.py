"""Reading what a partner says it has of a day."""

from __future__ import annotations

import json
from typing import Any

from activities.ports.transport import PartnerUnreachableError
from models.forwarding.consistency import Digest, Exchanged


def read_digests(content: bytes, partner: str) -> dict[str, Digest]:
    """``{"topics": {TOPIC: {"count": N, "hash": H}}}``.

    Raises:
        PartnerUnreachableError: it says something else.
    """
    topics = _object(content, partner).get("topics")
    try:
        return {str(topic): Digest(int(said["count"]), str(said["hash"])) for topic, said in topics.items()}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _unusable(partner, topics) from None


def read_listing(content: bytes, partner: str) -> list[Exchanged]:
    """``{"messages": [{"id": …, "sha256": …}]}``.

    Raises:
        PartnerUnreachableError: it says something else.
    """
    messages = _object(content, partner).get("messages")
    try:
        return [Exchanged(str(said["id"]), str(said["sha256"])) for said in messages]
    except (KeyError, TypeError):
        raise _unusable(partner, messages) from None


def _object(content: bytes, partner: str) -> Any:  # noqa: ANN401 - read by the callers
    try:
        said = json.loads(content)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise _unusable(partner, content[:80])
    return said


def _unusable(partner: str, said: object) -> PartnerUnreachableError:
    return PartnerUnreachableError(
        f"{partner} does not say what it has of the day: {str(said)[:80]}",
        remedy="See docs/guides/forwarding.md for what is expected",
    )
