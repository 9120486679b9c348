"""Which route a request takes, and who must be asked on it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.approval.errors import NoRouteError, UnknownPolicyError
from models.approval.routing import find_route, is_final
from models.errors import InvalidInputError
from models.money import Money
from models.parameters.approval import (
    ApprovalParameters,
    ApprovalPolicy,
    ApprovalRoute,
    ApprovalStep,
    WorkingTime,
)
from models.people import Role
from tests.factories.approvals import request

SHIPPED = ApprovalParameters()
STEP = ApprovalStep(name="risk", role=Role.RISK)


def policy(*routes: ApprovalRoute) -> ApprovalParameters:
    return ApprovalParameters(policies={"lease": ApprovalPolicy(routes=routes)})


@pytest.mark.parametrize(
    ("amount", "grade", "route"),
    [
        ("200000.00", "A", "by rules"),
        ("200000.01", "A", "tiers"),
        ("0.00", "B", "by rules"),
        ("1000.00", "C", "tiers"),
        ("1000.00", "", "tiers"),
    ],
)
def test_the_first_route_that_fits_is_taken(amount: str, grade: str, route: str) -> None:
    assert find_route(SHIPPED, request(amount, grade=grade)).name == route


@pytest.mark.parametrize(
    ("limits", "changes", "fits"),
    [
        ({"products": ("vehicle",)}, {}, True),
        ({"products": ("truck",)}, {}, False),
        ({"regions": ("east",)}, {"region": "east"}, True),
        ({"regions": ("east",)}, {"region": ""}, False),
        ({"branches": ("Shanghai", "Suzhou")}, {}, True),
        ({"kinds": ("refund",)}, {}, False),
        ({"grades": ("C",), "products": ("vehicle",), "above": 120_000}, {}, False),
        ({"grades": ("C",), "products": ("vehicle",), "above": 119_999}, {}, True),
    ],
)
def test_a_route_is_for_what_it_lists(limits: dict[str, Any], changes: dict[str, Any], fits: bool) -> None:
    parameters = policy(ApprovalRoute(name="special", steps=(STEP,), **limits))
    if fits:
        assert find_route(parameters, request(**changes)).name == "special"
    else:
        with pytest.raises(NoRouteError, match="no route of policy lease is for lease-application"):
            find_route(parameters, request(**changes))


def test_an_unknown_policy_and_a_foreign_amount_are_told() -> None:
    with pytest.raises(UnknownPolicyError, match=r"policy 'rent' does not exist.*Use one of lease"):
        find_route(SHIPPED, request(policy="rent"))
    for money in (Money.of("1.00", "USD"), Money.of("-1.00")):
        with pytest.raises(InvalidInputError, match="fits no policy"):
            find_route(SHIPPED, replace(request(), amount=money))


def test_a_policy_in_which_nobody_has_the_authority_is_refused() -> None:
    limited = STEP.model_copy(update={"final_up_to": Decimal(1_000)})
    with pytest.raises(ValidationError, match="is for any amount, its last step decides up to 1000 only"):
        policy(ApprovalRoute(name="short", steps=(limited,)))
    policy(ApprovalRoute(name="short", up_to=Decimal(1_000), steps=(limited,)))
    with pytest.raises(ValidationError, match="names a step twice"):
        policy(ApprovalRoute(name="twice", steps=(STEP, STEP)))
    with pytest.raises(ValidationError, match="asks no approver"):
        policy(ApprovalRoute(name="them", steps=(ApprovalStep(name="dealer", role=Role.DEALER),)))
    with pytest.raises(ValidationError, match="is not before"):
        WorkingTime.model_validate({"opens": "18:00", "closes": "09:00"})


@given(minor=st.integers(min_value=0, max_value=10**12), limit=st.integers(min_value=0, max_value=10**10))
def test_authority_ends_at_its_limit_exactly(minor: int, limit: int) -> None:
    step = STEP.model_copy(update={"final_up_to": Decimal(limit)})
    assert is_final(step, Money(minor).amount) == (minor <= limit * 100)
    assert is_final(STEP, Money(minor).amount)


@given(minor=st.integers(min_value=0, max_value=10**13), grade=st.sampled_from(["", "A", "B", "C", "D"]))
def test_every_amount_of_the_shipped_policy_has_a_route_and_somebody_with_the_last_word(
    minor: int, grade: str
) -> None:
    route = find_route(SHIPPED, replace(request(grade=grade), amount=Money(minor)))
    assert not route.steps or any(is_final(step, Money(minor).amount) for step in route.steps)
