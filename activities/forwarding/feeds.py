"""What is put into outboxes by itself, and what is done with messages that come in, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlmodel import Session

from activities.forwarding import finance
from activities.store.tables.forwarding import InboxRow
from models.errors import InvalidInputError

Feed = Callable[[Session, str], int]
"""Puts what is not put yet for a partner, in one transaction; gives how many."""
Handler = Callable[[Session, InboxRow], str]
"""Handles a message in the transaction that marks it handled; gives what came of it, for people."""


class UnknownHandlerError(InvalidInputError):
    """The profile names no handler for a topic, or one that does not exist."""


def keep(_session: Session, message: InboxRow) -> str:
    """Do nothing more than keep it: somebody reads the inbox."""
    return f"kept {message.topic}"


FEEDS: Final[Mapping[str, Feed]] = {"vouchers": finance.feed_vouchers}
HANDLERS: Final[Mapping[str, Handler]] = {
    "keep": keep,
    "finance.voucher-taken": finance.take_acknowledgement,
}


def handler_named(name: str | None, topic: str) -> Handler:
    """The handler of a topic.

    Raises:
        UnknownHandlerError: there is none.
    """
    if name is None:
        raise UnknownHandlerError(
            f"topic {topic!r} is not among the partner's incoming topics", remedy="Add it to its profile"
        )
    if name not in HANDLERS:
        raise UnknownHandlerError(
            f"handler {name!r} of topic {topic!r} does not exist",
            remedy=f"Use one of {', '.join(HANDLERS)}",
        )
    return HANDLERS[name]
