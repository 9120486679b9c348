"""Kinds of figures that servicing terms and events are written in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.lease.plan.fields import Number
from models.lease.plan.fields import Rate as AnyRate

Yuan = Annotated[Number, Field(ge=0)]
"""An amount, best written as a string."""
Rate = Annotated[AnyRate, Field(ge=0, lt=100)]
"""A fraction or with a percent sign: ``0.05%`` a day, ``0.085`` a year."""
Fraction = Annotated[AnyRate, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=3650)]
Count = Annotated[int, Field(ge=0, le=600)]
