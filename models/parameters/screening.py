"""How applications are screened: sets of decision tables, and how outside sources are asked."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from models.lease.screening.tables import TableSet
from models.parameters.parts import Part, Seconds

STANDARD = "standard"


class OutsideParameters(Part):
    """How bureau and anti-fraud data are asked."""

    answer_seconds: Seconds = 5
    """For one try; after all tries the answer is unknown."""
    tries: Annotated[int, Field(ge=1, le=5)] = 2
    report_days: Annotated[int, Field(ge=0, le=90)] = 30
    """A bureau report of the same application is not asked anew for so long: each costs money and leaves
    a footprint. 0 asks in every round."""


@cache
def _shipped() -> dict[str, TableSet]:
    """The standard tables. The file is part of the package, as fixed as code is."""
    text = (files("models.lease.screening") / "data" / "standard.json").read_text("utf-8")
    return {STANDARD: TableSet.model_validate_json(text)}


class ScreeningParameters(Part):
    """All sets of tables by name; a lease product names the one that it is screened by."""

    sets: Annotated[dict[str, TableSet], Field(min_length=1)] = Field(default_factory=_shipped)
    outside: OutsideParameters = OutsideParameters()
