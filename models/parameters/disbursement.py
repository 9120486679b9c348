"""How disbursements are reviewed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.parameters.parts import Part


class DisbursementParameters(Part):
    """Rules of the review before money goes."""

    lock_minutes: Annotated[int, Field(ge=1, le=480)] = 30
    """How long a reviewer's claim lasts."""
