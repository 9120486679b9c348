"""Who decides what: approval policies as data. Amounts are in yuan, written as decimal strings."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from models.calendar import BusinessCalendar
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

    @model_validator(mode="after")
    def _somebody_has_the_authority(self) -> Self:
        for route in self.routes:
            limit = route.steps[-1].final_up_to if route.steps else None
            if limit is not None and (route.up_to is None or limit < route.up_to):
                largest = route.up_to if route.up_to is not None else "any amount"
                raise ValueError(
                    f"route {route.name!r} is for {largest}, its last step decides up to {limit} only"
                )
        return self


class WorkingTime(Part):
    """When service levels run: the house's opening hours, in Shanghai."""

    opens: time = time(9, 0)
    closes: time = time(18, 0)
    exceptions: dict[date, bool] = Field(default={})
    """Days that differ from the published holidays: true is a working day."""

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(f"opens = {self.opens} is not before closes = {self.closes}")
        return self

    def calendar(self) -> BusinessCalendar:
        return BusinessCalendar(self.opens, self.closes, self.exceptions)


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
    """Business hours before a step is escalated."""
    working_time: WorkingTime = WorkingTime()
    notify: bool = True
    """Write to people when a step comes, or is escalated, to them; their inboxes have it in any case."""

    @model_validator(mode="after")
    def _somebody_can_be_asked(self) -> Self:
        for name, policy in self.policies.items():
            for route in policy.routes:
                if barred := [step.name for step in route.steps if step.role in {Role.DEALER, Role.SYSTEM}]:
                    raise ValueError(f"policies.{name}, route {route.name!r}: {barred[0]} asks no approver")
        return self
