"""A partner system's profile: all that is particular about a core system, a finance system, an agency.

A profile is one parameter set (``partner-<code>``), versioned, effective-dated and changed by four eyes.
It is read at every step, so that a change needs no restart.
"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from models.parameters.banks import Window
from models.parameters.parts import Part, Seconds


def _subject(value: str) -> str:
    if not value or any(letter.isspace() or letter in "*>" for letter in value) or ".." in value:
        raise ValueError("write tokens joined by dots, without blanks and wildcards")
    return value


Subject = Annotated[str, AfterValidator(_subject)]
Topic = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]


class NatsConnection(Part):
    """A NATS server with JetStream between us and the partner."""

    address: str
    """``nats://host:4222`` or ``tls://…``; several are joined by commas."""
    login: Literal["none", "token", "password"] = "none"
    """The token or password is the secret ``partner_<code>_password``."""
    user: str = ""
    outgoing: Subject
    """Our messages go to ``<outgoing>.<topic>``, kept in a stream of that name (dots as hyphens)."""
    incoming: Subject = "leaseflow.in"
    """The partner's messages come on ``<incoming>.>``, kept in a stream of that name."""
    consistency: Subject = "consistency"
    """Subject on which the partner answers what it has of a day."""
    keep_days: Annotated[int, Field(ge=1, le=3_650)] = 30
    """How long streams keep messages."""
    same_id_seconds: Annotated[int, Field(ge=10, le=604_800)] = 86_400
    """How long the stream knows a message id and drops its repetition."""
    publish_seconds: Seconds = 5.0
    """An acknowledgement that takes longer is taken for none."""
    ack_wait_seconds: Seconds = 30.0
    """A message that we took and did not acknowledge comes again after so long."""
    max_deliver: Annotated[int, Field(ge=-1, le=1_000_000)] = -1
    """Deliveries until the server gives a message up; -1 never, since what is poison stops at our inbox."""


class HttpConnection(Part):
    """The partner's HTTP interface: ``POST <address>/messages``, ``GET <address>/consistency``."""

    address: str
    """Base URL, ``https://…``."""
    client_id: str = "leaseflow"
    """Under which the partner knows us."""
    signature: Literal["hmac-sha256", "ed25519"] = "hmac-sha256"
    """How both sides sign; keys are the secrets ``partner_<code>_key`` and ``partner_<code>_public_key``."""
    answer_seconds: Seconds = 5.0
    """An answer that takes longer is taken for none."""

    @model_validator(mode="after")
    def _an_address(self) -> HttpConnection:
        parts = urlsplit(self.address)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("address must be http://… or https://…")
        return self


class OutgoingTopic(Part):
    """A kind of message that we send."""

    refusals: Annotated[int, Field(ge=1, le=1_000)] = 3
    """So many refusals of one message make it a dead letter."""
    dead_letter: Literal["blocks", "passes"] = "blocks"
    """Whether those behind a dead letter, of the same ordering key, wait for a person."""


class IncomingTopic(Part):
    """A kind of message that we take."""

    handler: str
    """Name of what is done with it, such as ``finance.voucher-taken`` or ``keep``."""
    tries: Annotated[int, Field(ge=1, le=1_000)] = 3
    """So many failures of the handler make a message a dead letter."""
    dead_letter: Literal["blocks", "passes"] = "blocks"


class Retrying(Part):
    """When a partner that does not take messages is tried again."""

    pauses_seconds: Annotated[tuple[Seconds, ...], Field(min_length=1)] = (1, 2, 5, 15, 60)
    """Waits after the first failures; the last one repeats for as long as it takes."""

    def pause(self, failures: int) -> float:
        """Seconds to wait after so many failures in a row."""
        return self.pauses_seconds[min(max(failures, 1), len(self.pauses_seconds)) - 1]


class PartnerProfile(Part):
    """Everything particular about one partner system."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,23}$")]
    """Short name: part of parameter, workflow, stream and secret names."""
    name: str
    active: bool = True
    """Nothing is exchanged with a partner that is not active; what is put waits."""
    transport: Literal["nats", "http"]
    nats: NatsConnection | None = None
    http: HttpConnection | None = None
    outgoing: dict[Topic, OutgoingTopic] = Field(default={})
    incoming: dict[Topic, IncomingTopic] = Field(default={})
    feeds: tuple[Literal["vouchers"], ...] = ()
    """What is put by itself, under an outgoing topic of the same name."""
    ordering: Literal["partner", "key"] = "key"
    """Whether everything goes in one order, or each ordering key in its own."""
    at_once: Annotated[int, Field(ge=1, le=64)] = 8
    """Ordering keys that are delivered side by side."""
    retry: Retrying = Retrying()
    messages_per_second: Annotated[float, Field(gt=0, le=100_000)] = 1_000.0
    look_seconds: Annotated[float, Field(ge=0.1, le=3_600)] = 2.0
    """Feeds and waiting messages are looked at so often even if nobody says that there is one."""
    window: Window = Window()
    """Business hours in which the partner takes messages."""

    @model_validator(mode="after")
    def _connected(self) -> PartnerProfile:
        if (self.nats if self.transport == "nats" else self.http) is None:
            raise ValueError(f"transport {self.transport} needs the part {self.transport}")
        if missing := [feed for feed in self.feeds if feed not in self.outgoing]:
            raise ValueError(f"feed {missing[0]} needs an outgoing topic of that name")
        return self
