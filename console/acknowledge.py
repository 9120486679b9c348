"""Acknowledging a warning by the link that came with it.

Opening a link shows what it is about and changes nothing, since mail scanners open links too; only
the button acknowledges.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.bill_monitoring.report_facts import described
from activities.ports.delivery import (
    AcknowledgementClaim,
    AcknowledgementLinks,
    ExpiredLinkError,
    ForgedLinkError,
)
from activities.store import people
from activities.store.bill_monitoring.report_facts import staff_names
from activities.store.bill_monitoring.warned_findings import warned_findings
from activities.store.database import Database
from activities.store.tables.bills import FindingRow
from activities.templates.catalogue import catalogue
from activities.templates.rendering import shanghai_time, templates
from models.bill_monitoring.messages import Acknowledged, Acknowledgement
from models.bill_monitoring.report import ReportFinding
from models.errors import InvalidInputError, ServiceUnreachableError
from models.people import Actor, StaffMember

_PATIENCE: Final = timedelta(seconds=15)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Notice:
    """What a link is about, as the books stand now."""

    person: StaffMember
    list_date: date
    officer_name: str
    findings: Sequence[ReportFinding]
    answered: Mapping[str, str]
    """By whom and when, of the findings that are acknowledged."""

    @property
    def open_count(self) -> int:
        return len(self.findings) - len(self.answered)


class AcknowledgementPages:
    """The pages behind ``/acknowledge/{token}``."""

    def __init__(
        self, *, temporal: Client, database: Database, signer: AcknowledgementLinks, language: str
    ) -> None:
        self._temporal = temporal
        self._database = database
        self._signer = signer
        self._language = language
        self._text = catalogue(language).text

    async def show(self, request: Request) -> Response:
        """What would be acknowledged, and by whom; nothing changes."""
        looked_up = await self._look_up(request)
        return looked_up if isinstance(looked_up, Response) else self._notice_page(looked_up[1])

    async def acknowledge(self, request: Request) -> Response:
        """Acknowledge in the name of the link's holder; a second click gets the first one's answer."""
        looked_up = await self._look_up(request)
        if isinstance(looked_up, Response):
            return looked_up
        claim, notice = looked_up
        actor = replace(notice.person.actor(), authenticated_by="link")
        try:
            answer = await self._update(claim, actor, token=request.path_params["token"])
        except WorkflowUpdateFailedError as failure:
            cause = failure.cause
            reason = cause.message if isinstance(cause, ApplicationError) else str(cause)
            return self._sentence_page("refused", status=409, sentence=reason)
        except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            return await self._not_taken(claim, error)
        done = self._text("console.done", name=notice.person.full_name, count=len(answer.finding_ids))
        current = await asyncio.to_thread(self._read, claim)
        return self._notice_page(current or notice, done=done)

    # ------------------------------------------------------------ behind the pages

    async def _look_up(self, request: Request) -> tuple[AcknowledgementClaim, _Notice] | Response:
        try:
            claim = self._signer.verify(request.path_params["token"], now=datetime.now(UTC))
            notice = await asyncio.to_thread(self._read, claim)
        except ForgedLinkError:
            return self._sentence_page("forged", status=404)
        except ExpiredLinkError:
            return self._sentence_page("expired", status=410)
        except ServiceUnreachableError as error:
            await _log.aerror("books_unreachable", reason=str(error))
            return self._sentence_page("unavailable", status=503)
        except InvalidInputError as error:  # the person has left the directory
            return self._sentence_page("refused", status=403, sentence=str(error))
        if notice is None:
            return self._sentence_page("refused", status=404, sentence=self._text("console.unknown"))
        return claim, notice

    def _read(self, claim: AcknowledgementClaim) -> _Notice | None:
        with self._database.transaction() as session:
            person = people.find_member(session, claim.recipient)
            rows = warned_findings(session, claim.warning_workflow, claim.recipient)
            if not rows:
                return None
            names = staff_names(session)
            return _Notice(
                person=person,
                list_date=rows[0].list_date,
                officer_name=names.get(rows[0].officer, rows[0].officer),
                findings=described(session, rows, catalogue(self._language)),
                answered={row.finding_id: self._answered(row, names) for row in rows if row.acknowledged_by},
            )

    async def _update(self, claim: AcknowledgementClaim, actor: Actor, *, token: str) -> Acknowledged:
        handle = self._temporal.get_workflow_handle(claim.warning_workflow)
        answer: Acknowledged = await handle.execute_update(
            "acknowledge",
            Acknowledgement(actor),
            id=f"link-{hashlib.sha256(token.encode()).hexdigest()[:32]}",
            result_type=Acknowledged,
            rpc_timeout=_PATIENCE,
        )
        return answer

    async def _not_taken(self, claim: AcknowledgementClaim, error: Exception) -> Response:
        """The warning is closed, which is well when all is acknowledged, or Temporal does not answer."""
        if isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND:
            notice = await asyncio.to_thread(self._read, claim)
            if notice is not None and not notice.open_count:
                return self._notice_page(notice)
            return self._sentence_page("refused", status=404, sentence=self._text("console.unknown"))
        await _log.aerror("acknowledgement_not_taken", warning=claim.warning_workflow, error=str(error))
        return self._sentence_page("unavailable", status=503)

    # ------------------------------------------------------------ pages

    def _answered(self, row: FindingRow, names: Mapping[str, str]) -> str:
        by = row.acknowledged_by or ""
        at = shanghai_time(row.acknowledged_at) if row.acknowledged_at else ""
        return self._text("console.acknowledged_by", by=names.get(by, by), at=at)

    def _notice_page(self, notice: _Notice, *, done: str = "") -> Response:
        if notice.open_count:
            title = self._text("console.title")
        else:
            title = self._text("console.done_title" if done else "console.already_title")
        return self._page("acknowledge.html.j2", status=200, title=title, notice=notice, done=done)

    def _sentence_page(self, kind: str, *, status: int, sentence: str = "") -> Response:
        title = self._text(f"console.{kind}_title")
        return self._page(
            "sentence.html.j2", status=status, title=title, sentence=sentence or self._text(f"console.{kind}")
        )

    def _page(self, template: str, *, status: int, **values: object) -> Response:
        page = templates("console", self._language).get_template(template)
        return HTMLResponse(page.render(values), status_code=status)
