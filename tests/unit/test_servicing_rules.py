"""Rules of servicing one by one, with figures that can be checked by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.errors import InvalidInputError
from models.lease.servicing.changes import what_changed
from models.lease.servicing.happenings import LeaseClosedError, RefundExceedsCreditError
from models.lease.servicing.prepay import PrepaymentTooSmallError
from models.lease.servicing.replay import quote, replay
from models.lease.servicing.settlement import SettlementQuote, SettlementTooSmallError
from models.lease.servicing.state import InstalmentState, LifeState
from models.lease.servicing.story import life_of, read_story
from models.lease.servicing.terms import Component
from models.money import Money

PLAIN = {"amount": "12000", "rate": "12%", "instalments": 6, "start": "2026-01-15"}
"""Rents of 2070.58: 120.00, 100.49, 80.79, 60.90, 40.80, 20.50 of interest."""
NOTE = {"start": "2026-01-01", "rows": [{"due": "2026-03-01", "principal": "10000"}]}
FIRST = {"id": "P1", "kind": "payment", "on": "2026-02-15", "amount": "2070.58"}


def state(events: list[dict[str, Any]], on: str, plan: object = None, **servicing: object) -> LifeState:
    story = read_story({**_plan(plan), "servicing": servicing, "events": events})
    return replay(life_of(story), story.events, date.fromisoformat(on))


def asked(events: list[dict[str, Any]], on: str, plan: object = None, **servicing: object) -> SettlementQuote:
    story = read_story({**_plan(plan), "servicing": servicing, "events": events})
    return quote(life_of(story), story.events, date.fromisoformat(on))


def _plan(plan: Any) -> dict[str, object]:
    plan = plan or PLAIN
    return {"plan" if "rows" in plan else "terms": plan}


def rents(told: LifeState) -> list[tuple[str, str, str]]:
    """Due date, interest and principal of each rent."""
    rows = [row for row in told.instalments if row.kind == "rent"]
    return [(row.due.isoformat(), str(row.interest.asked), str(row.principal.asked)) for row in rows]


def row(told: LifeState, number: int) -> InstalmentState:
    return next(each for each in told.instalments if each.number == number)


def event(kind: str, on: str, **fields: object) -> dict[str, Any]:
    return {"id": f"{kind} {on}", "kind": kind, "on": on} | fields


# overdue


@pytest.mark.parametrize(
    ("overdue", "on", "penalty"),
    [
        ({"daily_rate": "0.05%"}, "2026-03-01", "0.00"),
        ({"daily_rate": "0.05%"}, "2026-03-11", "50.00"),
        ({"daily_rate": "0.05%", "grace_days": 3}, "2026-03-04", "0.00"),
        ({"daily_rate": "0.05%", "grace_days": 3}, "2026-03-05", "20.00"),
        ({"daily_rate": "0.05%", "grace_days": 3, "counted_from": "end-of-grace"}, "2026-03-05", "5.00"),
        ({"annual_rate": "18%", "day_count": "ACT/360"}, "2026-03-31", "150.00"),
        ({"daily_rate": "0.1%", "compounding": "daily"}, "2026-03-03", "20.01"),
        ({"daily_rate": "0.1%", "compounding": "monthly"}, "2026-04-11", "413.10"),
        (
            {"daily_rate": "0.05%", "steps": [{"after_days": 30, "daily_rate": "0.1%"}]},
            "2026-04-10",
            "250.00",
        ),
        ({"daily_rate": "0.05%", "at_most": "30"}, "2026-03-11", "30.00"),
        ({"daily_rate": "0.05%", "at_most_share": "0.1%"}, "2026-03-11", "10.00"),
        ({"late_fees": [{"share": "5%", "at_most": "300"}]}, "2026-03-02", "300.00"),
        ({"late_fees": [{"amount": "20", "every_days": 30, "most_times": 2}]}, "2026-03-31", "20.00"),
        ({"late_fees": [{"amount": "20", "every_days": 30, "most_times": 2}]}, "2026-04-01", "40.00"),
        ({"late_fees": [{"amount": "20", "every_days": 30, "most_times": 2}]}, "2026-09-01", "40.00"),
    ],
)
def test_being_late_costs_what_the_terms_say(overdue: dict[str, Any], on: str, penalty: str) -> None:
    assert state([], on, NOTE, overdue=overdue).penalty_open == Money.of(penalty)


def test_a_part_paid_late_lowers_what_bears_overdue_interest() -> None:
    told = state(
        [event("payment", "2026-03-11", amount="5050")], "2026-03-21", NOTE, overdue={"daily_rate": "0.05%"}
    )
    # ten days on 10,000; the payment takes 50 of penalty and 5,000 of principal; ten days on 5,000
    assert told.penalty_asked == Money.of("75.00")
    assert told.penalty_open == Money.of("25.00")


def test_a_part_paid_within_grace_bears_nothing() -> None:
    told = state(
        [event("payment", "2026-03-03", amount="9000")],
        "2026-03-11",
        NOTE,
        overdue={"daily_rate": "0.05%", "grace_days": 3},
    )
    assert told.penalty_open == Money.of("5.00")


def test_the_whole_balance_bears_overdue_interest_once() -> None:
    overdue = {"daily_rate": "0.1%", "base": "outstanding-principal"}
    assert state([], "2026-02-25", overdue=overdue).penalty_open == Money.of("120.00")
    assert state([], "2026-03-25", overdue=overdue).penalty_open == Money.of("456.00")


def test_after_the_arrears_are_cleared_the_whole_balance_bears_again_from_the_next_due_date() -> None:
    overdue = {"daily_rate": "0.1%", "base": "outstanding-principal", "grace_days": 5}
    paid = event("payment", "2026-02-25", amount="2190.58")
    told = state([paid, event("payment", "2026-03-17", amount="1")], "2026-03-25", overdue=overdue)
    # ten days on 12,000, then two on 10,049.42 and eight more after the payment took a yuan of interest
    assert told.penalty_asked == Money.of("220.49")


def test_a_waiver_lets_off_a_share_of_the_penalty() -> None:
    told = state(
        [event("waiver", "2026-03-11", share="50%")], "2026-03-11", NOTE, overdue={"daily_rate": "0.05%"}
    )
    assert (told.penalty_open, told.waived[Component.PENALTY]) == (Money.of("25.00"), Money.of("25.00"))


# waterfall


def test_by_component_pays_all_interest_before_any_principal() -> None:
    told = state(
        [event("payment", "2026-03-20", amount="300")],
        "2026-03-20",
        waterfall={"direction": "by-component", "order": ["interest", "principal"]},
    )
    paid = [(each.instalment, each.component.value, str(each.amount)) for each in told.allocations]
    assert paid == [(1, "interest", "120.00"), (2, "interest", "100.49"), (1, "principal", "79.51")]


def test_credit_is_applied_when_something_falls_due_under_the_payments_name() -> None:
    told = state([event("payment", "2026-02-15", amount="3000")], "2026-03-15")
    late = [each for each in told.allocations if each.on == date(2026, 3, 15)]
    assert {each.event for each in late} == {"payment 2026-02-15"}
    assert told.credit == Money(0)
    assert row(told, 2).total_open == Money.of("1141.16")


def test_the_last_instalment_is_paid_ahead_where_the_terms_say_so() -> None:
    told = state(
        [event("payment", "2026-02-15", amount="2170.58")],
        "2026-02-15",
        waterfall={"overpayment": "last-instalment"},
    )
    assert row(told, 6).total_open == Money.of("1970.58")


# prepayment


def test_only_the_prepaid_principal_bears_interest_to_the_day() -> None:
    prepay = event("prepayment", "2026-03-01", amount="5023.00", effect="lower-rent")
    told = state([FIRST, prepay], "2026-03-01", prepayment={"interest": "on-prepaid"})
    paid = row(told, 1001)
    # half of the period's 28 days: 1% x 14/28 of the principal
    assert paid.interest.asked == Money.of("24.99")
    assert paid.principal.asked == Money.of("4998.01")
    assert rents(told)[1][1] == "50.51"


def test_a_shorter_term_can_be_chosen_and_the_rent_follows() -> None:
    prepay = event("prepayment", "2026-02-15", amount="4000", effect="shorter-term", instalments=3)
    told = state([FIRST, prepay], "2026-02-15")
    assert [due for due, _, _ in rents(told)] == ["2026-02-15", "2026-03-15", "2026-04-15", "2026-05-15"]
    assert row(told, 2).total_asked == Money.of("2056.94")


def test_equal_principal_keeps_its_parts_when_the_term_shortens() -> None:
    plan = PLAIN | {"method": "equal-principal"}
    events = [event("payment", "2026-02-15", amount="2120"), event("prepayment", "2026-02-15", amount="3000")]
    told = state(events, "2026-02-15", plan)
    assert [principal for _, _, principal in rents(told)] == [
        "2000.00",
        "2000.00",
        "2000.00",
        "2000.00",
        "1000.00",
    ]


def test_too_small_a_prepayment_is_refused() -> None:
    with pytest.raises(PrepaymentTooSmallError, match="less than 1000"):
        state([event("prepayment", "2026-02-01", amount="500")], "2026-02-01", prepayment={"minimum": "1000"})


def test_a_fee_comes_out_of_the_money() -> None:
    prepay = event("prepayment", "2026-01-15", amount="1010")
    told = state([prepay], "2026-01-15", prepayment={"fee": {"share": "1%"}})
    assert (row(told, 1001).principal.asked, row(told, 1001).costs.asked) == (
        Money.of("1000"),
        Money.of("10"),
    )


# settlement


@pytest.mark.parametrize(
    ("settlement", "total"),
    [
        ({"interest": "to-date"}, "10099.67"),
        ({"interest": "period-end"}, "10149.91"),
        ({"interest": "none"}, "10049.42"),
        ({"interest": "remaining", "rebate_share": "60%"}, "10170.81"),
        ({"interest": "rule-of-78", "total_interest": "210"}, "10252.90"),
        ({"interest": "none", "fee": {"share": "3%"}}, "10350.90"),
        ({"interest": "none", "fee": {"months_of_interest": "2"}}, "10250.41"),
        ({"interest": "none", "minimum_interest_months": 3}, "10289.42"),
        ({"interest": "none", "purchase_price": "100", "deposit": "1000"}, "9149.42"),
        ({"interest": "none", "fee": {"tiers": [{"share": "2%", "elapsed_months_below": 12}]}}, "10250.41"),
    ],
)
def test_settling_in_the_middle_of_a_period_costs_what_the_policy_says(
    settlement: dict[str, Any], total: str
) -> None:
    assert asked([FIRST], "2026-03-01", settlement=settlement).total == Money.of(total)


def test_a_waiver_of_the_quote_takes_the_fee_first() -> None:
    end = event("settlement", "2026-03-01", waived="100")
    told = state([FIRST, end], "2026-03-01", settlement={"interest": "to-date", "fee": {"amount": "80"}})
    assert told.waived[Component.COSTS] == Money.of("80")
    assert told.waived[Component.INTEREST] == Money.of("20")
    assert told.status == "settled"


def test_settling_with_too_little_is_refused_and_too_much_is_credit() -> None:
    with pytest.raises(SettlementTooSmallError, match=r"10099\.67"):
        state([FIRST, event("settlement", "2026-03-01", amount="10000")], "2026-03-01")
    assert state([FIRST, event("settlement", "2026-03-01", amount="10100")], "2026-03-01").credit == Money.of(
        "0.33"
    )


def test_after_its_end_only_money_comes() -> None:
    with pytest.raises(LeaseClosedError, match="ended on 2026-03-01"):
        state([event("settlement", "2026-03-01"), event("charge", "2026-03-02", amount="1")], "2026-03-02")


def test_a_flat_plan_accrues_by_days_and_needs_a_rate_before_interest_is_computed_anew() -> None:
    flat = {"amount": "12000", "rate": "6%", "method": "flat", "instalments": 12, "start": "2026-01-01"}
    assert asked([], "2026-01-16", flat).part("interest") == Money.of("29.03")
    with pytest.raises(InvalidInputError, match=r"servicing\.rate is not given"):
        state([event("prepayment", "2026-01-16", amount="1000")], "2026-01-16", flat)


# restructuring


def test_a_holiday_may_be_paid_postponed_capitalised_or_waived() -> None:
    first: dict[str, str] = {}
    for interest in ("pay", "later", "capitalise", "waive"):
        new = event("restructuring", "2026-02-15", holiday={"periods": 2, "interest": interest})
        told = state([FIRST, new], "2026-02-15")
        first[interest] = next(
            str(each.total_asked) for each in told.instalments if each.due == date(2026, 5, 15)
        )
        assert told.instalments[-1].due == date(2026, 9, 15)
    assert first == {"pay": "2070.58", "later": "2111.58", "capitalise": "2112.20", "waive": "2070.58"}


def test_capitalised_interest_of_a_holiday_becomes_principal_on_its_date() -> None:
    new = event("restructuring", "2026-02-15", holiday={"periods": 2, "interest": "capitalise"})
    assert state([FIRST, new], "2026-03-14").outstanding_principal == Money.of("10049.42")
    told = state([FIRST, new], "2026-03-15")
    assert (told.outstanding_principal, told.capitalised) == (Money.of("10149.91"), Money.of("100.49"))


def test_a_longer_term_with_interest_alone_first() -> None:
    new = event("restructuring", "2026-02-15", rate="10%", extra=3, interest_only=2)
    told = state([FIRST, new], "2026-02-15")
    assert rents(told)[1] == ("2026-03-15", "83.75", "0.00")
    assert rents(told)[3] == ("2026-05-15", "83.75", "1640.34")
    assert len(rents(told)) == 9


def test_principal_can_be_added_and_the_rent_given() -> None:
    new = event("restructuring", "2026-02-15", add_principal="1000", rent="3000")
    told = state([FIRST, new], "2026-02-15")
    assert (told.capitalised, told.outstanding_principal) == (Money.of("1000"), Money.of("11049.42"))
    assert [str(each.total_asked) for each in told.instalments][1:] == [
        "3000.00",
        "3000.00",
        "3000.00",
        "2316.87",
    ]


def test_a_restructuring_after_the_last_due_date_needs_a_day() -> None:
    with pytest.raises(InvalidInputError, match="next_due"):
        state([event("restructuring", "2026-08-01", capitalise=["principal"])], "2026-08-01")


# corrections


def test_a_correction_moves_a_payment_to_the_day_it_really_came() -> None:
    paid = event("payment", "2026-03-11", amount="10000")
    moved = event("correction", "2026-03-20", of=paid["id"], value_date="2026-03-01")
    overdue = {"daily_rate": "0.05%"}
    assert state([paid], "2026-03-20", NOTE, overdue=overdue).penalty_asked != Money(0)
    assert state([paid, moved], "2026-03-20", NOTE, overdue=overdue).penalty_asked == Money(0)


def test_a_reversal_can_be_reversed() -> None:
    back = {"id": "R", "kind": "reversal", "on": "2026-02-16", "of": "P1"}
    again = {"id": "RR", "kind": "reversal", "on": "2026-02-17", "of": "R"}
    assert state([FIRST, back], "2026-02-17").received == Money(0)
    assert state([FIRST, back, again], "2026-02-17") == state([FIRST], "2026-02-17")


def test_a_reversal_of_an_older_payment_moves_the_newer_ones() -> None:
    second = event("payment", "2026-03-15", amount="2070.58")
    back = {"id": "R", "kind": "reversal", "on": "2026-03-16", "of": "P1"}
    story = read_story({"terms": PLAIN, "events": [FIRST, second, back]})
    change = what_changed(life_of(story), story.events[:2], story.events, date(2026, 3, 16))
    moved = [(each.event, each.instalment, str(each.amount)) for each in change.allocations]
    assert moved == [
        ("P1", 1, "-120.00"),
        ("P1", 1, "-1950.58"),
        ("payment 2026-03-15", 2, "-100.49"),
        ("payment 2026-03-15", 2, "-1970.09"),
        ("payment 2026-03-15", 1, "120.00"),
        ("payment 2026-03-15", 1, "1950.58"),
    ]


def test_no_more_than_the_credit_is_refunded() -> None:
    over = event("payment", "2026-02-15", amount="2170.58")
    told = state([over, event("refund", "2026-02-20", amount="100")], "2026-02-20")
    assert (told.credit, told.refunded) == (Money(0), Money.of("100"))
    with pytest.raises(RefundExceedsCreditError, match=r"100\.00"):
        state([over, event("refund", "2026-02-20", amount="101")], "2026-02-20")


def test_money_after_a_write_off_is_recovered() -> None:
    events = [FIRST, event("write-off", "2026-03-20"), event("payment", "2026-04-01", amount="500")]
    told = state(events, "2026-04-01")
    assert told.status == "written-off"
    assert told.principal_written_off == Money.of("10049.42")
    assert told.written_off == Money.of("10149.91")
    assert told.recovered == Money.of("500")


def test_an_amount_with_too_many_decimals_names_its_field() -> None:
    with pytest.raises(InvalidInputError, match=r"events\.0\.amount"):
        state([event("payment", "2026-02-15", amount="1.005")], "2026-02-15")


@pytest.mark.parametrize(
    ("servicing", "changes", "sentence"),
    [
        ({"odd_days_count": "periodic"}, {}, "odd_days_count"),
        ({}, {"instalments": 10**9}, "instalments"),
        ({}, {"holiday": {"periods": 10**9, "interest": "pay"}}, "periods"),
    ],
)
def test_counts_that_nobody_can_mean_are_refused_before_they_are_counted(
    servicing: dict[str, Any], changes: dict[str, Any], sentence: str
) -> None:
    event = {"id": "R1", "kind": "restructuring", "on": "2026-02-20"} | changes
    with pytest.raises(InvalidInputError) as refused:
        state([event] if changes else [], "2026-03-01", **servicing)
    assert sentence in str(refused.value)
