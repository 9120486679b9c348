"""Whom the approval policy asks about an application; or nobody, and the rules' own word stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from activities.lease.application import offering
from activities.store import parameters
from activities.store.lease import applications
from activities.store.tables.lease import LeaseApplicationRow
from models.approval.messages import ApprovalOutcome, ApprovalRequest, ApprovalState
from models.approval.routing import find_route
from models.lease.application.conditions import FINANCED, negotiable_terms
from models.lease.application.form import LeaseForm
from models.lease.application.messages import ApplicationState, MakeOffer, RouteApproval, Routed
from models.lease.screening.messages import Advice, Screened
from models.lease.workflow_ids import approval_id
from models.parameters.lease import LeaseProduct
from models.parameters.registry import APPROVAL_POLICIES

KIND = "lease-application"
DRAFT = "draft"
"""The one step of an application to which approvers may return it."""


def route(session: Session, wish: RouteApproval) -> Routed:
    """Find out whom to ask, and enter that they are asked; where nobody is, make the offer at once.

    Raises:
        NoRouteError: the policy says nothing about such an application.
    """
    subject = offering.subject_of(session, wish.application_id)
    row = subject.row
    row.round = wish.round
    if wish.screened is not None:
        row.grade = wish.screened.grade
    request = _request(row, subject.form, subject.product, wish)
    if _nobody_is_asked(session, request, wish.at):
        if wish.screened is None or wish.screened.advice is Advice.APPROVE:
            return _by_rules(session, request, wish, subject)
        request = replace(request, grade="")  # its grade would let it pass; the rules want people to look
    sentence = f"approval {request.approval_id}"
    key = f"approving-{wish.round}"
    applications.move(session, row, ApplicationState.APPROVING, sentence, key=key, at=wish.at)
    return Routed(request=request)


def _nobody_is_asked(session: Session, request: ApprovalRequest, at: datetime) -> bool:
    policies = parameters.in_force(session, APPROVAL_POLICIES, at).value
    return not find_route(policies, request).steps


def _by_rules(
    session: Session, request: ApprovalRequest, wish: RouteApproval, subject: offering.Subject
) -> Routed:
    outcome = ApprovalOutcome(request.approval_id, ApprovalState.APPROVED, by_rules=True)
    offer = offering.make(session, MakeOffer(wish.application_id, outcome, wish.at, wish.round), subject)
    return Routed(outcome=outcome, offer=offer)


def _request(
    row: LeaseApplicationRow, form: LeaseForm, product: LeaseProduct, wish: RouteApproval
) -> ApprovalRequest:
    return ApprovalRequest(
        approval_id=approval_id(wish.application_id, wish.round),
        policy=product.approval_policy,
        kind=KIND,
        subject=wish.application_id,
        title=row.title,
        amount=applications.financed(row),
        requested_by=wish.requested_by,
        product=form.product,
        grade=wish.screened.grade if wish.screened else "",
        region=form.region,
        branch=form.branch,
        counterparty=form.lessee.name,
        facts=_facts(form, wish.screened),
        involved=wish.involved,
        negotiable=negotiable_terms(form, product),
        amount_term=FINANCED,
        return_to=(DRAFT,),
        round=wish.round,
        decided_before=tuple(each for outcome in wish.decided for each in outcome.decided),
    )


def _facts(form: LeaseForm, screened: Screened | None) -> tuple[str, ...]:
    """What an approver should read first."""
    dealer = f"through dealer {form.dealer}" if form.dealer else "without a dealer"
    lines = [f"{form.lessee.name} ({form.lessee.shown_identifier}), {dealer}"]
    lines += [f"{party.role}: {party.name} ({party.shown_identifier})" for party in form.parties[1:]]
    if screened is not None:
        lines.append(f"grade {screened.grade}, rules advise to {screened.advice}")
        lines += [f"{reason.rule}: {reason.sentence}" for reason in screened.reasons]
    if form.note:
        lines.append(f"note: {form.note}")
    return tuple(lines)
