"""Where partner systems hand messages in: stored once, acknowledged after the commit."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import structlog
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from activities.ports.transport import IntakeGuard, NotSignedError
from activities.store.database import Database
from activities.store.forwarding import inbox, partners
from activities.store.forwarding.inbox import Stored
from console.calls import BodyBrokeOffError, BodyTooLargeError, body_of, target_of
from models.calendar import business_date
from models.errors import InvalidInputError, LeaseflowError, ServiceUnreachableError
from models.forwarding.envelopes import Envelope, read_envelope
from models.forwarding.errors import MalformedMessageError, UnknownPartnerError
from models.parameters.partners import PartnerProfile

log = structlog.get_logger(__name__)

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of one message."""


class IntakePages:
    """``POST /partners/{partner}/messages``.

    Args:
        database: where the inbox is.
        guard: checks signatures as the partner's profile says.
    """

    def __init__(self, database: Database, guard: IntakeGuard) -> None:
        self._database = database
        self._guard = guard

    async def take(self, request: Request) -> Response:
        """Take one message: 200 new or known, 409 another body under a known id, 401 not signed."""
        try:
            content = await body_of(request, LARGEST)
            return await asyncio.to_thread(self._take, request, content)
        except NotSignedError as error:
            return _refusal(HTTPStatus.UNAUTHORIZED, error)
        except UnknownPartnerError as error:
            return _refusal(HTTPStatus.NOT_FOUND, error)
        except BodyTooLargeError as error:
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error)
        except (MalformedMessageError, BodyBrokeOffError) as error:
            return _refusal(HTTPStatus.BAD_REQUEST, error)
        except (ServiceUnreachableError, InvalidInputError) as error:
            # the house's own trouble, a missing key included: the partner keeps the message and tries again
            log.warning("intake out of order", reason=str(error))
            return JSONResponse({"error": "try again later"}, HTTPStatus.SERVICE_UNAVAILABLE)

    def _take(self, request: Request, content: bytes) -> Response:
        now = datetime.now(UTC)
        partner = request.path_params["partner"]
        with self._database.transaction() as session:
            profile = self._profile(session, partner)
            self._guard.check(profile, request.headers, "POST", target_of(request), content, now=time.time())
            envelope = read_envelope(content, default_day=business_date(now))
            stored = _store(session, profile, envelope, at=now)
        status = HTTPStatus.CONFLICT if stored is Stored.CONFLICT else HTTPStatus.OK
        said: dict[str, str] = {"id": envelope.id, "state": stored}
        if stored is Stored.CONFLICT:
            said["error"] = f"id {envelope.id!r} came before with another body; the first one stands"
        return JSONResponse(said, status)

    def _profile(self, session: Session, partner: str) -> PartnerProfile:
        profile = partners.profile_of(session, partner)
        if profile.http is None or not profile.active:
            raise UnknownPartnerError(partner)
        return profile


def _store(session: Session, profile: PartnerProfile, envelope: Envelope, *, at: datetime) -> Stored:
    if envelope.topic not in profile.incoming:
        raise MalformedMessageError(
            f"topic = {envelope.topic!r} is not taken",
            remedy=f"Send one of {', '.join(profile.incoming) or 'none'}",
        )
    return inbox.take(session, profile.code, envelope, came_by="http", at=at)


def _refusal(status: HTTPStatus, error: LeaseflowError) -> Response:
    return JSONResponse({"error": str(error)}, status)
