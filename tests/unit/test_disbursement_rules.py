"""Who may do what with a disbursement; and what its purchase, payment and start put into the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from cli.disbursements.look import masked
from models.errors import LeaseflowError
from models.lease.disbursement.desk import Desk
from models.lease.disbursement.messages import DisbursementState, Suspicion
from models.lease.disbursement.vouchers import Purchase, purchase_cost, start_amounts
from models.lease.parties import BusinessType
from models.lease.plan.plan import Plan, PlanRow
from models.ledger.events import BusinessEvent
from models.ledger.templates import journal_for
from models.money import Money
from models.parameters.vouchers import VoucherTemplates
from models.payments.banking import BankAccount
from models.people import Actor, Role
from workers.directory import DEMO_STAFF

PAYEE = BankAccount("31001520313050012345", "上海华通汽车销售有限公司", "104290003033")
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
DAY = date(2026, 11, 20)
STANDARD = VoucherTemplates()
PEOPLE = tuple(member.actor() for member in DEMO_STAFF)
amounts = st.integers(1, 10**11).map(Money)
rates = st.sampled_from([Decimal("0.13"), Decimal("0.06"), Decimal("0.09"), Decimal("0.03")])


def _retry(desk: Desk, actor: Actor, now: datetime) -> None:
    del now
    desk.check_retry(actor, None)
    desk.order_anew(actor, None, even_if_duplicate=False)


def _cancel(desk: Desk, actor: Actor, now: datetime) -> None:
    del now
    desk.check_cancel(actor)
    desk.stage = DisbursementState.CANCELLED


def _pay(desk: Desk, actor: Actor, now: datetime) -> None:
    del actor, now
    if desk.may_go:
        desk.stage = DisbursementState.PAYING


def _fail(desk: Desk, actor: Actor, now: datetime) -> None:
    del actor, now
    if desk.stage is DisbursementState.PAYING:
        desk.stage = DisbursementState.NOT_PAID


def _lock(desk: Desk, actor: Actor, now: datetime) -> None:
    desk.check_lock(actor, now)
    desk.claim(actor, now)


def _unlock(desk: Desk, actor: Actor, now: datetime) -> None:
    desk.check_unlock(actor, now)
    desk.unlock()


def _approve(desk: Desk, actor: Actor, now: datetime) -> None:
    desk.check_decide(actor, now, "approved")
    desk.approve(actor)


def _send_back(desk: Desk, actor: Actor, now: datetime) -> None:
    desk.check_decide(actor, now, "sent back")
    desk.send_back()


def _stop(desk: Desk, actor: Actor, now: datetime) -> None:
    desk.check_report(actor, "x")
    desk.stop(Suspicion(actor.username, "x", "risk-desk", now))


def _clear(desk: Desk, actor: Actor, now: datetime) -> None:
    del now
    desk.check_clear(actor)
    desk.clear()


VERBS: Final[dict[str, Callable[[Desk, Actor, datetime], None]]] = {
    "lock": _lock,
    "unlock": _unlock,
    "approve": _approve,
    "send_back": _send_back,
    "stop": _stop,
    "clear": _clear,
    "retry": _retry,
    "cancel": _cancel,
    "pay": _pay,
    "fail": _fail,
}
"""Every command and step, refused as the workflow would."""


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(VERBS)), st.sampled_from(PEOPLE), st.integers(0, 40)), max_size=40
    )
)
def test_money_goes_only_after_another_reviewers_word_and_never_under_suspicion(
    story: list[tuple[str, Actor, int]],
) -> None:
    desk = Desk("SH2026000001-D1", PAYEE, ("li.wei", "jiang.nan"))
    now, payments = NOON, set()
    for verb, actor, minutes in story:
        now += timedelta(minutes=minutes)
        held = desk.lock_in_force(now)
        going = desk.stage is DisbursementState.PAYING
        try:
            VERBS[verb](desk, actor, now)
        except LeaseflowError:
            continue
        if verb in {"approve", "send_back"}:
            assert Role.DISBURSER in actor.roles
            assert actor.username not in desk.outsiders
            assert held is None or held.holder == actor.username
        if verb == "pay" and desk.stage is DisbursementState.PAYING and not going:
            assert desk.approved_by
            assert desk.suspicion is None
            assert desk.payment_id not in payments
            payments.add(desk.payment_id)
    assert all(len(payment) <= 30 for payment in payments)


def test_an_account_is_shown_by_its_end() -> None:
    assert masked(PAYEE.number) == "…2345"


@given(amounts, rates, st.sampled_from(BusinessType), st.data())
def test_purchase_payment_and_start_tie_to_zero(
    amount: Money, rate: Decimal, business: BusinessType, data: st.DataObject
) -> None:
    taken = Money(data.draw(st.integers(0, amount.minor // 2)))
    price = amount + taken
    cost = purchase_cost(price, business, rate)
    assert cost.cost + cost.vat == price
    interest = Money(data.draw(st.integers(0, amount.minor)))
    rows = (PlanRow(1, DAY, amount + interest, interest, amount, Money(0), Money(0)),)
    started = start_amounts(
        Plan(DAY, amount, rows), business, rate, residual=Money(0), cost=cost.cost, down_payment=taken
    )
    bought = Purchase("SH2026000001-D1", "SH2026000001", business, price, cost.vat, PAYEE.name, DAY)
    balances: defaultdict[str, int] = defaultdict(int)
    balances["2203.02"] = -taken.minor
    paid = _event("payout.confirmed", "disbursement", {"amount": price, "fee": Money(0)})
    for event in (bought.recognised(), paid, _event("lease.started", business, started)):
        for line in journal_for(event, STANDARD).lines:
            balances[line.account] += line.amount.minor
    assert [balances[code] for code in ("1461", "1461.01", "2202.01", "2203.02")] == [0, 0, 0, 0]
    assert balances["1002.01"] == -price.minor
    unearned = -balances["1532"]
    own = taken - started.get("down_payment_vat", Money(0))
    assert balances["1531"] + balances["1303"] - unearned == cost.cost.minor - own.minor


def test_a_lease_without_interest_starts_though_rounding_takes_some_cents() -> None:
    rent = Money.of("2777.76")
    rows = tuple(PlanRow(number, DAY, rent, Money(0), rent, Money(0), Money(0)) for number in range(1, 37))
    price, rate = sum((row.rent for row in rows), start=Money(0)), Decimal("0.13")
    cost = purchase_cost(price, BusinessType.DIRECT, rate).cost
    plan = Plan(DAY, price, rows)
    amounts_ = start_amounts(
        plan, BusinessType.DIRECT, rate, residual=Money(0), cost=cost, down_payment=Money(0)
    )
    lines = journal_for(_event("lease.started", BusinessType.DIRECT, amounts_), STANDARD).lines
    assert [(line.account, line.amount) for line in lines] == [
        ("1531", cost - Money.of("0.17")),
        ("1461", -cost),
        ("1532", Money.of("0.17")),
    ]


@given(amounts, rates, st.sampled_from(BusinessType))
def test_a_cancelled_purchase_leaves_nothing(amount: Money, rate: Decimal, business: BusinessType) -> None:
    vat = purchase_cost(amount, business, rate).vat
    bought = Purchase("SH2026000001-D1", "SH2026000001", business, amount, vat, PAYEE.name, DAY)
    balances: defaultdict[str, int] = defaultdict(int)
    for event in (bought.recognised(), bought.cancelled(day=DAY, by="gao.ling")):
        for line in journal_for(event, STANDARD).lines:
            balances[line.account] += line.amount.minor
    assert set(balances.values()) <= {0}


def _event(name: str, product: str, amounts_: dict[str, Money]) -> BusinessEvent:
    accounts = {"bank": "1002.01", "debit": "2202.01"}
    return BusinessEvent(name, product, name, DAY, DAY, amounts_, "test", accounts=accounts)
