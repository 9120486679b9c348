"""A quote: one JSON document in, one JSON document out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, localcontext
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from models.errors import InvalidInputError
from models.lease.plan.build import build_plan
from models.lease.plan.fields import plain
from models.lease.plan.flow_terms import FlowTerms
from models.lease.plan.flows import FlowAnswer, solve_flows
from models.lease.plan.misspelt import meant
from models.lease.plan.plan import Plan, PlanRow
from models.lease.plan.terms import PlanTerms
from models.lease.plan.tvm import Conversion, Days, Tvm, convert, measure, solve_tvm
from models.lease.plan.yields import Yields, yields
from models.money import Money

_DIGITS: Final = 20
"""Significant digits of what was solved for, and of rates."""
_NOTHING: Final = Decimal("1e-24")
_MONEY_FACTOR: Final = 24
_SMALL: Final[Mapping[str, tuple[type[BaseModel], Any]]] = {
    "tvm": (Tvm, solve_tvm),
    "convert": (Conversion, convert),
    "days": (Days, measure),
}
_SHAPES: Final = {
    "model_type": "must be an object, {…}",
    "model_attributes_type": "must be an object, {…}",
    "tuple_type": "must be a list, […]",
}
Document = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Quote:
    """A plan with the terms it was made from and its yields."""

    terms: PlanTerms
    plan: Plan
    yields: Yields


def quote(document: Mapping[str, Any]) -> Document:
    """Answer a document, whatever kind it is.

    Raises:
        InvalidInputError: a field is unknown or wrong, named with its value; or the terms cannot be met.
    """
    for key, (model, solve) in _SMALL.items():
        if key in document:
            _alone(key, document)
            answer = solve(read(model, document[key], key))
            return {"kind": key, **{name: told(value) for name, value in answer.items()}}
    if "flows" in document:
        return _flows_document(solve_flows(read(FlowTerms, document)))
    return as_document(quote_plan(read(PlanTerms, document)))


def _alone(key: str, document: Mapping[str, Any]) -> None:
    beside = [name for name in document if name not in {key, "name"}]
    if beside:
        raise InvalidInputError(
            f"{beside[0]} stands beside {key}, which is a document of its own",
            remedy=f"Write it within {key}, or in a document of its own",
        )


def quote_plan(terms: PlanTerms) -> Quote:
    """Compute a plan and all its yields."""
    plan = build_plan(terms)
    return Quote(terms, plan, yields(plan, every=terms.frequency))


def read(model: type[Model], document: object, path: str = "") -> Model:
    """Terms from what was written.

    Raises:
        InvalidInputError: names the first field that is wrong, its value, and what is wrong with it.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = _most_telling(error.errors(include_url=False))
        where = ".".join(str(part) for part in (path, *first["loc"]) if _is_field(part))
        value = first["input"]
        told = f" {str(value)!r}" if isinstance(value, str | int | float | Decimal) else ""
        sentence = first["msg"].removeprefix("Value error, ")
        remedy = "See leaseflow lease quote --schema, or the guide on quotes"
        if first["type"] == "extra_forbidden":
            sentence, remedy = "there is no such field", meant(model, first["loc"])
        elif first["type"].startswith("date"):
            sentence, remedy = "is no date", "Write it like 2026-12-31, between 1900 and 2299"
        elif first["type"] in _SHAPES:
            sentence = _SHAPES[first["type"]]
        raise InvalidInputError(f"{where or 'document'}{told}: {sentence}", remedy=remedy) from error


def _most_telling(errors: Sequence[Any]) -> Any:  # noqa: ANN401 - what pydantic tells
    """The first error; of a field that may be ``true`` or a number, what is wrong with the number."""
    first = errors[0]
    if first["type"] != "bool_parsing":
        return first
    return next((each for each in errors[1:] if each["loc"][:1] == first["loc"][:1]), first)


def _is_field(part: int | str) -> bool:
    """Not the name of a type that pydantic tried among several, such as ``bool`` or ``function-after[…]``."""
    return isinstance(part, int) or (part not in {"", "bool", "int", "constrained-int"} and "[" not in part)


def schema() -> Document:
    """JSON schema of all that a quote can be asked with."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "leaseflow quote",
        "description": "One of: a plan; flows; or {tvm: …}, {convert: …}, {days: …}.",
        "anyOf": [
            PlanTerms.model_json_schema(),
            FlowTerms.model_json_schema(),
            *(
                {"type": "object", "required": [key], "properties": {key: model.model_json_schema()}}
                for key, (model, _) in _SMALL.items()
            ),
        ],
    }


# ------------------------------------------------------------------ answers


def as_document(quoted: Quote) -> Document:
    """A plan as JSON: amounts and rates are decimal strings."""
    plan, earned = quoted.plan, quoted.yields
    zero = Money(0, plan.financed.currency)
    rents = [row for row in plan.rows if row.kind == "rent"]
    first = rents[0].rent if rents else zero
    with localcontext(prec=34):
        factor = plan.rate / _MONEY_FACTOR
    return {
        "kind": "plan",
        "name": quoted.terms.name,
        "currency": plan.financed.currency,
        "start": plan.start.isoformat(),
        "price": None if plan.price is None else str(plan.price),
        "down_payment": str(plan.down_payment or zero),
        "financed": str(plan.financed),
        "instalments": len(rents),
        "rent": str(first),
        "last_rent": str(rents[-1].rent if rents else zero),
        "rate": told(plan.rate),
        "solved": {"unknown": str(plan.unknown), "value": told(plan.solved)},
        "money_factor": told(factor),
        "rows": [row_document(row) for row in plan.rows],
        "totals": totals(plan),
        "yields": {field.name: told(getattr(earned, field.name)) for field in fields(earned)},
    }


def row_document(row: PlanRow) -> Document:
    """One row."""
    return {
        "number": row.number,
        "kind": row.kind,
        "due": row.due.isoformat(),
        "days": row.days,
        "rent": str(row.rent),
        "interest": str(row.interest),
        "principal": str(row.principal),
        "fee": str(row.fee),
        "deposit": "0.00" if row.deposit is None else str(row.deposit),
        "subsidy": "0.00" if row.subsidy is None else str(row.subsidy),
        "payable": str(row.payable),
        "balance": str(row.balance),
        "accrued": "0.00" if row.accrued is None else str(row.accrued),
    }


def totals(plan: Plan) -> dict[str, str]:
    """Sums over all rows; ``cost`` is what the lessee pays beyond what it got."""
    zero = Money(0, plan.financed.currency)
    rent = sum((row.rent for row in plan.rows), zero)
    interest = sum((row.interest for row in plan.rows), zero)
    if plan.exact_rent is not None and plan.exact_interest is not None:
        rent = Money.rounded(plan.exact_rent, zero.currency)
        interest = Money.rounded(plan.exact_interest, zero.currency)
    fee = sum((row.fee for row in plan.rows), zero)
    within = plan.fees_charged or zero
    start = sum((row.payable for row in plan.rows if row.due == plan.start), zero)
    return {
        "rent": str(rent),
        "interest": str(interest),
        "principal": str(rent - interest),
        "fee": str(fee),
        "subsidy": str(sum((row.subsidy for row in plan.rows if row.subsidy is not None), zero)),
        "payable": str(sum((row.payable for row in plan.rows), zero)),
        "cost": str(interest + fee + within),
        "at_signing": str(start + (plan.down_payment or zero)),
    }


def _flows_document(answer: FlowAnswer) -> Document:
    return {
        "kind": "flows",
        "solved": {"unknown": answer.solved, "value": told(answer.value)},
        "rounded": None if answer.rounded is None else plain(answer.rounded),
        "rates": {name: told(rate) for name, rate in answer.rates.items()},
        "npv": told(answer.npv),
        "mirr": told(answer.mirr),
        "rows": [
            {
                "on": None if row.on is None else row.on.isoformat(),
                "period": row.period,
                "kind": row.kind,
                "label": row.label,
                "amount": f"{row.amount:.2f}",
                "interest": f"{row.interest:.2f}",
                "balance": f"{row.balance:.2f}",
            }
            for row in answer.rows
        ],
    }


def told(value: Decimal | None) -> str | None:
    """A decimal with the digits that can be relied on."""
    if value is None:
        return None
    with localcontext(prec=_DIGITS):
        return plain(+value) if abs(value) > _NOTHING else "0"
