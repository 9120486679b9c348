"""Where banks tell us about orders and money without being asked: `POST /banks/{code}/notices`.

A notice is answered 200 only when it is kept, and whom it concerns was told: until then the bank tells it
again. An order that we do not know is kept, put on the list of discrepancies and answered 202.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from temporalio.service import RPCError

from activities.payments.applying import MoneyIn, Told
from activities.payments.hearing import Concerns, hear, is_ours
from activities.payments.telling import Teller
from activities.ports.bank_notices import (
    NoticeReader,
    Notification,
    UnreadableNotificationError,
    UntrustedNotificationError,
)
from activities.store import parameters
from activities.store.database import Database
from activities.store.payments import notices
from activities.store.payments.notices import NoticeState
from activities.store.tables.notices import BankNoticeRow
from console.calls import BodyBrokeOffError, BodyTooLargeError, body_of, target_of
from models.errors import InvalidInputError, ServiceUnreachableError
from models.parameters.banks import BankProfile
from models.parameters.registry import NothingInForceError, bank_profile
from models.payments.banking import StatementLine

LARGEST: Final = 256 * 1024
"""Bytes of one notice."""

_PATIENCE: Final = 3.0
"""Seconds within which a notice is passed on: banks wait about 5 for their answer."""

Readers = Callable[[BankProfile], NoticeReader]
"""Makes what checks and understands the notices of a bank."""

log = structlog.get_logger(__name__)


class ForeignNoticeError(InvalidInputError):
    """The address belongs to no bank of ours that could tell us anything."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A notice in the books."""

    row: BankNoticeRow
    told: Told | None = None
    """What must still be passed on about a payment."""
    came: MoneyIn | None = None
    """Money that must still be announced."""


class BankNotices:
    """Takes the notices of all banks.

    Args:
        database: where payments and notices are.
        readers: check and understand them.
        teller: passes on what they say.
    """

    def __init__(self, database: Database, readers: Readers, teller: Teller) -> None:
        self._database = database
        self._readers = readers
        self._teller = teller

    async def take(self, request: Request) -> Response:
        """Take one notice.

        200 kept and passed on, 202 of an order that we do not know, 400 not understood or broken off, 401
        not signed by this bank (nothing is kept), 413 too large, 503 the house's own trouble: tell it again.
        """
        code = request.path_params["code"]
        try:
            notice = await self._read(request, code)
            taken = await asyncio.to_thread(self._enter, code, notice)
            await self._pass_on(taken)
        except (UntrustedNotificationError, ForeignNoticeError) as error:
            log.warning("bank notice not trusted", bank=code, reason=error.message)
            return _answer(HTTPStatus.UNAUTHORIZED, "not taken")
        except (UnreadableNotificationError, BodyBrokeOffError) as error:
            log.warning("bank notice not understood", bank=code, reason=error.message)
            return _answer(HTTPStatus.BAD_REQUEST, error.message)
        except BodyTooLargeError as error:
            return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error.message)
        except (ServiceUnreachableError, InvalidInputError, RPCError, TimeoutError) as error:
            # a missing key is the house's own trouble, too: told again, the notice is passed on
            log.warning("bank notices out of order", bank=code, reason=str(error))
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE, "try again later")
        unmatched = taken.row.state == NoticeState.UNMATCHED
        return _answer(HTTPStatus.ACCEPTED if unmatched else HTTPStatus.OK, taken.row.state)

    async def _pass_on(self, taken: Taken) -> None:
        if taken.told is None and taken.came is None:
            return
        async with asyncio.timeout(_PATIENCE):
            if taken.told is not None:
                await self._teller.pass_on(taken.told)
            if taken.came is not None:
                await self._teller.announce(taken.came)
        await asyncio.to_thread(self._note_told, taken.row)

    async def _read(self, request: Request, code: str) -> Notification:
        body = await body_of(request, LARGEST)
        profile = await asyncio.to_thread(self._profile, code)
        return await self._readers(profile).read(target_of(request), request.headers, body)

    def _profile(self, code: str) -> BankProfile:
        with self._database.transaction() as session:
            try:
                profile = parameters.in_force(session, bank_profile(code), datetime.now(UTC)).value
            except NothingInForceError as error:
                raise ForeignNoticeError(f"bank {code!r} has no profile in force") from error
        if profile.http is None or not profile.http.verify_answers:
            raise ForeignNoticeError(f"bank {code!r} has no signed service interface")
        return profile

    def _enter(self, code: str, notice: Notification) -> Taken:
        """Keep a notice and what it says, in one transaction; a known one is not heard again."""
        now = datetime.now(UTC)
        answer, content = notice.answer, notice.answer or notice.incoming
        if content is None:
            raise UntrustedNotificationError(f"notice {notice.id!r} says nothing")
        with self._database.transaction() as session:
            row, new = notices.enter(
                session, code, notice.id, notice.reference, evidence=notice.evidence, content=content, at=now
            )
            if notice.incoming is not None:
                return Taken(row, came=_money_in(notice.incoming) if row.told_at is None else None)
            if new and answer is not None:
                payment = is_ours(session, code, notice.reference)
                if payment is None:
                    notices.note_unmatched(session, row, answer, at=now)
                elif hear(session, payment, answer, at=now) is Concerns.NOBODY:
                    notices.note_told(session, row, at=now)
            due = row.told_at is None and answer is not None
            return Taken(row, Told(notice.reference, answer) if due and answer is not None else None)

    def _note_told(self, row: BankNoticeRow) -> None:
        with self._database.transaction() as session:
            notices.note_told(session, session.merge(row), at=datetime.now(UTC))


def _money_in(line: StatementLine) -> MoneyIn:
    references = (line.reference, line.bank_reference, line.text)
    return MoneyIn(references, line.amount, line.bank_reference, line.value_date)


def _answer(status: HTTPStatus, state: str) -> Response:
    return JSONResponse({"state": state}, status)
