"""Why messages between systems are refused."""

from __future__ import annotations

from models.errors import InvalidInputError, RefusedByRuleError


class UnknownPartnerError(InvalidInputError):
    """No partner system of this code is configured, or not yet."""

    def __init__(self, partner: str) -> None:
        super().__init__(
            f"partner system {partner!r} is not configured",
            remedy=f"Enter it: leaseflow params propose partner-{partner} --file FILE",
        )


class UnknownTopicError(InvalidInputError):
    """The partner's parameters do not name this topic."""

    def __init__(self, partner: str, topic: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"topic {topic!r} is not exchanged with {partner}",
            remedy=f"Use one of {', '.join(known) or 'none'}, or add it to partner-{partner}",
        )


class KeyReusedError(RefusedByRuleError):
    """A key stands for another message already."""

    def __init__(self, partner: str, key: str, *, first: str, now: str) -> None:
        super().__init__(
            f"key {key!r} for {partner} stands for another message (hash {first[:12]}) than this one"
            f" (hash {now[:12]})",
            remedy="Put the first message unchanged, or give the new one a key of its own",
        )


class MalformedMessageError(InvalidInputError):
    """What a partner sent is no message."""


class InexactNumberError(InvalidInputError):
    """A body holds a binary fraction, in which amounts are not exact."""

    def __init__(self, value: float) -> None:
        super().__init__(
            f"the body holds the binary fraction {value!r}", remedy="Write amounts and rates as decimal texts"
        )


class UnknownMessageError(InvalidInputError):
    """There is no such message."""

    def __init__(self, partner: str, key: str) -> None:
        super().__init__(f"{partner} has no message {key!r}", remedy="See leaseflow outbox list")


class NotPausedError(RefusedByRuleError):
    """Resuming what runs, or pausing what is paused."""


class NothingToRedriveError(RefusedByRuleError):
    """No dead letter fits the command."""
