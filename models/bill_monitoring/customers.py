"""The stock customers, as far as monitoring needs to know them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import overload

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


@dataclass(slots=True, eq=False)
class CustomerTable(Sequence[Customer]):
    """Many customers as columns: a million of them take a third of the memory of as many objects.

    It is a sequence of `Customer`; each is made when it is asked for. Columns have equal lengths.
    """

    customer_ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    usccs: list[str | None] = field(default_factory=list)
    regions: list[str | None] = field(default_factory=list)
    former_names: list[tuple[str, ...]] = field(default_factory=list)
    parent_customer_ids: list[str | None] = field(default_factory=list)
    officers: list[str | None] = field(default_factory=list)
    exposures: list[Money | None] = field(default_factory=list)

    @classmethod
    def of(cls, customers: Iterable[Customer]) -> CustomerTable:
        """The columns of customers; a table is returned as it is."""
        if isinstance(customers, CustomerTable):
            return customers
        table = cls()
        for customer in customers:
            table.customer_ids.append(customer.customer_id)
            table.names.append(customer.name)
            table.usccs.append(customer.uscc)
            table.regions.append(customer.region)
            table.former_names.append(customer.former_names)
            table.parent_customer_ids.append(customer.parent_customer_id)
            table.officers.append(customer.officer)
            table.exposures.append(customer.exposure)
        return table

    def __len__(self) -> int:
        return len(self.customer_ids)

    @overload
    def __getitem__(self, index: int) -> Customer: ...
    @overload
    def __getitem__(self, index: slice) -> list[Customer]: ...
    def __getitem__(self, index: int | slice) -> Customer | list[Customer]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return Customer(
            customer_id=self.customer_ids[index],
            name=self.names[index],
            uscc=self.usccs[index],
            region=self.regions[index],
            former_names=self.former_names[index],
            parent_customer_id=self.parent_customer_ids[index],
            officer=self.officers[index],
            exposure=self.exposures[index],
        )


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong with one cell of an uploaded file."""

    line: int
    """Line of the file, from 1, where the row begins."""
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        shown = f" {self.value!r}" if self.value else ""
        return f"line {self.line}: {self.column}{shown}: {self.reason}"


@dataclass(frozen=True, slots=True)
class CustomerReading:
    """A customer file, read and checked: all of its customers, or none and every error."""

    customers: CustomerTable
    """Empty when there are errors: nothing is half-imported."""
    errors: tuple[RowError, ...] = ()
    warnings: tuple[RowError, ...] = ()
    """What a person should know, but need not mend first: a check digit that fails, an ignored column."""
