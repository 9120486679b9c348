"""On which days rents fall due, before business days move them."""

from __future__ import annotations

from datetime import date, timedelta

from models.errors import InvalidInputError
from models.lease.plan.terms import PlanTerms


def nominal_dates(terms: PlanTerms, rows: int, *, with_end: bool) -> list[date]:
    """The due date of each rent; with ``with_end`` one more, the end of the term.

    Raises:
        InvalidInputError: the first due date lies before the start.
    """
    ahead = terms.in_advance
    if terms.due_dates:
        end = terms.frequency.after(terms.due_dates[-1], 1) if ahead else terms.due_dates[-1]
        return [*terms.due_dates, end] if with_end else list(terms.due_dates)
    first = _first(terms)
    if first < terms.start:
        raise InvalidInputError(
            f"first_due {first} lies before start {terms.start}",
            remedy="Let it be the same day or a later one",
        )
    anchor = _anchor(terms, first)
    every = terms.frequency
    # in arrears the first rent is one period away, in advance none
    steps = [max(0, number - ahead) if ahead else number - 1 for number in range(1, rows + 1)]
    dates = [first if step == 0 else every.after(first, step, anchor=anchor) for step in steps]
    if with_end:
        dates.append(every.after(first, rows, anchor=anchor) if ahead else dates[-1])
    return dates


def _first(terms: PlanTerms) -> date:
    if terms.first_due is not None:
        return terms.first_due
    if terms.first_period_days is not None:
        return terms.start + timedelta(days=terms.first_period_days)
    if terms.in_advance:
        return terms.start
    by_month_end = terms.end_of_month and (terms.start + timedelta(days=1)).day == 1
    return terms.frequency.after(terms.start, 1, anchor=terms.due_day or (31 if by_month_end else None))


def _anchor(terms: PlanTerms, first: date) -> int:
    """The day of the month wanted for the dates after the first."""
    if terms.due_day is not None:
        return terms.due_day
    if terms.end_of_month and (first + timedelta(days=1)).day == 1:
        return 31
    if terms.first_due is None and first.day < terms.start.day:
        return terms.start.day  # cut short by a short month
    return first.day
