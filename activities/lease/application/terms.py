"""From a form and its product to the terms of a plan, and to what is agreed."""

from __future__ import annotations

from datetime import date
from typing import Final

from pydantic import ValidationError

from models.approval.messages import Condition
from models.errors import InvalidInputError
from models.lease.agreed import AgreedTerms
from models.lease.application.amounts import LeaseTerms, terms_applied_for
from models.lease.application.form import SEASONAL, STEPPED, LeaseForm
from models.lease.plan.build import build_plan
from models.lease.plan.terms import Method, PlanTerms
from models.parameters.lease import LeaseProduct

_CHANGING: Final = frozenset({STEPPED, SEASONAL})


def plan_terms(form: LeaseForm, product: LeaseProduct, start: date) -> PlanTerms:
    """What the plan engine is asked with.

    Args:
        form: what is applied for, or approved.
        product: that it names.
        start: day of the pay-out, from which interest runs.

    Raises:
        InvalidInputError: the terms are none that the engine knows.
    """
    terms = terms_applied_for(form, product)
    try:
        return PlanTerms.model_validate(
            {
                "name": form.application_id,
                "currency": terms.price.currency,
                "price": str(terms.price),
                "down_payment": str(terms.down_payment),
                "rate": str(terms.rate),
                "instalments": terms.instalments,
                "method": Method.ANNUITY if terms.method in _CHANGING else terms.method,
                "steps": form.financing.steps,
                "pattern": form.financing.pattern,
                "every": product.every_months,
                "advance": product.in_advance,
                "start": start,
                "first_due": form.financing.first_due,
                "day_count": product.day_count,
                "rounding": product.rounding,
                "residual": str(terms.residual),
                **_extras(terms),
            }
        )
    except ValidationError as error:
        faults = "; ".join(f"{_place(each['loc'])}: {each['msg']}" for each in error.errors())
        raise InvalidInputError(f"product {form.product} makes no plan of this: {faults}") from error


def agreed_terms(
    form: LeaseForm, product: LeaseProduct, start: date, *, conditions: tuple[Condition, ...] = ()
) -> AgreedTerms:
    """The plan and amounts of a form, computed as if the asset were paid on ``start``.

    Args:
        form: with the conditions of an approval worked in.
        product: that it names.
        start: day of the pay-out, from which interest runs.
        conditions: of the approval, for people.

    Raises:
        InvalidInputError: the terms make no plan.
    """
    terms = terms_applied_for(form, product)
    return AgreedTerms(
        application_id=form.application_id,
        form=form,
        plan=build_plan(plan_terms(form, product, start)),
        price=terms.price,
        down_payment=terms.down_payment,
        deposit=terms.deposit,
        residual=terms.residual,
        handling_fee=terms.handling_fee,
        conditions=conditions,
    )


def _extras(terms: LeaseTerms) -> dict[str, object]:
    """What is paid at the start besides, where there is any."""
    extras: dict[str, object] = {}
    if terms.deposit.minor:
        extras["deposit"] = {"amount": str(terms.deposit)}
    if terms.handling_fee.minor:
        extras["fees"] = [{"name": "handling fee", "amount": str(terms.handling_fee), "when": "start"}]
    return extras


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)
