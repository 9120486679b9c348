"""Judges orders one after the other, as the bank's counter does."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from sandbox.banks.orders import PAY_OUT, Order, Refusal, defect, refusal_by_account

if TYPE_CHECKING:
    from collections.abc import Collection

    from sandbox.banks.bank import Bank


class Judge:
    """Looks at orders one after the other and remembers how much of a balance is spoken for."""

    def __init__(self, bank: Bank, refuse: Collection[str]) -> None:
        self.now = time.time()
        self._refuse = refuse
        self._bank = bank
        self._spent: Counter[str] = Counter()
        self._balances: dict[str, int] = {}

    def refusal(self, order: Order) -> Refusal | None:
        if missing := defect(order):
            return Refusal("FF05", missing)
        if order.reference in self._refuse:
            return Refusal("MS03", "not executed")
        if refusal := refusal_by_account(order):
            return refusal
        if self._bank.misbehaviour.due("reject", order.reference, on="instruct"):
            return Refusal("MS03", "refused without a reason")
        return self._by_balance(order)

    def _by_balance(self, order: Order) -> Refusal | None:
        if order.account not in self._balances:
            account = self._bank.books.account(order.account)
            self._balances[order.account] = account["balance"] if account else 0
        if order.kind != PAY_OUT:
            return None
        if self._spent[order.account] + order.minor > self._balances[order.account]:
            return Refusal("AM04", "insufficient funds on your account")
        self._spent[order.account] += order.minor
        return None
