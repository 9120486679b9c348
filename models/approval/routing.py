"""Which way a request takes, and whose word is final."""

from __future__ import annotations

from decimal import Decimal

from models.approval.errors import NoRouteError, UnknownPolicyError
from models.approval.messages import ApprovalRequest
from models.errors import InvalidInputError
from models.parameters.approval import ApprovalParameters, ApprovalRoute, ApprovalStep

_POLICY_CURRENCY = "CNY"


def find_route(parameters: ApprovalParameters, request: ApprovalRequest) -> ApprovalRoute:
    """The first route of the request's policy that is for such a subject.

    A route without steps means that the rules' own word stands; nobody is asked.

    Raises:
        UnknownPolicyError: the parameters hold no such policy.
        NoRouteError: the policy has no route for it.
        InvalidInputError: the amount is negative, or not in the currency that policies are written in.
    """
    policy = parameters.policies.get(request.policy)
    if policy is None:
        raise UnknownPolicyError(request.policy, tuple(parameters.policies))
    amount = _yuan(request)
    for route in policy.routes:
        if _fits(route, request, amount):
            return route
    raise NoRouteError(request.policy, _described(request))


def is_final(step: ApprovalStep, amount: Decimal) -> bool:
    """Whether nobody above the step needs to be asked about so many yuan."""
    return step.final_up_to is None or amount <= step.final_up_to


def _fits(route: ApprovalRoute, request: ApprovalRequest, amount: Decimal) -> bool:
    wanted = (
        (route.kinds, request.kind),
        (route.products, request.product),
        (route.grades, request.grade),
        (route.regions, request.region),
        (route.branches, request.branch),
    )
    above = amount > route.above or not route.above
    return (
        above
        and (route.up_to is None or amount <= route.up_to)
        and all(not listed or value in listed for listed, value in wanted)
    )


def _yuan(request: ApprovalRequest) -> Decimal:
    money = request.amount
    if money.currency != _POLICY_CURRENCY or money.minor < 0:
        raise InvalidInputError(
            f"amount {money} {money.currency} of {request.approval_id} fits no policy",
            remedy=f"Give it in {_POLICY_CURRENCY}, not negative",
        )
    return money.amount


def _described(request: ApprovalRequest) -> str:
    parts = (request.kind, request.product, request.grade, request.region, request.branch, request.amount)
    return ", ".join(str(part) for part in parts if part)
