"""Whatever is done to a ledger in whatever order, it agrees with a model of a few dictionaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from activities.ledger.books import seal_everything
from activities.store.database import Database
from activities.store.ledger import holds, posting, reports
from activities.store.ledger.verification import verify
from models.errors import RefusedByRuleError
from models.ledger.errors import (
    HoldEndedError,
    IdempotencyConflictError,
    InsufficientFundsError,
    ReversalRefusedError,
)
from models.ledger.holds import HoldState
from models.ledger.journals import JournalOrder
from models.money import Money
from tests.factories.ledger import BANK, DAY, INCOME, RECEIVABLE, RECEIVED, Books

pytestmark = [pytest.mark.stack, pytest.mark.slow]

keys = st.sampled_from([f"k{n}" for n in range(12)])
hold_keys = st.sampled_from([f"h{n}" for n in range(4)])
amounts = st.integers(1, 500)
accounts = st.sampled_from([BANK, RECEIVABLE, RECEIVED, INCOME])
sides = st.tuples(accounts, accounts).filter(lambda pair: pair[0] != pair[1])


class Ledger(RuleBasedStateMachine):
    """The database beside the model."""

    database: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        self.books = Books(self.database)
        self.posted: dict[str, JournalOrder] = {}
        self.reversed: set[str] = set()
        self.held: dict[str, int] = {}
        self.ended: dict[str, HoldState] = {}
        self.balances: Counter[str] = Counter()
        self.vouchers: set[str] = set()

    def _order(self, key: str, pair: tuple[str, str], amount: int) -> JournalOrder:
        return self.books.order(key, str(Money(amount)), debit=pair[0], credit=pair[1])

    @contextmanager
    def _expecting(self, refusal: type[RefusedByRuleError] | None) -> Iterator[None]:
        if refusal is None:
            yield
        else:
            with pytest.raises(refusal):
                yield

    def _short(self, moves: Counter[str]) -> bool:
        return moves[BANK] < 0 and self.balances[BANK] + moves[BANK] - sum(self.held.values()) < 0

    def _refusal(self, order: JournalOrder) -> type[RefusedByRuleError] | None:
        if order.key in self.posted:
            same = self.posted[order.key].request_hash == order.request_hash
            return None if same else IdempotencyConflictError
        return InsufficientFundsError if self._short(moves(order)) else None

    def _enter(self, order: JournalOrder, voucher: str) -> None:
        if order.key not in self.posted:
            self.posted[order.key] = order
            self.balances.update(moves(order))
            assert voucher not in self.vouchers
        self.vouchers.add(voucher)

    @rule(key=keys, pair=sides, amount=amounts)
    def post(self, key: str, pair: tuple[str, str], amount: int) -> None:
        order = self._order(key, pair, amount)
        with self._expecting(self._refusal(order)), self.database.transaction() as session:
            answer = posting.post(session, order)
            assert answer.created == (key not in self.posted)
            self._enter(order, answer.voucher)

    @rule(chosen=st.lists(st.tuples(keys, amounts), min_size=1, max_size=6, unique_by=lambda each: each[0]))
    def post_batch(self, chosen: list[tuple[str, int]]) -> None:
        orders = [self._order(key, (BANK, RECEIVED), amount) for key, amount in chosen]
        conflicts = [order for order in orders if self._refusal(order) is IdempotencyConflictError]
        refusal = IdempotencyConflictError if conflicts else None
        with self._expecting(refusal), self.database.transaction() as session:
            answers = posting.post_many(session, orders)
        if refusal is None:
            for order, answer in zip(orders, answers, strict=True):
                self._enter(order, answer.voucher)

    @rule(key=keys)
    def repeat(self, key: str) -> None:
        if key in self.posted:
            assert not self.books.post(self.posted[key])[0].created

    @rule(key=keys)
    def reverse(self, key: str) -> None:
        refusal: type[RefusedByRuleError] | None = None
        if key not in self.posted:
            refusal = ReversalRefusedError
        elif key not in self.reversed:
            mirror = Counter({account: -amount for account, amount in moves(self.posted[key]).items()})
            refusal = InsufficientFundsError if self._short(mirror) else None
        with self._expecting(refusal), self.database.transaction() as session:
            answer = posting.reverse(
                session,
                key=f"{key}-back",
                original_key=key,
                business_date=DAY,
                posted_by="song.lin",
                reason="back",
                book=self.books.book,
            )
        if refusal is None and key not in self.reversed:
            self.reversed.add(key)
            self.vouchers.add(answer.voucher)
            self.balances.subtract(moves(self.posted[key]))

    @rule(key=hold_keys, amount=amounts)
    def reserve(self, key: str, amount: int) -> None:
        if key in self.held or key in self.ended:
            return
        short = self.balances[BANK] - sum(self.held.values()) < amount
        refusal = InsufficientFundsError if short else None
        with self._expecting(refusal), self.database.transaction() as session:
            self.books.reserve(session, key, str(Money(amount)))
        if refusal is None:
            self.held[key] = amount

    @rule(key=hold_keys)
    def capture(self, key: str) -> None:
        amount = self.held.get(key, 1)
        order = self._order(f"{key}-captured", (RECEIVABLE, BANK), amount)
        refusal = None if key in self.held or self.ended.get(key) is HoldState.CAPTURED else HoldEndedError
        if self.ended.get(key) is HoldState.CAPTURED:
            order = self.posted[order.key]
        with self._expecting(refusal), self.database.transaction() as session:
            answer = holds.capture(session, key=key, order=order)
        if refusal is None and key in self.held:
            del self.held[key]
            self.ended[key] = HoldState.CAPTURED
            self._enter(order, answer.voucher)

    @rule(key=hold_keys)
    def void(self, key: str) -> None:
        refusal = None if key in self.held or self.ended.get(key) is HoldState.VOIDED else HoldEndedError
        with self._expecting(refusal), self.database.transaction() as session:
            holds.void(session, key=key, reason="given back", book=self.books.book)
        if refusal is None and self.held.pop(key, None) is not None:
            self.ended[key] = HoldState.VOIDED

    @rule()
    def expire(self) -> None:
        with self.database.transaction() as session:
            holds.expire(session, datetime(2027, 1, 1, tzinfo=UTC))
        self.ended.update(dict.fromkeys(self.held, HoldState.EXPIRED))
        self.held.clear()

    @rule()
    def seal(self) -> None:
        seal_everything(self.database, snapshot_every=3)

    @invariant()
    def balances_are_the_models(self) -> None:
        with self.database.transaction() as session:
            found = {line.code: line for line in reports.balances(session, book=self.books.book)}
        assert {code: line.closing for code, line in found.items() if line.closing} == {
            code: amount for code, amount in self.balances.items() if amount
        }
        assert found[BANK].held == sum(self.held.values())

    @invariant()
    def numbers_have_no_gap(self) -> None:
        assert {int(voucher[-6:]) for voucher in self.vouchers} == set(range(1, len(self.vouchers) + 1))

    def teardown(self) -> None:
        with self.database.transaction() as session:
            assert verify(session).faults == ()
        with self.database.transaction() as session:
            counted = session.execute(
                text("SELECT count(*) FROM ledger_journal WHERE book = :book"), {"book": self.books.book}
            ).scalar_one()
        assert counted == len(self.vouchers)


def moves(order: JournalOrder) -> Counter[str]:
    """What a journal does to each account, debit positive."""
    totals: Counter[str] = Counter()
    for line in order.lines:
        totals[line.account] += line.amount.minor
    return totals


def test_the_ledger_agrees_with_its_model(fresh_database: Database) -> None:
    Ledger.database = fresh_database
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
