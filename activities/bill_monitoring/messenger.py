"""Telling people, once per channel, whatever breaks in between."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from temporalio import activity

from activities.bill_monitoring.letters import Letters
from activities.bill_monitoring.report_facts import described
from activities.ports.delivery import (
    AcknowledgementClaim,
    AcknowledgementLinks,
    Channel,
    DeliveryFailedError,
    OutgoingMessage,
)
from activities.store import people
from activities.store.bill_monitoring import findings, warnings
from activities.store.database import Database
from activities.store.tables.bills import DeliveryRow
from activities.templates.catalogue import catalogue
from models.bill_monitoring.messages import SendWarning, TroubleNotice
from models.errors import InvalidInputError
from models.people import Role, StaffMember
from workflows.bill_monitoring.steps import Messenger

LINK_LIFETIME: Final = timedelta(days=30)
"""A link outlives the time to acknowledge: late is better than never."""

_GROUP: Final = StaffMember(username="operators", full_name="", roles=(), branch="", email="")

_log = structlog.get_logger(__name__)


class Deliveries(Messenger):
    """Sends over every channel that the parameters name; the books know what has left.

    A delivery is entered before it leaves and marked after. Between the two a crash may repeat it,
    under the same key, by which receivers recognise the repetition.

    Args:
        database: the books.
        channels: the ways out that are set up, by the name parameters use.
        language: of the messages.
        console_url: where people's browsers reach the acknowledgement page.
        link_signer: makes its links.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        *,
        language: str,
        console_url: str,
        link_signer: AcknowledgementLinks,
    ) -> None:
        self._database = database
        self._channels = channels
        self._language = language
        self._letters = Letters(language)
        self._console_url = console_url.rstrip("/")
        self._signer = link_signer

    @activity.defn(name="bills.send_warning")
    async def send_warning(self, warning: SendWarning) -> int:
        message = await asyncio.to_thread(self._warning, warning)
        step = "escalated" if warning.escalated else "first"
        entries = [
            (
                channel,
                replace(message, key=f"{warning.warning_workflow}/{message.recipient}/{channel}/{step}"),
            )
            for channel in warning.parameters.warning.channels
        ]
        return await self._deliver(
            entries,
            scan_id=warning.scan_id,
            finding_ids=warning.finding_ids,
            # not the text: a template may change between two tries, what is said does not
            substance={
                "warning": warning.warning_workflow,
                "recipient": warning.recipient,
                "officer": warning.on_behalf_of,
                "findings": sorted(warning.finding_ids),
                "escalated": warning.escalated,
            },
        )

    @activity.defn(name="bills.send_trouble")
    async def send_trouble(self, notice: TroubleNotice) -> None:
        staff = await asyncio.to_thread(self._operators)
        entries = []
        for name in notice.parameters.warning.channels:
            channel = self._channels.get(name)
            # a group is told once, not once for each of its members
            readers = staff if channel is not None and channel.personal else [_GROUP]
            if not readers:
                await _log.awarning("nobody_to_tell", scan_id=notice.scan_id, channel=name)
            for reader in readers:
                message = self._letters.trouble(notice, username=reader.username, address=reader.email)
                key = f"trouble-{notice.scan_id}/{reader.username}/{name}/first"
                entries.append((name, replace(message, key=key)))
        await self._deliver(
            entries, scan_id=notice.scan_id, finding_ids=(), substance={"trouble": notice.scan_id}
        )

    # ------------------------------------------------------------ what is said

    def _warning(self, warning: SendWarning) -> OutgoingMessage:
        with self._database.transaction() as session:
            recipient = people.find_member(session, warning.recipient)
            officer = people.find_member(session, warning.on_behalf_of)
            rows = findings.findings_by_id(session, warning.finding_ids)
            told = described(session, rows, catalogue(self._language))
        if len(told) != len(warning.finding_ids):
            raise InvalidInputError(
                f"warning {warning.warning_workflow} names findings that are not in the books",
                remedy="Restore the database, or terminate the warning",
            )
        claim = AcknowledgementClaim(
            warning.warning_workflow, recipient.username, warning.acknowledge_by + LINK_LIFETIME
        )
        url = f"{self._console_url}/acknowledge/{self._signer.sign(claim)}"
        return self._letters.warning(
            warning, recipient=recipient, officer=officer.full_name, findings=told, url=url
        )

    def _operators(self) -> list[StaffMember]:
        """Those who keep the robot running, each once."""
        with self._database.transaction() as session:
            names = {
                name: None
                for role in (Role.OPERATOR, Role.RISK)
                for name in people.usernames_with_role(session, role)
            }
            return [people.find_member(session, name) for name in names]

    # ------------------------------------------------------------ how it leaves

    async def _deliver(
        self,
        entries: Iterable[tuple[str, OutgoingMessage]],
        *,
        scan_id: str,
        finding_ids: Sequence[str],
        substance: dict[str, object],
    ) -> int:
        """Send what has not left yet; every entry is tried before a failure is raised.

        Raises:
            DeliveryFailedError: names each channel that did not take its message.
        """
        digest = hashlib.sha256(json.dumps(substance, sort_keys=True).encode()).hexdigest()
        sent, failures = 0, list[Exception]()
        for name, message in entries:
            row = DeliveryRow(
                delivery_key=message.key,
                request_hash=digest,
                scan_id=scan_id,
                recipient=message.recipient,
                channel=name,
                finding_ids=list(finding_ids),
                entered_at=datetime.now(UTC),
            )
            try:
                sent += await self._deliver_once(row, message)
            except Exception as failure:  # noqa: BLE001 - the others are tried first; it is raised below
                failures.append(failure)
        if failures:
            raise DeliveryFailedError("; ".join(map(str, failures))) from failures[0]
        return sent

    async def _deliver_once(self, row: DeliveryRow, message: OutgoingMessage) -> int:
        if not await asyncio.to_thread(self._enter, row):
            return 0
        channel = self._channels.get(row.channel)
        if channel is None:
            raise DeliveryFailedError(
                f"channel {row.channel!r} is not set up",
                remedy="Set it up (leaseflow config show), or take it out of the parameter warning.channels",
            )
        await channel.send(message)
        await asyncio.to_thread(self._note_sent, row.delivery_key)
        return 1

    def _enter(self, row: DeliveryRow) -> bool:
        with self._database.transaction() as session:
            return warnings.enter_delivery(session, row)

    def _note_sent(self, delivery_key: str) -> None:
        with self._database.transaction() as session:
            warnings.note_sent(session, delivery_key, at=datetime.now(UTC))
