"""What can be told wrong about a form as soon as it is written down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from models.identifiers import vin_fault
from models.lease.application.amounts import LeaseTerms, terms_applied_for
from models.lease.application.form import SEASONAL, STEPPED, Financing, LeaseForm
from models.lease.application.messages import Fault
from models.lease.application.party_checks import account_faults, party_faults
from models.lease.parties import Asset, AssetKind, BusinessType, PartyRole
from models.money import Money
from models.parameters.lease import Bounds, LeaseProduct

CURRENCY: Final = "CNY"
MOST_ASSETS: Final = 200
_APPLICATION_ID = re.compile(r"[A-Z0-9][A-Z0-9-]{1,23}")
_YEARS: Final = 30
"""Older assets are not leased."""
_FURTHEST_DUE: Final = 366
"""Days to the first rent: a slip of the pen in its year would charge interest for all of them."""


@dataclass(frozen=True, slots=True)
class BooksSay:
    """What only the books know about a form."""

    dealer_fault: str = ""
    """Why the dealer cannot stand, in words."""
    branch_fault: str = ""
    """Why the branch cannot."""
    leased: Mapping[str, str] = field(default_factory=dict)
    """Assets of the form that stand in another live application or contract, by identifier: which."""


def faults_of(
    form: LeaseForm, product: LeaseProduct, today: date, books: BooksSay | None = None
) -> tuple[Fault, ...]:
    """Every statement of a form that cannot stand.

    Args:
        form: as it was written down.
        product: that it names.
        today: business date.
        books: what the books say about it; left out, only the form itself is looked at.
    """
    return (
        *_whole(form),
        *party_faults(form, today),
        *_assets(form, product, today),
        *_payee(form, product),
        *_financing(form, product, today),
        *(_against_books(form, books) if books else ()),
    )


def faults_of_any_product(form: LeaseForm, today: date) -> tuple[Fault, ...]:
    """What is wrong whatever the product: of a form that names one that is not known."""
    return (*_whole(form), *party_faults(form, today), *account_faults(form.payee, "payee"))


def _whole(form: LeaseForm) -> Iterator[Fault]:
    if not _APPLICATION_ID.fullmatch(form.application_id):
        sentence = "an application id is 2 to 24 capital letters, digits and hyphens"
        yield Fault("application_id", form.application_id, sentence)
    for name in ("branch", "region"):
        if not getattr(form, name).strip():
            yield Fault(name, "", f"the {name} is empty: approvals are routed by it")


def _assets(form: LeaseForm, product: LeaseProduct, today: date) -> Iterator[Fault]:
    if not 1 <= len(form.assets) <= MOST_ASSETS:
        yield Fault("assets", str(len(form.assets)), f"there must be 1 to {MOST_ASSETS} assets")
    seen: set[str] = set()
    for number, asset in enumerate(form.assets):
        path = f"assets[{number}]"
        if asset.kind not in product.assets:
            allowed = ", ".join(product.assets)
            yield Fault(f"{path}.kind", asset.kind, f"{form.product} is for {allowed}, not {asset.kind}")
        if asset.identifier in seen:
            yield Fault(f"{path}.identifier", asset.identifier, "the form names this asset twice")
        seen.add(asset.identifier)
        yield from _asset(asset, path, today)


def _asset(asset: Asset, path: str, today: date) -> Iterator[Fault]:
    if not asset.description.strip():
        yield Fault(f"{path}.description", asset.description, "the description is empty")
    if not asset.identifier.strip():
        yield Fault(f"{path}.identifier", asset.identifier, "the identifier is empty: a VIN or serial number")
    elif asset.kind is AssetKind.VEHICLE and (fault := vin_fault(asset.identifier)):
        yield Fault(f"{path}.identifier", asset.identifier, f"the VIN cannot be right: {fault}")
    if asset.price.minor <= 0:
        yield Fault(f"{path}.price", str(asset.price), "the price must be above zero")
    if asset.price.currency != CURRENCY:
        yield Fault(f"{path}.price", asset.price.currency, f"the house leases in {CURRENCY}")
    if asset.year is not None and not today.year - _YEARS <= asset.year <= today.year + 1:
        sentence = f"the year must be {today.year - _YEARS} to {today.year + 1}"
        yield Fault(f"{path}.year", str(asset.year), sentence)


def _payee(form: LeaseForm, product: LeaseProduct) -> Iterator[Fault]:
    yield from account_faults(form.payee, "payee")
    lessee = next((party for party in form.parties if party.role is PartyRole.LESSEE), None)
    if lessee is None:
        return
    own = lessee.account is not None and lessee.account.number == form.payee.number
    lessee_is_paid = form.payee.name == lessee.name or own
    if product.business is BusinessType.SALE_AND_LEASEBACK and not lessee_is_paid:
        yield Fault("payee", form.payee.name, f"the lessee {lessee.name} sells the asset and must be paid")
    if product.business is BusinessType.DIRECT and lessee_is_paid:
        yield Fault("payee", form.payee.name, "the lessee cannot be paid for what a supplier sells")


def _financing(form: LeaseForm, product: LeaseProduct, today: date) -> Iterator[Fault]:
    wish = form.financing
    for name in ("down_payment", "deposit", "residual"):
        amount: Money | None = getattr(wish, name)
        if amount is not None and amount.currency != CURRENCY:
            yield Fault(f"financing.{name}", amount.currency, f"the house leases in {CURRENCY}")
            return
    if not form.assets or any(asset.price.currency != CURRENCY for asset in form.assets):
        return  # said above; nothing can be computed
    if any(asset.price.minor <= 0 for asset in form.assets):
        return  # said above; all that follows from the price would be said again
    terms = terms_applied_for(form, product)
    yield from _amounts(terms, product)
    if fault := _outside(Decimal(terms.instalments), product.instalments):
        yield Fault("financing.instalments", str(terms.instalments), f"the number of rents {fault}")
    if terms.instalments % product.instalments_step:
        sentence = f"the number of rents must be a multiple of {product.instalments_step}"
        yield Fault("financing.instalments", str(terms.instalments), sentence)
    if fault := _outside(terms.rate, product.rate):
        yield Fault("financing.rate", str(terms.rate), f"the rate {fault}")
    methods = {product.method, *product.methods}
    if terms.method not in methods:
        sentence = f"the method must be one of {', '.join(sorted(methods))}"
        yield Fault("financing.method", terms.method, sentence)
    yield from _changing_rents(wish, terms.method)
    if wish.first_due is not None and (fault := _not_due(wish.first_due, today)):
        yield Fault("financing.first_due", wish.first_due.isoformat(), fault)


def _changing_rents(wish: Financing, method: str) -> Iterator[Fault]:
    """Steps belong to a stepped lease, a pattern to a seasonal one: neither without the other's word."""
    for name, said, kind in (("steps", wish.steps, STEPPED), ("pattern", wish.pattern, SEASONAL)):
        if said and method != kind:
            yield Fault(f"financing.{name}", "", f"{name} are for the method {kind}, not {method}")
        elif method == kind and not said:
            yield Fault(f"financing.{name}", "", f"the method {kind} needs {name}")


def _not_due(first_due: date, today: date) -> str:
    if first_due < today:
        return "the first due date has passed"
    return "the first due date is more than a year away" if (first_due - today).days > _FURTHEST_DUE else ""


def _amounts(terms: LeaseTerms, product: LeaseProduct) -> Iterator[Fault]:
    price, financed = terms.price.amount, terms.financed.amount
    if fault := _outside(financed, product.financed):
        sentence = f"the financed amount {terms.financed} (price less down payment) {fault}"
        yield Fault("financing", str(terms.financed), sentence)
    for name, amount, basis, of, bounds in (
        ("down_payment", terms.down_payment, price, "price", product.down_payment),
        ("deposit", terms.deposit, financed, "financed amount", product.deposit),
        ("residual", terms.residual, price, "price", product.residual),
    ):
        if amount.minor < 0 or not _within_share(amount, basis, bounds):
            least, most = _percent(bounds.at_least), _percent(bounds.at_most)
            label = name.replace("_", " ")
            sentence = f"the {label} {amount} must be {least} to {most} of the {of}"
            yield Fault(f"financing.{name}", str(amount), sentence)


def _within_share(amount: Money, basis: Decimal, bounds: Bounds) -> bool:
    """To the cent: a share of a price is seldom whole."""
    cent = Decimal("0.01")
    return basis * bounds.at_least - cent < amount.amount < basis * bounds.at_most + cent


def _outside(value: Decimal, bounds: Bounds) -> str:
    if bounds.at_least <= value <= bounds.at_most:
        return ""
    return f"must be {bounds.at_least:f} to {bounds.at_most:f}"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def _against_books(form: LeaseForm, books: BooksSay) -> Iterator[Fault]:
    if form.branch.strip() and books.branch_fault:
        yield Fault("branch", form.branch, books.branch_fault)
    if books.dealer_fault:
        yield Fault("dealer", form.dealer, books.dealer_fault)
    for number, asset in enumerate(form.assets):
        if other := books.leased.get(asset.identifier):
            yield Fault(f"assets[{number}].identifier", asset.identifier, f"the asset is in {other}")
