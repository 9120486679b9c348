"""The people of a leasing house, who do what waits for them while workers die."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

from models.approval.commands import Approve
from models.approval.messages import ApprovalStatus
from models.approval.workflow_ids import approval_workflow
from models.lease.disbursement.messages import ApproveDisbursement, DisbursementStatus
from models.lease.workflow_ids import disbursement_workflow
from models.payments.messages import PaymentState, Release
from models.payments.workflow_ids import payment_workflow
from tests.factories.treasury_stack import House, Treasurer

_APPROVALS: Final = "SELECT approval_id AS id, people FROM approval_task WHERE done_at IS NULL"
_REVIEWS: Final = "SELECT disbursement_id AS id FROM disbursement WHERE state = 'waiting-for-review'"
_RELEASES: Final = "SELECT payment_id AS id FROM payment WHERE state = 'waiting-for-release'"
_OPEN: Final = "SELECT application_id FROM lease_application WHERE state <> 'active'"


@dataclass
class Desk:
    """Everybody who decides: yes to all, since what is judged is that each yes counts once."""

    house: House
    said: set[str] = field(default_factory=set)
    """What people decided: ``approve lease-…``."""

    def __post_init__(self) -> None:
        self._treasurer = Treasurer(self.house, self.house.actor("he.ting"))

    async def is_done(self) -> bool:
        """Do what waits now; whether every lease is active."""
        await asyncio.gather(*self._waiting(), self._treasurer.look())
        return not self.house.rows(_OPEN)

    def _waiting(self) -> list[Coroutine[Any, Any, None]]:
        actor, rows = self.house.actor, self.house.rows
        reviewer, treasurer = actor("jiang.nan"), actor("he.ting")
        return [
            *(
                self._say(approval_workflow(row.id), "approve", Approve(actor(row.people[0])), ApprovalStatus)
                for row in rows(_APPROVALS)
                if row.people
            ),
            *(
                self._say(
                    disbursement_workflow(row.id),
                    "approve",
                    ApproveDisbursement(reviewer),
                    DisbursementStatus,
                )
                for row in rows(_REVIEWS)
            ),
            *(
                self._say(payment_workflow(row.id), "release", Release(treasurer, granted=True), PaymentState)
                for row in rows(_RELEASES)
            ),
        ]

    async def _say(self, workflow_id: str, update: str, command: object, answer: type) -> None:
        if await self.house.command(workflow_id, update, command, answer):
            self.said.add(f"{update} {workflow_id}")
