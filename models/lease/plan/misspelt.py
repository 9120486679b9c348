"""What a field that nobody knows was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import BaseModel

_ELSEWHERE: Final = {
    "installments": ("instalments",),
    "term": ("instalments", "periods"),
    "months": ("instalments", "rows"),
    "nper": ("instalments", "periods"),
    "n": ("instalments", "periods"),
    "number_of_payments": ("instalments", "periods"),
    "principal": ("amount", "present_value"),
    "loan_amount": ("amount", "present_value"),
    "pv": ("amount", "present_value"),
    "fv": ("residual", "future_value"),
    "future_value": ("residual",),
    "payment": ("rent", "amount"),
    "pmt": ("rent", "payment"),
    "instalment": ("rent",),
    "interest_rate": ("rate",),
    "annual_rate": ("rate",),
    "i": ("rate",),
    "frequency": ("every", "payments_per_year", "periods_per_year"),
    "payment_frequency": ("every", "payments_per_year"),
    "date": ("on", "start"),
    "start_date": ("start", "first"),
    "end_date": ("last",),
    "disbursement_date": ("start", "on"),
    "first_payment_date": ("first_due",),
    "upfront": ("advance",),
    "begin": ("advance",),
    "in_advance": ("advance",),
    "residual_value": ("residual",),
    "deposit_amount": ("deposit",),
    "daycount": ("day_count",),
    "cashflows": ("flows",),
    "cash_flows": ("flows",),
    "type": ("kind", "method"),
}
"""Names that other systems give to what a document here calls otherwise, the likeliest first."""


def meant(model: type[BaseModel], path: Sequence[int | str]) -> str:
    """Tells what to write instead of the last name of a path into terms."""
    known = list(_at(model, path[:-1]).model_fields)
    name = str(path[-1]).strip().lower().replace("-", "_").replace(" ", "_")
    likely = [field for field in _ELSEWHERE.get(name, ()) if field in known]
    likely = likely or get_close_matches(name, known, n=1, cutoff=0.7)
    if likely:
        return f"Did you mean {likely[0]}?"
    return f"Fields are {', '.join(known)}"


def _at(model: type[BaseModel], path: Sequence[int | str]) -> type[BaseModel]:
    """The model of the part that a path leads to, as far as it can be followed."""
    for name in path:
        field = model.model_fields.get(str(name))
        if field is not None:
            model = next(_models_in(field.annotation), model)
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)
