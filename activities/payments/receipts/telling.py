"""Telling a receipt that its money came: by a signed call, a statement or a bill. Told twice is told once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.store.database import Database
from activities.store.payments import receipts
from models.money import Money
from models.payments.messages import ConfirmReceipt, ReceiptState
from models.payments.receipts.workflow_ids import receipt_workflow
from models.people import SYSTEM


@dataclass(frozen=True, slots=True)
class MoneyCame:
    """What the outside says of money that came in by a channel."""

    channel: str
    external_reference: str
    """The number under which the receipt was taken."""
    amount: Money
    bank_reference: str = ""
    """The outside's own identifier of the booking."""
    fee: Money | None = None
    value_date: date | None = None


class ReceiptTeller:
    """Passes on what the outside says.

    Args:
        database: where the receipts are.
        client: of the engine's Temporal.
    """

    def __init__(self, database: Database, client: Client) -> None:
        self._database = database
        self._client = client

    async def pass_on(self, came: MoneyCame) -> str:
        """Tell the receipt that waits for this money.

        Returns:
            Its id; empty when no receipt, or more than one, goes by this reference: whoever heard of the
            money then takes it as a receipt of its own, to be identified.
        """
        receipt_id = await asyncio.to_thread(self._awaited, came)
        if not receipt_id:
            return ""
        news = ConfirmReceipt(
            SYSTEM,
            amount=came.amount,
            bank_reference=came.bank_reference,
            fee=came.fee,
            value_date=came.value_date,
        )
        try:
            await self._client.get_workflow_handle(receipt_workflow(receipt_id)).signal("heard", news)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:  # it ended in this moment
                return ""
            raise
        return receipt_id

    def _awaited(self, came: MoneyCame) -> str:
        states = (ReceiptState.RECEIVED, ReceiptState.CLEARED)
        with self._database.transaction() as session:
            found = receipts.awaited(session, came.channel, came.external_reference, states)
            return found[0].receipt_id if len(found) == 1 else ""
