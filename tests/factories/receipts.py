"""A counter that takes receipts: orders that are quick to write, channels that are quick to change."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from activities.store import parameters
from activities.store.payments import receipts, terminals
from activities.store.tables.receipts import ReceiptRow
from models.money import Money
from models.parameters.channels import SHIPPED_CHANNELS, ChannelProfile
from models.parameters.registry import channel_profile
from models.payments.banking import BankAccount
from models.payments.messages import ReceiptOrder, ReceiptPart
from tests.factories.payments import LONG_AGO, PayingHouse

DRAWER = BankAccount("31001520313050012345", "上海某某物流有限公司", "104290003033")
CONTRACT = "L2026-0001"


@dataclass
class TakingHouse(PayingHouse):
    """A house that takes money by its channels."""

    def channel(self, code: str, **changes: Any) -> ChannelProfile:
        """Change a channel of this house from long ago on."""
        profile = SHIPPED_CHANNELS[code].model_copy(update=changes)
        with self.database.transaction() as session:
            parameters.change(
                session,
                channel_profile(code),
                profile.model_dump(mode="json"),
                effective_from=LONG_AGO,
                changed_by="test",
                reason="test",
            )
        return profile

    def receipt(self, channel: str, amount: str = "1200.00", **changes: Any) -> ReceiptOrder:
        """An order of the cashier's, for the rent of a contract, with an id of its own."""
        money = Money.of(amount)
        said: dict[str, Any] = {
            "receipt_id": f"R-{uuid.uuid4().hex[:10].upper()}",
            "channel": channel,
            "amount": money,
            "parts": (ReceiptPart(money, "rent", CONTRACT),),
            "taken_by": self.actor("luo.dan"),
            "payer": DRAWER,
        }
        return ReceiptOrder(**(said | changes))

    def taken(self, receipt_id: str) -> ReceiptRow:
        with self.database.transaction() as session:
            return receipts.find(session, receipt_id)

    def receipt_states(self, receipt_id: str) -> list[str]:
        with self.database.transaction() as session:
            return [event.state for event in receipts.events(session, receipt_id)]

    def terminal(self, name: str, *, branch: str = "HQ") -> None:
        """Register a terminal."""
        with self.database.transaction() as session:
            terminals.register(session, name, merchant_no="M-8801", branch=branch, by="luo.dan", at=LONG_AGO)
