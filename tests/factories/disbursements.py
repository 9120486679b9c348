"""A house with signed contracts that wait for their money."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlmodel import Session

from activities.store.lease import applications, blacklist, disbursement_lists, disbursements
from activities.store.lease.disbursement_lists import ReviewLine
from activities.store.ledger.verification import verify
from activities.store.payments import orders
from activities.store.tables.contracts import (
    ContractConditionRow,
    ContractNumberRow,
    ContractPaperRow,
    ContractRow,
)
from activities.store.tables.disbursements import DisbursementEventRow
from activities.store.tables.lease import LeaseApplicationRow
from models.lease.agreed import AgreedTerms
from models.lease.disbursement.messages import DisbursementOrder
from models.lease.parties import BusinessType
from models.lease.plan.plan import Plan, PlanRow
from models.lease.screening.blacklist import BlacklistKind, NewEntry
from models.lease.workflow_ids import disbursement_id
from models.money import Money
from models.payments.messages import PaymentState
from models.people import SYSTEM
from tests.factories.leases import LeaseFactory
from tests.factories.payments import PayingHouse

SIGNED_AT: Final = datetime(2026, 11, 20, 2, tzinfo=UTC)
_numbers = itertools.count(1)


@dataclass
class DisbursingHouse(PayingHouse):
    """A house that pays for what it leases."""

    leases: LeaseFactory = field(default_factory=lambda: LeaseFactory(8))

    def contract(
        self, product: str = "vehicle-direct", financed: str = "80000.00", **changes: Any
    ) -> DisbursementOrder:
        """Enter a contract that is signed, registered and ready; gives the order to pay for it."""
        form = self.leases.form(product)
        number = f"HZ{next(_numbers):06d}"
        zero = Money(0)
        amount = Money.of(financed)
        terms = AgreedTerms(
            application_id=form.application_id,
            form=form,
            plan=_plan(amount),
            price=form.price,
            down_payment=form.price - amount,
            deposit=zero,
            residual=zero,
            handling_fee=zero,
        )
        with self.database.transaction() as session:
            self._enter_rows(session, terms, number, product)
        order = DisbursementOrder(
            disbursement_id=disbursement_id(number),
            contract_number=number,
            application_id=form.application_id,
            dealer=form.dealer,
            payee=form.payee,
            amount=amount,
            bank="harbour",
            branch=form.branch,
            ordered_by=SYSTEM,
            purpose=f"购车款 {number}",
        )
        return replace(order, **changes)

    def set_condition(self, contract_number: str, name: str, *, met: bool) -> None:
        with self.database.transaction() as session:
            row = session.get(ContractConditionRow, (contract_number, name))
            assert row is not None
            row.met_at = SIGNED_AT if met else None

    def set_contract(self, contract_number: str, state: str) -> None:
        with self.database.transaction() as session:
            disbursements.contract(session, contract_number).state = state

    def blacklist_payee(self, order: DisbursementOrder) -> int:
        """Somebody hears that the payee's account is a fraudster's; gives the entry's number."""
        with self.database.transaction() as session:
            new = NewEntry(BlacklistKind.ACCOUNT, order.payee.number, "涉嫌骗租", date(2026, 1, 1))
            row = blacklist.add(session, new, by="risk.desk")
            return row.entry_id or 0

    def lift(self, entry_id: int) -> None:
        with self.database.transaction() as session:
            blacklist.lift(session, entry_id, by="risk.desk", reason="已核实")

    @contextmanager
    def holding_contract(self, contract_number: str) -> Iterator[None]:
        """Whoever must look at the contract's row waits meanwhile."""
        with self.database.transaction() as session:
            disbursements.contract_standing(session, contract_number)
            yield

    def faults(self) -> list[str]:
        """What an audit of the ledger finds."""
        with self.database.transaction() as session:
            return [str(fault) for fault in verify(session).faults]

    def payment_state(self, payment_id: str) -> str:
        with self.database.transaction() as session:
            return orders.state_of(session, payment_id)

    def end_payment(self, payment_id: str) -> None:
        """Somebody found out that no money moved."""
        with self.database.transaction() as session:
            orders.find(session, payment_id).state = PaymentState.CANCELLED

    def line(self, disbursement_id: str) -> ReviewLine:
        """What a reviewer sees of one."""
        with self.database.transaction() as session:
            (line,) = disbursement_lists.review_list(
                session, now=datetime.now(UTC), disbursement_id=disbursement_id
            )
        return line

    def trail(self, disbursement_id: str) -> list[DisbursementEventRow]:
        with self.database.transaction() as session:
            return disbursement_lists.events(session, disbursement_id)

    def _enter_rows(self, session: Session, terms: AgreedTerms, number: str, product: str) -> None:
        form = terms.form
        leaseback = product.endswith("leaseback")
        session.add(
            LeaseApplicationRow(
                application_id=form.application_id,
                product=product,
                branch=form.branch,
                region=form.region,
                dealer=form.dealer,
                lessee_name=form.lessee.name,
                lessee_identifier=form.lessee.identifier,
                title=form.lessee.name,
                price_minor=terms.price.minor,
                financed_minor=terms.plan.financed.minor,
                currency="CNY",
                state="contracting",
                version=1,
                grade="B",
                contract_number=number,
                captured_by="li.wei",
                opened_at=SIGNED_AT,
                changed_at=SIGNED_AT,
            )
        )
        session.add(
            ContractNumberRow(
                application_id=form.application_id,
                contract_number=number,
                branch_code="HZ",
                year=2026,
                sequence=int(number[2:]),
            )
        )
        session.flush()
        business = BusinessType.SALE_AND_LEASEBACK if leaseback else BusinessType.DIRECT
        session.add(
            ContractRow(
                contract_number=number,
                application_id=form.application_id,
                terms_sha256=applications.keep_terms(session, terms),
                product=product,
                business=business,
                branch=form.branch,
                dealer=form.dealer,
                lessee_name=form.lessee.name,
                lessee_identifier=form.lessee.identifier,
                financed_minor=terms.plan.financed.minor,
                currency="CNY",
                state="disbursing",
                ordered_by="li.wei",
                registration_number=f"REG-{number}",
                registered_at=SIGNED_AT,
                drawn_at=SIGNED_AT,
                changed_at=SIGNED_AT,
            )
        )
        session.flush()
        session.add(_paper(number))
        for position, (name, label) in enumerate((("signed", "各方已签署"), ("registered", "已办理登记"))):
            session.add(
                ContractConditionRow(
                    contract_number=number,
                    name=name,
                    position=position,
                    label=label,
                    by_system=True,
                    met_at=SIGNED_AT,
                )
            )


def _paper(number: str) -> ContractPaperRow:
    return ContractPaperRow(
        contract_number=number,
        paper=0,
        title="融资租赁合同",
        template="lease-contract",
        request_sha256="0" * 64,
        content_sha256="1" * 64,
        drawn_sha256="2" * 64,
        current_sha256="3" * 64,
        state="signed",
        ordered_by="li.wei",
        drawn_at=SIGNED_AT,
        signed_at=SIGNED_AT,
    )


def _plan(financed: Money) -> Plan:
    """Two rents with interest of one in a hundred; enough for vouchers."""
    half = Money(financed.minor // 2)
    interest = Money(financed.minor // 100)
    zero = Money(0)
    rows = (
        PlanRow(1, date(2026, 12, 20), half + interest, interest, half, financed - half, zero),
        PlanRow(2, date(2027, 1, 20), financed - half, zero, financed - half, zero, zero),
    )
    return Plan(date(2026, 11, 20), financed, rows)
