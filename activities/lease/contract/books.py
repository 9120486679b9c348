"""A contract's entries: its state, its conditions, and the lease that starts in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.lease.contract.basis import basis_of
from activities.lease.screening.rules import DEALER_OUT, standing_reasons
from activities.ledger.vouchers import post_event
from activities.store import documents
from activities.store.database import Database
from activities.store.lease import conditions, contracts, papers, schedules
from activities.store.lease.applications import application, terms_of
from activities.store.lease.disbursements import cost_of_contract
from activities.store.tables.contracts import ContractConditionRow, ContractRow
from models.calendar import business_date
from models.lease.contract.errors import ConditionRefusedError
from models.lease.contract.messages import (
    Activate,
    Activated,
    ConditionsStanding,
    ConfirmStep,
    ContractState,
    LookAtConditions,
    NoteContract,
)
from models.lease.disbursement.vouchers import start_amounts
from models.lease.parties import BusinessType
from models.lease.registration import Registered
from models.lease.screening.messages import Occasion
from models.ledger.events import BusinessEvent
from models.money import Money
from workflows.lease.contract_steps import ContractBooks

_LOOK_AGAIN: Final = timedelta(seconds=15)
"""Receipts clear at any time, and nobody tells a contract of it."""
_MONEY: Final = frozenset({"down-payment", "deposit"})


class LedgerBackedContracts(ContractBooks):
    """Books in PostgreSQL; the lease starts in one transaction with its voucher."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="contracts.note")
    def note(self, note: NoteContract) -> None:
        """See `ContractBooks.note`."""
        with self._database.transaction() as session:
            row = contracts.find(session, note.contract_number, lock=True)
            if contracts.move(session, row, note.state, note.sentence, at=note.at, by=note.by, key=note.key):
                row.disbursement_id = note.disbursement_id or row.disbursement_id

    @activity.defn(name="contracts.look_at_conditions")
    def look_at_conditions(self, look: LookAtConditions) -> ConditionsStanding:
        """See `ContractBooks.look_at_conditions`."""
        with self._database.transaction() as session:
            row = contracts.find(session, look.contract_number, lock=True)
            if look.registered is not None:
                _enter_registration(row, look.registered)
            found = conditions.of_contract(session, look.contract_number, lock=True)
            for each in found:
                _find_out(session, row, each, at=look.at)
            standing = _standing(found)
            if not standing.open:
                standing = replace(standing, forbidden=_forbidden(session, row, at=look.at))
            # the workflow orders the disbursement next, and enters nothing more before it is paid
            is_paid_next = not standing.open and not standing.forbidden
            state = ContractState.DISBURSING if is_paid_next else ContractState.CONDITIONS
            contracts.move(session, row, state, _standing_in_words(found), at=look.at)
        if look.wait and standing.open:
            raise ApplicationError(
                f"open: {', '.join(each.name for each in standing.open)}",
                type="ConditionsOpen",
                next_retry_delay=_LOOK_AGAIN,
            )
        return standing

    @activity.defn(name="contracts.confirm_condition")
    def confirm_condition(self, step: ConfirmStep) -> ConditionsStanding:
        """See `ContractBooks.confirm_condition`."""
        command = step.command
        with self._database.transaction() as session:
            contract = contracts.find(session, step.contract_number)
            row = conditions.find(session, step.contract_number, command.name)
            _require_person(session, contract, row, command.actor.username)
            documents.fetch(session, command.evidence)
            conditions.meet(session, row, at=step.at, by=command.actor.username, evidence=command.evidence)
            contracts.note_event(
                session,
                step.contract_number,
                f"condition/{command.name}",
                contract.state,
                f"{row.label}: confirmed {command.note}".rstrip(),
                at=step.at,
                by=command.actor.username,
            )
            session.flush()
            return _standing(conditions.of_contract(session, step.contract_number))

    @activity.defn(name="contracts.activate")
    def activate(self, step: Activate) -> Activated:
        """See `ContractBooks.activate`."""
        with self._database.transaction() as session:
            row = contracts.find(session, step.contract_number, lock=True)
            if row.state == ContractState.ACTIVE and row.active_from is not None:
                return Activated(row.voucher, row.active_from)
            basis = basis_of(session, row.terms_sha256, row.drawn_at)
            day = business_date(step.at)
            posted = post_event(session, _start(session, row, at=step.at))
            schedules.write(session, row.contract_number, basis.terms.plan)
            sentence = f"active, voucher {posted.voucher}"
            contracts.move(session, row, ContractState.ACTIVE, sentence, at=step.at)
            row.voucher, row.active_from, row.disbursement_id = posted.voucher, day, step.disbursement_id
            return Activated(posted.voucher, day)


def _start(session: Session, row: ContractRow, *, at: datetime) -> BusinessEvent:
    """The event that puts the receivable into the ledger and takes the asset out of it.

    It is booked at the head office, where the purchase put the asset.
    """
    basis = basis_of(session, row.terms_sha256, row.drawn_at)
    plan, day = basis.terms.plan, business_date(at)
    business = BusinessType(row.business)
    zero = Money(0, row.currency)
    repaid = sum((each.principal for each in plan.rows), start=zero)
    amounts = start_amounts(
        plan,
        business,
        basis.product.vat_rate,
        # what rents repay in full leaves nothing but an option to buy, which is no receivable
        residual=max(plan.financed - repaid, zero),
        cost=cost_of_contract(session, row.contract_number),
        down_payment=basis.down_payment_taken,
    )
    return BusinessEvent(
        event="lease.started",
        product=business,
        key=f"{row.contract_number}-started",
        business_date=day,
        value_date=day,
        amounts=amounts,
        posted_by="leaseflow",
        narrative=row.lessee_name,
        reference=row.contract_number,
        source=f"contract-{row.contract_number}",
    )


def _enter_registration(row: ContractRow, registered: Registered) -> None:
    if registered.stands:
        row.registration_number, row.registered_at = (
            registered.registration_number,
            registered.registered_at,
        )


def _find_out(session: Session, contract: ContractRow, row: ContractConditionRow, *, at: datetime) -> None:
    """Enter a condition that the books see is met."""
    if row.met_at is not None or not row.by_system:
        return
    number, evidence = contract.contract_number, ""
    if row.name == "signed":
        paper = papers.find(session, number, 0)
        evidence = paper.current_sha256 if paper.state == "signed" else ""
    elif row.name == "registered":
        evidence = contract.registration_number
    elif row.name in _MONEY:
        received, receipts = conditions.cleared_receipts(session, number, row.name)
        evidence = ", ".join(receipts) if received.minor >= (row.amount_minor or 0) else ""
    if evidence:
        conditions.meet(session, row, at=at, by="leaseflow", evidence=evidence)


def _forbidden(session: Session, row: ContractRow, *, at: datetime) -> tuple[str, ...]:
    """What the blacklist says right before money is ordered; hits are kept.

    A dealer that is suspended is no reason here: reviewers of the disbursement decide about that.
    """
    reasons = standing_reasons(
        session,
        terms_of(session, row.terms_sha256).form,
        round_=application(session, row.application_id).round,
        occasion=Occasion.CONTRACT,
        at=at,
    )
    return tuple(each.sentence for each in reasons if each.rule != DEALER_OUT)


def _require_person(session: Session, contract: ContractRow, row: ContractConditionRow, who: str) -> None:
    """Check that this person may say that this condition is met.

    Raises:
        ConditionRefusedError: the books find it out, or it is the person's own application.
    """
    if row.by_system:
        raise ConditionRefusedError(
            f"condition {row.name} of {contract.contract_number} is found out by the books",
            remedy="Enter the receipt, or wait for the registry",
        )
    captured_by = application(session, contract.application_id).captured_by
    if who in {captured_by, contract.ordered_by}:
        raise ConditionRefusedError(
            f"{who} captured application {contract.application_id} and may not confirm its conditions",
            remedy="Somebody else of the disbursement desk has to",
        )


def _standing(rows: list[ContractConditionRow]) -> ConditionsStanding:
    return ConditionsStanding(tuple(conditions.as_condition(row) for row in rows))


def _standing_in_words(rows: list[ContractConditionRow]) -> str:
    still = [row.name for row in rows if row.met_at is None]
    return f"signed; open: {', '.join(still)}" if still else "signed, registered, all conditions met"
