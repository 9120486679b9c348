"""Lease products as they are in force."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from activities.store import parameters
from activities.store.lease import applications
from models.lease.application.errors import UnknownProductError
from models.parameters.lease import LeaseProduct
from models.parameters.registry import LEASE_PRODUCTS


def product_applied_for(session: Session, application_id: str, name: str) -> LeaseProduct:
    """A product as it was in force when the form was entered: what the form leaves out is as it was then.

    Raises:
        UnknownProductError: there was none of this name.
    """
    return product_of(session, name, applications.form_entered_at(session, application_id))


def product_of(session: Session, name: str, at: datetime) -> LeaseProduct:
    """A product as it is in force at an instant.

    Raises:
        UnknownProductError: there is none of this name.
    """
    products = parameters.in_force(session, LEASE_PRODUCTS, at).value.products
    product = products.get(name)
    if product is None:
        raise UnknownProductError(name, tuple(products))
    return product
