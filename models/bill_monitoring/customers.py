"""The stock customers, as far as monitoring needs to know them."""

from __future__ import annotations

from dataclasses import dataclass

from models.money import Money


@dataclass(frozen=True, slots=True)
class Customer:
    """One stock customer of the leasing house."""

    customer_id: str
    name: str
    uscc: str | None = None
    region: str | None = None
    former_names: tuple[str, ...] = ()
    parent_customer_id: str | None = None
    """The customer whose branch or subsidiary this one is."""
    officer: str | None = None
    """User name of the responsible account officer."""
    exposure: Money | None = None
    """Outstanding of the customer's contracts; a column of the customer file until leases exist."""
