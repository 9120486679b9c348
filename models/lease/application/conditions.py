"""What approvers may change about an application, and what their conditions make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from models.approval.messages import Condition, NegotiableTerm, TermKind
from models.lease.application.amounts import LeaseTerms, share_of, terms_applied_for
from models.lease.application.form import Financing, LeaseForm
from models.money import Money
from models.parameters.lease import Bounds, LeaseProduct

FINANCED: Final = "financed"
DEPOSIT: Final = "deposit"
INSTALMENTS: Final = "instalments"
RATE: Final = "rate"
OTHER: Final = "other"
"""A condition in words, such as a further guarantor."""


def negotiable_terms(form: LeaseForm, product: LeaseProduct) -> tuple[NegotiableTerm, ...]:
    """The terms of a form that approvers may change, within what the product allows."""
    terms = terms_applied_for(form, product)
    least, most = _financed_bounds(terms, product)
    return (
        NegotiableTerm(
            FINANCED, "Financed amount", TermKind.MONEY, str(terms.financed), str(least), str(most)
        ),
        NegotiableTerm(
            DEPOSIT,
            "Deposit",
            TermKind.MONEY,
            str(terms.deposit),
            str(share_of(terms.financed, product.deposit.at_least)),
            str(share_of(terms.financed, product.deposit.at_most)),
        ),
        _plain(INSTALMENTS, "Rents", TermKind.COUNT, Decimal(terms.instalments), product.instalments),
        _plain(RATE, "Rate a year", TermKind.RATE, terms.rate, product.rate),
        NegotiableTerm(OTHER, "Condition in words", TermKind.TEXT, ""),
    )


def apply_conditions(form: LeaseForm, conditions: tuple[Condition, ...]) -> LeaseForm:
    """The form as the conditions would have it; later conditions on the same term overrule earlier ones.

    Conditions in words change nothing here: people see to them.
    """
    financing = form.financing
    for condition in conditions:
        change = _CHANGES.get(condition.term)
        if change is not None:
            financing = change(form, financing, condition.value)
    return replace(form, financing=financing)


def told(conditions: tuple[Condition, ...], form: LeaseForm, product: LeaseProduct) -> tuple[str, ...]:
    """Each condition beside what was applied for: ``Deposit 20000.00 instead of 0.00``."""
    applied = {term.name: term for term in negotiable_terms(form, product)}
    return tuple(_sentence(condition, applied.get(condition.term)) for condition in conditions)


def _sentence(condition: Condition, term: NegotiableTerm | None) -> str:
    note = f" ({condition.note})" if condition.note else ""
    if term is None or term.kind is TermKind.TEXT:
        return f"{condition.value}{note}"
    return f"{term.label} {condition.value} instead of {term.value}{note}"


def _financed_bounds(terms: LeaseTerms, product: LeaseProduct) -> tuple[Money, Money]:
    """Bounds of the product and of the down payment's share at once."""
    price = terms.price
    least = max(
        Money.rounded(product.financed.at_least), price - share_of(price, product.down_payment.at_most)
    )
    most = min(
        Money.rounded(product.financed.at_most), price - share_of(price, product.down_payment.at_least)
    )
    return least, most


def _plain(name: str, label: str, kind: TermKind, value: Decimal, bounds: Bounds) -> NegotiableTerm:
    return NegotiableTerm(name, label, kind, f"{value:f}", f"{bounds.at_least:f}", f"{bounds.at_most:f}")


def _finance(form: LeaseForm, financing: Financing, value: str) -> Financing:
    return replace(financing, down_payment=form.price - Money.of(value))


def _deposit(_form: LeaseForm, financing: Financing, value: str) -> Financing:
    return replace(financing, deposit=Money.of(value))


def _instalments(_form: LeaseForm, financing: Financing, value: str) -> Financing:
    return replace(financing, instalments=int(value))


def _rate(_form: LeaseForm, financing: Financing, value: str) -> Financing:
    return replace(financing, rate=Decimal(value))


_CHANGES: Final[Mapping[str, Callable[[LeaseForm, Financing, str], Financing]]] = {
    FINANCED: _finance,
    DEPOSIT: _deposit,
    INSTALMENTS: _instalments,
    RATE: _rate,
}
