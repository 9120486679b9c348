"""A form enters the books: checked, its plan computed, its version in force."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from activities.lease.application.products import product_of
from activities.lease.application.terms import agreed_terms
from activities.store import parameters
from activities.store.lease import applications, dealers
from models.calendar import business_date
from models.errors import InvalidInputError, RefusedByRuleError
from models.lease.agreed import AgreedTerms
from models.lease.application.amounts import LeaseTerms, terms_applied_for
from models.lease.application.checks import BooksSay, faults_of, faults_of_any_product
from models.lease.application.errors import UnknownProductError
from models.lease.application.form import LeaseForm
from models.lease.application.messages import ApplicationState, EnterForm, Fault, FormEntered
from models.lease.contract.numbering import BranchWithoutCodeError, branch_code
from models.lease.parties import AssetKind
from models.lease.screening.dealers import DealerStatus
from models.parameters.lease import LeaseProduct
from models.parameters.registry import LEASE_CONTRACTS


def enter(session: Session, entry: EnterForm) -> FormEntered:
    """Enter a version of a form once; faults enter nothing.

    Raises:
        ApplicationExistsError: the id and version were used for another form.
    """
    form = entry.form
    try:
        product = product_of(session, form.product, entry.at)
    except UnknownProductError as error:
        beside = faults_of_any_product(form, business_date(entry.at))
        return FormEntered(faults=(Fault("product", form.product, str(error)), *beside))
    known = applications.find_same(session, form, entry.version)
    if known is None and (faults := check(session, form, product, entry.at)):
        return FormEntered(faults=faults)
    try:
        agreed = agreed_terms(form, product, business_date(entry.at))
    except (InvalidInputError, RefusedByRuleError) as error:
        return FormEntered(faults=(Fault("financing", form.financing.method, str(error)),))
    terms, title = terms_applied_for(form, product), title_of(agreed)
    if known is None:
        applications.enter(session, _entry(entry, product, terms, title))
    return FormEntered(
        title=title,
        financed=terms.financed,
        policy=product.approval_policy,
        needs_papers=bool(product.documents),
    )


def check(session: Session, form: LeaseForm, product: LeaseProduct, at: datetime) -> tuple[Fault, ...]:
    """Every fault of a form, the books' own knowledge included.

    Another form with the same asset waits until this transaction ends.
    """
    applications.lock_assets(session, [asset.identifier for asset in form.assets])
    books = BooksSay(
        dealer_fault=_dealer_fault(session, form.dealer),
        branch_fault=_branch_fault(session, form.branch, at),
        leased=applications.leased_elsewhere(session, form),
    )
    return faults_of(form, product, business_date(at), books)


def _dealer_fault(session: Session, code: str) -> str:
    """Why a dealer may bring no applications; empty where it may, and where there is none."""
    if not code:
        return ""
    known = dealers.find_dealer(session, code)
    if known is None:
        return "there is no dealer of this code: see leaseflow dealers list"
    if known.status is not DealerStatus.ACTIVE:
        return f"dealer {known.name} is {known.status} and brings no applications"
    return ""


def _branch_fault(session: Session, branch: str, at: datetime) -> str:
    """Why a contract of the branch could not be numbered in the end."""
    try:
        branch_code(branch, parameters.in_force(session, LEASE_CONTRACTS, at).value.branch_codes)
    except BranchWithoutCodeError as error:
        return str(error)
    return ""


def title_of(agreed: AgreedTerms) -> str:
    """``Shanghai X Logistics: 2 vehicles, 36 × 12345.67``."""
    form, rents = agreed.form, agreed.plan.rents
    vehicles = sum(asset.kind is AssetKind.VEHICLE for asset in form.assets)
    machines = len(form.assets) - vehicles
    things = [
        f"{count} {noun}{'s' if count > 1 and noun == 'vehicle' else ''}"
        for count, noun in ((vehicles, "vehicle"), (machines, "equipment"))
        if count
    ]
    return f"{form.lessee.name}: {', '.join(things)}, {len(rents)} × {rents[0].rent}"


def _entry(entry: EnterForm, product: LeaseProduct, terms: LeaseTerms, title: str) -> applications.Entry:
    straight_on = entry.submitted and not product.documents
    return applications.Entry(
        form=entry.form,
        terms=terms,
        title=title,
        version=entry.version,
        captured_by=entry.captured_by.username,
        state=ApplicationState.SCREENING if straight_on else ApplicationState.DRAFT,
        at=entry.at,
    )
