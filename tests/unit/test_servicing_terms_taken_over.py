"""What servicing takes over from a plan's terms: the rate that a balance really bears, and its changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.lease.servicing.replay import quote, replay
from models.lease.servicing.story import life_of, read_story
from models.money import Money

TERMS: dict[str, Any] = {"currency": "EUR", "amount": "12000", "instalments": 12, "start": "2024-01-01"}


def interest_to_the_day(terms: dict[str, Any], **servicing: str) -> Money:
    """What settling on 16 April asks for the half month since the first."""
    life = life_of(read_story({"terms": TERMS | terms, "servicing": servicing}))
    return quote(life, [], date(2024, 4, 16)).part("interest")


@pytest.mark.parametrize(
    ("terms", "interest"),
    [
        ({"rate": "12%"}, "45.66"),
        ({"rate": "1%", "rate_per": "month"}, "45.66"),
        ({"rate": "12.682503%", "compounding": "effective"}, "45.66"),
        ({"rate": "12%", "compounding": 2}, "44.55"),
        ({"rate": "12%", "compounding": "continuous"}, "45.90"),
        ({"rate": "12%", "rate_changes": [{"on": "2024-03-01", "rate": "24%"}]}, "91.76"),
        ({"rate": "12%", "rate_changes": [{"after": 2, "rate": "24%"}]}, "91.76"),
        ({"rate": "12%", "rate_changes": [{"on": "2024-04-08", "rate": "24%"}]}, "70.02"),
    ],
)
def test_interest_to_the_day_runs_at_the_rate_that_the_plan_bears(
    terms: dict[str, Any], interest: str
) -> None:
    assert interest_to_the_day(terms) == Money.of(interest, "EUR")


def test_a_rate_of_servicings_own_stands_in_the_place_of_all_of_the_plans() -> None:
    terms = {"rate": "12%", "rate_changes": [{"on": "2024-03-01", "rate": "24%"}]}
    assert interest_to_the_day(terms, rate="12%") == Money.of("45.88", "EUR")


def test_rents_computed_anew_after_a_change_of_rate_repay_the_balance_by_the_last_date() -> None:
    story = read_story(
        {
            "terms": TERMS | {"rate": "12%", "rate_changes": [{"on": "2024-03-01", "rate": "24%"}]},
            "events": [{"id": "X", "kind": "prepayment", "on": "2024-04-01", "amount": "9000"}],
            "servicing": {"prepayment": {"effect": "lower-rent"}},
        }
    )
    told = replay(life_of(story), story.events, date(2024, 4, 1))
    ahead = [row for row in told.instalments if row.due > date(2024, 4, 1)]
    # 2 % of the 3432.50 that remain, and a level rent for nine months
    assert told.principal_not_due == Money.of("3432.50", "EUR")
    assert ahead[0].interest.asked == Money.of("68.65", "EUR")
    assert {row.total_asked for row in ahead[:-1]} == {Money.of("420.53", "EUR")}
    assert ahead[-1].balance.minor == 0
