"""Further rules of servicing: credit on the day, and bounds in time and amount of fees."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.errors import InvalidInputError, RefusedByRuleError
from models.lease.servicing.replay import quote, replay
from models.lease.servicing.settlement import SettlementQuote
from models.lease.servicing.state import LifeState
from models.lease.servicing.story import life_of, read_story
from models.money import Money

ROWS = [{"due": "2024-02-01", "principal": "10000"}]
NOTE: dict[str, Any] = {"plan": {"start": "2024-01-01", "rows": ROWS}}
LOAN: dict[str, Any] = {
    "terms": {"amount": "5000", "rent": "134.57", "instalments": 48, "start": "2010-03-01"},
    "servicing": {"settlement": {"interest": "actuarial-rebate", "discount_rate": "14%"}},
}


def state(story: dict[str, Any], on: str) -> LifeState:
    read = read_story(story)
    return replay(life_of(read), read.events, date.fromisoformat(on))


def asked(story: dict[str, Any], on: str) -> SettlementQuote:
    read = read_story(story)
    return quote(life_of(read), read.events, date.fromisoformat(on))


def test_credit_pays_what_is_charged_later_on_the_same_day() -> None:
    events = [
        {"id": "P", "kind": "payment", "on": "2024-02-01", "amount": "10010"},
        {"id": "C", "kind": "charge", "on": "2024-02-05", "amount": "10"},
    ]
    told = state(NOTE | {"events": events}, "2024-02-05")
    assert (told.credit, told.status) == (Money.of("0"), "paid")


@pytest.mark.parametrize(
    ("bounds", "on", "penalty"),
    [
        ({}, "2024-02-11", "350.00"),
        ({"in_all_at_most": "200"}, "2024-02-11", "200.00"),
        ({"in_all_at_most_share": "3%"}, "2024-02-11", "300.00"),
        ({"in_all_at_most": "200", "in_all_at_most_share": "3%"}, "2024-02-11", "200.00"),
        ({"in_all_at_most": "200"}, "2024-02-04", "105.00"),
    ],
)
def test_a_late_fee_by_the_day_stays_within_its_bounds_in_all(
    bounds: dict[str, str], on: str, penalty: str
) -> None:
    fee = {"amount": "35", "every_days": 1} | bounds
    told = state(NOTE | {"servicing": {"overdue": {"late_fees": [fee]}}}, on)
    assert told.penalty_open == Money.of(penalty)


def test_what_a_late_fee_asked_for_counts_in_its_bound_once_it_is_paid() -> None:
    fee = {"amount": "35", "every_days": 1, "in_all_at_most": "100"}
    events = [{"id": "P", "kind": "payment", "on": "2024-02-03", "amount": "70", "order": ["penalty"]}]
    told = state(NOTE | {"servicing": {"overdue": {"late_fees": [fee]}}, "events": events}, "2024-02-29")
    assert (told.penalty_asked, told.penalty_open) == (Money.of("100"), Money.of("30"))


@pytest.mark.parametrize(
    ("fee", "on", "amount"),
    [
        ({"pro_rata": "days"}, "2024-01-01", "200.00"),
        ({"pro_rata": "days"}, "2024-07-01", "100.55"),  # 184 of 366 days
        ({"pro_rata": "months"}, "2024-07-01", "100.00"),
        ({"pro_rata": "months"}, "2024-07-02", "83.33"),
        ({"pro_rata": "months", "pro_rata_months": 6}, "2024-04-01", "100.00"),
        ({"pro_rata": "months", "pro_rata_months": 6}, "2024-07-01", "0.00"),
    ],
)
def test_a_share_for_leaving_early_shrinks_with_the_time_that_remains(
    fee: dict[str, Any], on: str, amount: str
) -> None:
    story = {
        "plan": {"start": "2024-01-01", "rows": [{"due": "2025-01-01", "principal": "10000"}]},
        "servicing": {"settlement": {"interest": "none", "fee": {"share": "2%"} | fee}},
    }
    told = asked(story, on)
    assert told.part("fee") == Money.of(amount)


def test_a_shrinking_share_says_in_its_formula_what_remains() -> None:
    fee = {"share": "2%", "pro_rata": "months"}
    servicing = {"settlement": {"interest": "none", "fee": fee}}
    told = asked(NOTE | {"servicing": servicing}, "2024-01-01")
    assert next(part.formula for part in told.parts if part.name == "fee") == (
        "share 0.02 of principal x 1 / 1 months"
    )


def test_an_actuarial_rebate_needs_the_apr() -> None:
    story = LOAN | {"servicing": {"settlement": {"interest": "actuarial-rebate"}}}
    with pytest.raises(InvalidInputError, match=r"servicing\.settlement\.discount_rate"):
        asked(story, "2011-03-01")


def test_an_actuarial_rebate_knows_no_second_advance() -> None:
    events = [{"id": "R", "kind": "restructuring", "on": "2010-06-01", "add_principal": "500"}]
    with pytest.raises(RefusedByRuleError, match="further amounts were added"):
        asked(LOAN | {"events": events}, "2011-03-01")


@pytest.mark.parametrize(
    ("deferred", "rebate"), [({"deferred_periods": 1}, "776.90"), ({"deferred_days": 30}, "778.33")]
)
def test_an_actuarial_rebate_may_be_deferred_by_a_month_or_by_days(
    deferred: dict[str, int], rebate: str
) -> None:
    settlement = {"interest": "actuarial-rebate", "discount_rate": "14%"} | deferred
    assert asked(LOAN | {"servicing": {"settlement": settlement}}, "2011-03-29").rebate == Money.of(rebate)


def test_a_payment_ahead_is_a_repayment_on_its_own_day_to_the_actuarial_rebate() -> None:
    early = [{"id": "X", "kind": "prepayment", "on": "2010-04-01", "amount": "1134.57", "fee": "0"}]
    before, after = asked(LOAN, "2011-03-01"), asked(LOAN | {"events": early}, "2011-03-01")
    # 1000 paid eleven months before grow by 1.010979^11 until they are missed in what is owed
    owed = before.part("principal") + before.part("interest")
    less = after.part("principal") + after.part("interest")
    assert owed - less == Money.of("1127.62")


PLAIN: dict[str, Any] = {
    "terms": {"amount": "12000", "rate": "12%", "instalments": 6, "start": "2026-01-15"},
    "servicing": {"overdue": {"daily_rate": "0.05%"}},
}
"""Rents of 2070.58: 120.00, 100.49, 80.79, 60.90, 40.80, 20.50 of interest."""
FIRST = {"id": "P", "kind": "payment", "on": "2026-02-15", "amount": "2070.58"}


def called(**fields: str) -> dict[str, Any]:
    return {"id": "A", "kind": "acceleration", "on": "2026-03-01"} | fields


@pytest.mark.parametrize(
    ("interest", "amount"), [("to-date", "50.25"), ("remaining", "303.48"), ("none", "0.00")]
)
def test_an_acceleration_calls_everything_due_on_its_day(interest: str, amount: str) -> None:
    told = state(PLAIN | {"events": [FIRST, called(interest=interest)]}, "2026-03-01")
    assert [row.due.isoformat() for row in told.instalments] == ["2026-02-15", "2026-03-01"]
    last = told.instalments[-1]
    assert (last.interest.asked, last.principal.asked) == (Money.of(amount), Money.of("10049.42"))
    assert (told.status, told.principal_not_due) == ("active", Money.of("0"))


def test_what_was_called_due_is_overdue_from_the_next_day_on() -> None:
    told = state(PLAIN | {"events": [FIRST, called(interest="none")]}, "2026-03-11")
    assert told.penalty_open == Money.of("50.25")  # 10049.42 x 0.05 % x 10
    assert told.days_past_due == 10


def test_credit_and_payments_are_set_against_what_was_called_due() -> None:
    more = FIRST | {"amount": "3070.58"}
    paid = {"id": "Q", "kind": "payment", "on": "2026-03-01", "amount": "9049.42"}
    told = state(PLAIN | {"events": [more, called(interest="none"), paid]}, "2026-03-01")
    assert (told.status, told.credit) == ("paid", Money.of("0"))


def test_an_acceleration_that_is_reversed_brings_the_rents_back() -> None:
    back = {"id": "R", "kind": "reversal", "on": "2026-03-02", "of": "A"}
    told = state(PLAIN | {"events": [FIRST, called(), back]}, "2026-03-02")
    assert told == state(PLAIN | {"events": [FIRST]}, "2026-03-02")


def test_nothing_can_be_called_due_after_the_last_rent() -> None:
    late = called() | {"on": "2026-07-15"}
    with pytest.raises(RefusedByRuleError, match="nothing falls due after 2026-07-15"):
        state(PLAIN | {"events": [late]}, "2026-07-15")


def test_a_settlement_after_an_acceleration_asks_for_what_is_due_alone() -> None:
    told = asked(PLAIN | {"events": [FIRST, called(interest="none")]}, "2026-03-02")
    assert [part.name for part in told.parts] == ["overdue-penalty", "overdue-principal"]
    assert told.total == Money.of("10054.44")


AHEAD = {"waterfall": {"overpayment": "prepay"}, "prepayment": {"effect": "skip-next"}}
HUNDRED: dict[str, Any] = {
    "terms": {"amount": "100", "rate": "7%", "instalments": 6, "start": "2024-01-01"},
    "servicing": AHEAD,
}
"""Rents of 17.01, the last of 17.00; the first, and 16.90 of the second, are paid on 1 February."""
PAID_AHEAD = {"id": "P", "kind": "payment", "on": "2024-02-01", "amount": "33.91"}


def rents_after(change: dict[str, Any]) -> list[tuple[str, str]]:
    event = {"id": "R", "kind": "restructuring", "on": "2024-02-01"} | change
    told = state(HUNDRED | {"events": [PAID_AHEAD, event]}, "2024-02-01")
    return [(str(row.total_asked), str(row.total_open)) for row in told.instalments if row.kind == "rent"][1:]


def test_money_ahead_goes_on_counting_for_its_rent_when_the_rate_changes() -> None:
    # a rent of which more was paid than the new one stays what it was
    assert rents_after({"rate": "4%"})[:3] == [("17.01", "0.11"), ("16.83", "16.83"), ("16.83", "16.83")]


def test_money_ahead_goes_on_counting_for_its_rent_when_rents_are_kept_or_named() -> None:
    assert rents_after({"rate": "4%", "rent": "keep"})[:2] == [("17.01", "0.11"), ("17.01", "17.01")]
    assert rents_after({"rent": "20"})[:2] == [("20.00", "3.10"), ("20.00", "20.00")]


def test_money_ahead_stands_by_itself_when_the_dates_change() -> None:
    asked_and_open = rents_after({"rate": "4%", "extra": 1})
    assert len(asked_and_open) == 6
    assert all(total == open_ for total, open_ in asked_and_open)


def test_interest_that_waits_never_makes_a_rent_grow() -> None:
    story = {
        "terms": {"amount": "1001", "rate": "17%", "instalments": 24, "start": "2025-04-10"},
        "servicing": AHEAD,
        "events": [
            {"id": "P", "kind": "payment", "on": "2025-04-10", "amount": "130"},
            {"id": "R", "kind": "restructuring", "on": "2025-04-13", "rate": "38%"},
        ],
    }
    rents = [row for row in state(story, "2025-04-13").instalments if row.kind == "rent"]
    assert {row.total_asked for row in rents[2:-1]} == {Money.of("60.54")}
    assert [str(row.interest.asked) for row in rents[2:6]] == ["0.00", "60.54", "60.54", "40.08"]
    assert abs(rents[-1].total_asked.minor - 6054) <= len(rents)


def test_prepaying_all_that_is_left_forgets_no_rent_that_was_covered_in_part() -> None:
    events = [
        {"id": "P", "kind": "payment", "on": "2024-02-01", "amount": "33.91"},
        {"id": "X", "kind": "prepayment", "on": "2024-02-01", "amount": "80", "effect": "lower-rent"},
    ]
    told = state(HUNDRED | {"events": events}, "2024-02-01")
    assert (told.status, told.outstanding_principal) == ("paid", Money.of("0"))
    # 100 of principal and 0.58 of interest
    assert told.received - told.credit == Money.of("100.58")


@pytest.mark.parametrize(
    "settlement",
    [
        {"interest": "present-value", "discount_rate": "24%"},
        {"interest": "actuarial-rebate", "discount_rate": "5%"},
    ],
)
def test_a_settlement_below_principal_leaves_nothing_open(settlement: dict[str, str]) -> None:
    story = PLAIN | {"servicing": {"settlement": settlement}, "events": [FIRST]}
    quoted = asked(story, "2026-03-01")
    assert quoted.part("interest") < Money.of("0")
    ended = {"id": "S", "kind": "settlement", "on": "2026-03-01"}
    told = state(story | {"events": [FIRST, ended]}, "2026-03-01")
    assert (told.status, told.outstanding_principal) == ("settled", Money.of("0"))
    assert told.received == Money.of("2070.58") + quoted.total


def test_an_actuarial_rebate_gives_nothing_back_where_nothing_is_to_come() -> None:
    settlement = {"interest": "actuarial-rebate", "discount_rate": "5%"}
    told = asked(PLAIN | {"servicing": {"settlement": settlement}, "events": [FIRST]}, "2026-08-01")
    assert told.part("interest") == Money.of("0")
    assert told.rebate == Money.of("0")
