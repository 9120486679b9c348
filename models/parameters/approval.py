"""Who decides what: approval policies as data. Amounts are in yuan, written as decimal strings."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from models.parameters.parts import Part, Yuan
from models.people import Role

Hours = Annotated[Decimal, Field(gt=0, le=2000)]


class Scope(StrEnum):
    """Whose people of a role are asked."""

    BRANCH = "branch"
    """Those of the subject's own branch."""
    HOUSE = "house"


class ApprovalStep(Part):
    """One tier: who is asked, how many must agree, how long they have."""

    name: str
    """``officer``, ``manager``, ``director``; returns for rework name it."""
    role: Role
    scope: Scope = Scope.HOUSE
    people: Annotated[int, Field(ge=1, le=9)] = 1
    """How many different people must agree."""
    final_up_to: Yuan | None = None
    """Authority of the tier: up to this amount nobody above it is asked; None for no limit."""
    sla_hours: Hours = Decimal(8)
    """Business hours until it is escalated."""
    lock_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    """How long a person holds it without deciding."""


class ApprovalRoute(Part):
    """For which subjects which tiers are asked, in order. Empty lists match all."""

    name: str
    kinds: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    above: Yuan = Decimal(0)
    up_to: Yuan | None = None
    steps: tuple[ApprovalStep, ...] = ()
    """None: the rules' own word stands."""


class ApprovalPolicy(Part):
    """Routes in order of precedence: the first that matches is taken."""

    routes: Annotated[tuple[ApprovalRoute, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        for route in self.routes:
            names = [step.name for step in route.steps]
            if len(names) != len(set(names)):
                raise ValueError(f"route {route.name!r} names a step twice")
        return self


_OFFICER = ApprovalStep(
    name="officer", role=Role.OFFICER, scope=Scope.BRANCH, final_up_to=Decimal(500_000), sla_hours=Decimal(4)
)
_MANAGER = ApprovalStep(name="manager", role=Role.MANAGER, final_up_to=Decimal(5_000_000))
_DIRECTOR = ApprovalStep(name="director", role=Role.DIRECTOR, sla_hours=Decimal(16))


_SHIPPED: Final = {
    "lease": ApprovalPolicy(
        routes=(
            ApprovalRoute(name="by rules", grades=("A", "B"), up_to=Decimal(200_000)),
            ApprovalRoute(name="tiers", steps=(_OFFICER, _MANAGER, _DIRECTOR)),
        )
    ),
}


class ApprovalParameters(Part):
    """All policies by name, and what holds for each of them."""

    policies: dict[str, ApprovalPolicy] = Field(default=_SHIPPED)
    batch_limit: Yuan = Decimal(500_000)
    """Larger subjects are decided one by one."""
    remind_before_hours: Hours = Decimal(1)
