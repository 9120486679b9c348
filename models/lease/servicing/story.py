"""A lease's life as one document: plan, servicing terms, events. The JSON that the command line reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, get_args

from pydantic import BaseModel, Field, ValidationError

from models.errors import InvalidInputError
from models.lease.plan.build import build_plan
from models.lease.plan.events import events_of
from models.lease.plan.fields import Described, Number, portion_of
from models.lease.plan.growth import Growth, yearly
from models.lease.plan.misspelt import meant
from models.lease.plan.plan import Plan, PlanRow
from models.lease.plan.terms import Method, PlanTerms
from models.lease.servicing.accrual import RateStep
from models.lease.servicing.events import Event
from models.lease.servicing.life import LeaseLife
from models.lease.servicing.terms import ServicingTerms, Shape
from models.money import Money

_AMOUNTS: Final = frozenset(
    {"amount", "fee", "waived", "add_principal", "rent", "interest", "principal", "financed"}
)
_KINDS: Final[dict[str, type[BaseModel]]] = {
    model.model_fields["kind"].default: model for model in get_args(get_args(Event)[0])
}
_IN_EVENT: Final = 3
"""An error's path names ``events``, the place and the kind before it comes to the field."""


class RowGiven(Described):
    """One instalment of a plan that another system computed. Two of rent, interest and principal suffice."""

    number: int | None = None
    """None: its place in the list."""
    due: date
    rent: Number | None = None
    interest: Number | None = None
    principal: Number | None = None
    fee: Number = Decimal(0)
    residual: bool = False
    """A residual value, which stays what it is when rents are computed anew."""


class PlanGiven(Described):
    """A plan by its rows."""

    start: date
    """Value date of the financed amount."""
    financed: Number | None = None
    """None: the sum of the rows' principal."""
    rows: Annotated[tuple[RowGiven, ...], Field(min_length=1)]


class Story(Described):
    """Everything about one lease: ``terms`` of a plan or its ``plan``, how it is serviced, what happened."""

    currency: str = "CNY"
    """Of a plan that is given by its rows; terms carry their own."""
    terms: PlanTerms | None = None
    """The plan's terms, as ``leaseflow lease quote`` reads them."""
    plan: PlanGiven | None = None
    """The plan itself, row by row."""
    servicing: ServicingTerms = ServicingTerms()
    events: tuple[Event, ...] = ()
    """In order of entry; value dates decide when each counts."""
    as_of: date | None = None
    """The day to look at; None: the last value date."""

    def day(self) -> date:
        """The day to look at when nobody names another."""
        if self.as_of is not None:
            return self.as_of
        start = self.plan.start if self.plan is not None else self.terms.start if self.terms else date.min
        return max([start, *(event.on for event in self.events)])


def read_story(given: object) -> Story:
    """A story from plain data.

    Raises:
        InvalidInputError: naming each field that is wrong, its value, and why.
    """
    try:
        story = Story.model_validate(given)
    except ValidationError as error:
        told = "; ".join(_told(dict(each)) for each in error.errors(include_url=False))
        raise InvalidInputError(told, remedy="See leaseflow lease life --schema") from error
    _check_amounts(story)
    if (story.terms is None) == (story.plan is None):
        raise InvalidInputError(
            "terms and plan: one of them is needed, and only one",
            remedy="Give the terms of a plan, or its rows",
        )
    return story


def _check_amounts(story: Story) -> None:
    """Every amount is exact to the currency's minor unit: nothing is rounded silently."""
    currency = story.currency if story.terms is None else story.terms.currency
    given = [(f"plan.rows.{at}", row) for at, row in enumerate(story.plan.rows)] if story.plan else []
    named = [*given, *((f"events.{at}", event) for at, event in enumerate(story.events))]
    for where, part in named:
        for field in _AMOUNTS & type(part).model_fields.keys():
            value = getattr(part, field)
            if isinstance(value, Decimal):
                _exact(f"{where}.{field}", value, currency)


def _exact(where: str, value: Decimal, currency: str) -> Money:
    try:
        return Money.of(value, currency)
    except InvalidInputError as error:
        raise InvalidInputError(f"{where}: {error.message}", remedy=error.remedy) from error


def life_of(story: Story) -> LeaseLife:
    """Plan and terms; what the servicing terms leave out comes from the terms of the plan.

    Raises:
        InvalidInputError: the plan contradicts itself.
    """
    if story.plan is not None:
        return LeaseLife(_plan_of(story.plan, story.currency), story.servicing)
    terms = story.terms or PlanTerms()
    plan = build_plan(terms)
    given = story.servicing.model_fields_set
    brought: dict[str, Any] = {
        "rate": _borne(terms, plan, plan.rate),
        "day_count": terms.day_count,
        "rounding": terms.rounding,
        "shape": _shape(terms),
        "balloon": portion_of(terms.balloon, terms.price or plan.financed.amount),
    }
    if terms.method is Method.FLAT:
        # a flat rate is not one that a balance bears: interest anew needs the rate that is agreed for it
        del brought["rate"]
        brought["accrual"] = "pro-rata"
    fresh = {name: value for name, value in brought.items() if name not in given}
    later = _later_rates(terms, plan) if "rate" in fresh else ()
    return LeaseLife(plan, story.servicing.model_copy(update=fresh), later)


def _borne(terms: PlanTerms, plan: Plan, rate: Decimal) -> Decimal:
    """What a balance bears of a rate a year over a regular period, as a simple rate a year."""
    if terms.compounding == "period":
        return rate
    return Growth(terms, rate, plan.periods_per_year).period() * plan.periods_per_year


def _later_rates(terms: PlanTerms, plan: Plan) -> tuple[RateStep, ...]:
    """The plan's changes of rate, by their days."""
    return tuple(
        RateStep(each.on, _borne(terms, plan, yearly(terms, each.rate, plan.periods_per_year)))
        for each in events_of(terms, len(plan.rents))
        if each.rate is not None
    )


def _shape(terms: PlanTerms) -> Shape:
    if terms.method is Method.EQUAL_PRINCIPAL:
        return Shape.EQUAL_PRINCIPAL
    plain = terms.method is Method.ANNUITY and not terms.pattern and terms.steps is None
    return Shape.ANNUITY if plain else Shape.PROPORTIONAL


def _plan_of(given: PlanGiven, currency: str) -> Plan:
    parts = [_parts(row, at, currency) for at, row in enumerate(given.rows)]
    zero = Money(0, currency)
    total = sum((principal for _, principal in parts), zero)
    financed = total if given.financed is None else Money.of(given.financed, currency)
    if financed != total:
        raise InvalidInputError(
            f"plan.financed {financed} is not the sum of principal in plan.rows, {total}",
            remedy="Correct one of them",
        )
    rows, balance = [], financed
    for at, (row, (interest, principal)) in enumerate(zip(given.rows, parts, strict=True)):
        before = given.rows[at - 1].due if at else given.start
        if row.due < before:
            raise InvalidInputError(
                f"plan.rows.{at}.due {row.due} lies before {before}",
                remedy="Put rows in order of their dates",
            )
        balance -= principal
        rows.append(_row(row, at + 1, interest, principal, balance))
    _check_numbers([row.number for row in rows])
    return Plan(given.start, financed, tuple(rows))


def _row(given: RowGiven, place: int, interest: Money, principal: Money, balance: Money) -> PlanRow:
    return PlanRow(
        number=place if given.number is None else given.number,
        due=given.due,
        rent=interest + principal,
        interest=interest,
        principal=principal,
        balance=balance,
        fee=Money.of(given.fee, balance.currency),
        kind="residual" if given.residual else "rent",
    )


def _check_numbers(numbers: list[int]) -> None:
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise InvalidInputError(
            f"plan.rows: number {twice[0]} stands twice", remedy="Number every row differently, or none"
        )


def _parts(row: RowGiven, at: int, currency: str) -> tuple[Money, Money]:
    """Interest and principal of a row."""
    rent, interest, principal = row.rent, row.interest, row.principal
    if rent is not None and (interest is None) == (principal is None) and interest is None:
        raise InvalidInputError(
            f"plan.rows.{at}.rent {rent} alone does not say what of it is interest",
            remedy="Give interest or principal too",
        )
    if interest is None:
        interest = rent - (principal or Decimal(0)) if rent is not None else Decimal(0)
    if principal is None:
        principal = rent - interest if rent is not None else Decimal(0)
    if rent is not None and rent != interest + principal:
        raise InvalidInputError(
            f"plan.rows.{at}.rent {rent} is not interest {interest} plus principal {principal}",
            remedy="Correct one of them",
        )
    return Money.of(interest, currency), Money.of(principal, currency)


def _told(error: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "the document"
    given = error.get("input")
    shown = f" (given {given!r})" if isinstance(given, str | int | float | bool) else ""
    return f"{where}: {_sentence(error)}{shown}"


def _sentence(error: dict[str, Any]) -> str:
    """What is wrong, and where a name is unknown, which one was probably meant."""
    match error["type"]:
        case "extra_forbidden":
            loc = error["loc"]
            kind = _KINDS.get(loc[2]) if loc[0] == "events" and len(loc) > _IN_EVENT else None
            hint = meant(Story, loc) if kind is None else meant(kind, loc[_IN_EVENT:])
            return f"there is no such field; {hint[0].lower()}{hint[1:].rstrip('?')}"
        case "missing":
            return "is not given"
        case "union_tag_not_found" | "union_tag_invalid":
            tag = error.get("ctx", {}).get("tag")
            unknown = "is not given" if tag is None else f"{tag!r} is not known"
            return f"kind {unknown}; it is one of {', '.join(_KINDS)}"
        case "string_pattern_mismatch":
            return f"is none of {error['ctx']['pattern'].strip('^$()').replace('|', ', ')}"
        case kind if kind.startswith("date"):
            return "is no date; write it like 2026-12-31"
        case _:
            return str(error["msg"]).removeprefix("Value error, ")
