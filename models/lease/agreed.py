"""The terms of a lease as they stand: what is offered, signed, paid and serviced."""

from __future__ import annotations

from dataclasses import dataclass

from models.approval.messages import Condition
from models.lease.application.form import LeaseForm
from models.lease.plan.plan import Plan
from models.money import Money


@dataclass(frozen=True)
class AgreedTerms:
    """One kept document (JSON, content-addressed): later steps refer to it by hash.

    Conditions of the approval are worked into form and plan; they stay listed for people.
    """

    application_id: str
    form: LeaseForm
    plan: Plan
    price: Money
    down_payment: Money
    deposit: Money
    residual: Money
    handling_fee: Money
    conditions: tuple[Condition, ...] = ()
