"""Stock customers: taken over from a file in one transaction, streamed out for matching."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from activities.store.database import psycopg_cursor
from activities.store.tables.customers import CustomerImportRow, CustomerRow
from models.bill_monitoring.customers import Customer
from models.money import Money

_COLUMNS = (
    "customer_id",
    "name",
    "uscc",
    "region",
    "former_names",
    "parent_customer_id",
    "officer",
    "exposure_minor",
    "currency",
)


def import_customers(
    session: Session,
    customers: Sequence[Customer],
    *,
    filename: str,
    sha256: str,
    imported_by: str,
    retire_missing: bool,
) -> CustomerImportRow:
    """Take over a customer file: all of it, or by the caller's rollback nothing.

    Args:
        session: the transaction.
        customers: the file's customers, checked, each id once.
        filename: for the log of imports.
        sha256: hash of the file, for the log of imports.
        imported_by: user name.
        retire_missing: the file is complete; customers that it does not name are retired.
    """
    entry = CustomerImportRow(
        filename=filename,
        sha256=sha256,
        customers=len(customers),
        imported_by=imported_by,
        imported_at=datetime.now(UTC),
    )
    session.add(entry)
    session.flush()
    columns = ", ".join(_COLUMNS)
    session.execute(
        text(f"CREATE TEMP TABLE stage ON COMMIT DROP AS SELECT {columns} FROM customer WITH NO DATA")  # noqa: S608 - constant
    )
    with psycopg_cursor(session).copy(f"COPY stage ({columns}) FROM STDIN") as copy:
        for customer in customers:
            copy.write_row(_row(customer))
    updates = ", ".join(f"{column} = EXCLUDED.{column}" for column in _COLUMNS[1:])
    session.execute(
        text(
            f"INSERT INTO customer ({columns}, import_id) SELECT {columns}, :import_id FROM stage "  # noqa: S608 - constants
            f"ON CONFLICT (customer_id) DO UPDATE SET {updates}, import_id = :import_id, retired_at = NULL"
        ),
        {"import_id": entry.import_id},
    )
    if retire_missing:
        session.execute(
            text(
                "UPDATE customer SET retired_at = now() WHERE retired_at IS NULL AND import_id <> :import_id"
            ),
            {"import_id": entry.import_id},
        )
    session.execute(text("ANALYZE customer"))
    return entry


def customers_in_stock(session: Session) -> Iterator[Customer]:
    """Every customer that is not retired, in order of id."""
    raw = psycopg_cursor(session)
    raw.execute(f"SELECT {', '.join(_COLUMNS)} FROM customer WHERE retired_at IS NULL ORDER BY customer_id")  # noqa: S608 - constants
    for row in raw:
        customer_id, name, uscc, region, former, parent, officer, exposure, currency = row
        yield Customer(
            customer_id=customer_id,
            name=name,
            uscc=uscc,
            region=region,
            former_names=tuple(former),
            parent_customer_id=parent,
            officer=officer,
            exposure=Money(exposure, currency) if exposure is not None else None,
        )


def customer_count(session: Session) -> int:
    query = select(func.count()).select_from(CustomerRow).where(col(CustomerRow.retired_at).is_(None))
    return int(session.execute(query).scalar_one())


def find_customer(session: Session, customer_id: str) -> CustomerRow | None:
    return session.get(CustomerRow, customer_id)


def _row(customer: Customer) -> tuple[object, ...]:
    return (
        customer.customer_id,
        customer.name,
        customer.uscc,
        customer.region,
        list(customer.former_names),
        customer.parent_customer_id,
        customer.officer,
        customer.exposure.minor if customer.exposure else None,
        customer.exposure.currency if customer.exposure else "CNY",
    )
