"""What every parameter set is made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Yuan = Annotated[Decimal, Field(ge=0, decimal_places=2)]
"""An amount, written as a decimal string."""
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Share = Annotated[Decimal, Field(ge=0, le=1)]


class Part(BaseModel):
    """Values that never change once they are read; a name that nobody knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
