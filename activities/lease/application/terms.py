"""From a form and its product to the terms of a plan, and to what is agreed."""

from __future__ import annotations

from datetime import date

from models.approval.messages import Condition
from models.lease.agreed import AgreedTerms
from models.lease.application.amounts import LeaseTerms, terms_applied_for
from models.lease.application.form import LeaseForm
from models.lease.plan.plan import Plan, PlanRow
from models.money import Money
from models.parameters.lease import LeaseProduct


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
        plan=_standin(terms, start),
        price=terms.price,
        down_payment=terms.down_payment,
        deposit=terms.deposit,
        residual=terms.residual,
        handling_fee=terms.handling_fee,
        conditions=conditions,
    )


def _standin(terms: LeaseTerms, start: date) -> Plan:
    n, rate = terms.instalments, terms.rate / 12
    rent = Money.rounded(terms.financed.amount * rate / (1 - (1 + rate) ** -n))
    balance, rows = terms.financed, []
    for number in range(1, n + 1):
        interest = Money.rounded(balance.amount * rate)
        principal = balance if number == n else rent - interest
        balance = balance - principal
        month = start.month - 1 + number
        due = date(start.year + month // 12, month % 12 + 1, min(start.day, 28))
        rows.append(PlanRow(number, due, interest + principal, interest, principal, balance, Money(0)))
    return Plan(start, terms.financed, tuple(rows))
