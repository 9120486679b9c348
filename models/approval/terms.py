"""Conditions: terms as approvers want them, checked against what is negotiable."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from models.approval.errors import UnfitConditionError, UnknownTermError
from models.approval.messages import ApprovalRequest, Condition, NegotiableTerm, TermKind
from models.errors import InvalidInputError
from models.money import Money

_LONGEST_TEXT = 500


def check_conditions(request: ApprovalRequest, conditions: Iterable[Condition]) -> None:
    """Refuse conditions that the applicant could not be offered.

    Raises:
        UnknownTermError: a condition names no negotiable term.
        UnfitConditionError: a value is not of the term's kind, or outside its bounds.
    """
    terms = {term.name: term for term in request.negotiable}
    for condition in conditions:
        term = terms.get(condition.term)
        if term is None:
            raise UnknownTermError(condition.term, tuple(terms))
        if fault := _fault(term, condition.value, request.amount.currency):
            raise UnfitConditionError(condition.term, condition.value, fault)


def merged(request: ApprovalRequest, said: Iterable[Condition]) -> tuple[Condition, ...]:
    """What several people's conditions come to: the last word on a term wins.

    A condition that gives a term the value that was applied for takes earlier ones back.
    """
    applied = {term.name: term for term in request.negotiable}
    last = {condition.term: condition for condition in said}
    return tuple(condition for name, condition in last.items() if not _same(applied[name], condition.value))


def authority_amount(request: ApprovalRequest, conditions: Iterable[Condition]) -> Decimal:
    """Yuan that an approver needs authority for: as applied for, or as raised by a condition."""
    raised = [Decimal(each.value) for each in conditions if each.term == request.amount_term]
    return max([request.amount.amount, *raised])


def _same(term: NegotiableTerm, value: str) -> bool:
    if term.kind is TermKind.TEXT:
        return term.value.strip() == value.strip()
    return term.value != "" and Decimal(term.value) == Decimal(value)


def _fault(term: NegotiableTerm, value: str, currency: str) -> str:
    """What is wrong with a value; empty when it fits."""
    if term.kind is TermKind.TEXT:
        if not value.strip():
            return "says nothing"
        return f"is longer than {_LONGEST_TEXT} characters" if len(value) > _LONGEST_TEXT else ""
    if fault := _fault_of_number(term.kind, value, currency):
        return fault
    number = Decimal(value)
    if term.at_least and number < Decimal(term.at_least):
        return f"is below {term.at_least}, the least that the product allows"
    if term.at_most and number > Decimal(term.at_most):
        return f"is above {term.at_most}, the most that the product allows"
    return ""


def _fault_of_number(kind: TermKind, value: str, currency: str) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "is not a number"
    if not number.is_finite() or number < 0:
        return "is not a number from 0 up"
    if kind is TermKind.COUNT and number != number.to_integral_value():
        return "is not a whole number"
    if kind is TermKind.MONEY:
        try:
            Money.of(value, currency)
        except InvalidInputError as error:
            return f"is no amount: {error.message}"
    return ""
