"""A house that has contracts signed: real books, ledger and authority; registry and payment are played."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import uuid
from collections.abc import AsyncIterator, Awaitable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.adapters.pades.adapter import PyhankoSignatures
from activities.lease.application.terms import agreed_terms
from activities.lease.contract.books import LedgerBackedContracts
from activities.lease.contract.drawing import PrintingPress
from activities.lease.contract.signing import AuthorityDesk
from activities.ledger.vouchers import post_event
from activities.payments.receipts.entering import register
from activities.ports.printing import PagePrinter
from activities.store import documents, parameters
from activities.store.lease import applications, conditions, contracts, disbursements, papers, schedules
from activities.store.tables.contracts import (
    ContractConditionRow,
    ContractCounterRow,
    ContractPaperRow,
    ContractRow,
    ContractSignatureRow,
    LeaseScheduleRow,
)
from activities.store.tables.lease import LeaseApplicationRow
from models.calendar import business_date
from models.lease.application.form import LeaseForm
from models.lease.contract.messages import ContractOrder, ContractOutcome, ContractState, ContractStatus
from models.lease.disbursement.messages import DisbursementOrder, DisbursementOutcome, DisbursementState
from models.lease.disbursement.vouchers import Purchase, purchase_cost
from models.lease.parties import BusinessType
from models.lease.registration import (
    ChangeRegistration,
    ClaimsFound,
    Deregister,
    Deregistered,
    FindClaims,
    Registered,
    RegisterLease,
)
from models.lease.workflow_ids import contract_workflow
from models.money import Money
from models.parameters.lease import LeaseProducts
from models.parameters.registry import LEASE_PRODUCTS
from models.payments.messages import ReceiptOrder, ReceiptPart, ReceiptState
from tests.contract.authority_site import AuthoritySite
from tests.factories.leases import LeaseFactory
from tests.factories.payments import LONG_AGO, PayingHouse
from tests.factories.played_disbursement import PlayedDisbursement
from tests.factories.threads import GRACE, own_threads
from workers.registry import steps_of, workflow_runner
from workflows.lease.amendment import ContractAmendment
from workflows.lease.contract import LeaseContract
from workflows.lease.registration_steps import MovablesRegistry
from workflows.queues import Queue

Handle = WorkflowHandle[LeaseContract, ContractOutcome]
DAY = date(2026, 11, 20)
_used_numbers = itertools.count(1)


class BlankPrinter(PagePrinter):
    """Prints nothing on two pages; what a real printer makes of a page is tested with a browser."""

    async def pdf(self, html: Awaitable[str]) -> bytes:
        from pyhanko.pdf_utils import generic
        from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

        await html
        writer = PdfFileWriter()  # type: ignore[no-untyped-call]
        for _ in range(2):
            content = writer.add_object(generic.StreamObject(stream_data=b"q Q"))
            writer.insert_page(PageObject(contents=content, media_box=(0, 0, 595, 842)))  # type: ignore[no-untyped-call]
        output = BytesIO()
        writer.write(output)  # type: ignore[no-untyped-call]
        return output.getvalue()


@dataclass
class PlayedRegistry(MovablesRegistry):
    """Registers what it is asked to, or refuses."""

    refusal: str = ""
    registered: list[RegisterLease] = field(default_factory=list)
    taken_off: list[Deregister] = field(default_factory=list)

    @activity.defn(name="lease.register")
    async def register(self, wish: RegisterLease) -> Registered:
        self.registered.append(wish)
        if self.refusal:
            return Registered(wish.contract_number, refusal=self.refusal)
        return Registered(wish.contract_number, f"R-{wish.contract_number}", datetime.now(UTC))

    @activity.defn(name="lease.change_registration")
    async def change_registration(self, change: ChangeRegistration) -> Registered:
        return await self.register(change.content)

    @activity.defn(name="lease.deregister")
    async def deregister(self, wish: Deregister) -> Deregistered:
        self.taken_off.append(wish)
        return Deregistered(wish.contract_number, wish.registration_number, datetime.now(UTC))

    @activity.defn(name="lease.find_claims")
    async def find_claims(self, question: FindClaims) -> ClaimsFound:
        del question
        return ClaimsFound(())


@dataclass
class ContractHouse(PayingHouse):
    """A house with agreed terms that wait for their contract."""

    leases: LeaseFactory = field(default_factory=lambda: LeaseFactory(6, f"L{uuid.uuid4().hex[:6].upper()}"))
    pays: DisbursementState = DisbursementState.PAID
    pays_fail: bool = False
    paid: list[DisbursementOrder] = field(default_factory=list)

    def order(self, form: LeaseForm | None = None, **changes: Any) -> ContractOrder:  # type: ignore[override]
        """Enter an application whose offer was accepted; gives the order of its contract."""
        form = form or self.leases.express()
        product = LeaseProducts().products[form.product]
        terms = agreed_terms(form, product, DAY)
        with self.database.transaction() as session:
            session.add(_application(form, terms.price.minor, terms.plan.financed.minor))
            session.flush()
            # the authority outlives a test's database: it must not see a number again
            session.merge(ContractCounterRow(branch_code="SH", year=DAY.year, last=next(_used_numbers)))
            session.flush()
            number = contracts.assign_number(session, form.application_id, form.branch, DAY)
            order = ContractOrder(
                contract_number=number,
                application_id=form.application_id,
                terms_sha256=applications.keep_terms(session, terms),
                ordered_by=self.actor("li.wei"),
                branch=form.branch,
                by_rules=True,
            )
        return replace(order, **changes)

    def change_conditions(self, product: str, names: tuple[str, ...]) -> None:
        """Demand other conditions precedent of a product's contracts."""
        products = LeaseProducts().products
        changed = products | {product: products[product].model_copy(update={"conditions_precedent": names})}
        with self.database.transaction() as session:
            parameters.change(
                session,
                LEASE_PRODUCTS,
                LeaseProducts(products=changed).model_dump(mode="json"),
                effective_from=LONG_AGO,
                changed_by="test",
                reason="test",
            )

    def take_cash(self, product: str, number: str, amount: Money) -> None:
        """The counter takes cash for a contract; cash clears at once."""
        order = ReceiptOrder(
            receipt_id=f"R-{uuid.uuid4().hex[:10].upper()}",
            channel="cash",
            amount=amount,
            parts=(ReceiptPart(amount, product, number),),
            taken_by=self.actor("luo.dan"),
        )
        with self.database.transaction() as session:
            booked = register(session, order, at=datetime.now(UTC))
        assert booked.state is ReceiptState.CLEARED, booked

    def contract(self, number: str) -> ContractRow:
        with self.database.transaction() as session:
            return contracts.find(session, number)

    def paper(self, number: str, paper: int = 0) -> ContractPaperRow:
        with self.database.transaction() as session:
            return papers.find(session, number, paper)

    def signatures(self, number: str, paper: int = 0) -> list[ContractSignatureRow]:
        with self.database.transaction() as session:
            return papers.signatures(session, number, paper)

    def pdf(self, number: str, paper: int = 0) -> bytes:
        with self.database.transaction() as session:
            return documents.fetch(session, papers.find(session, number, paper).current_sha256).content

    def pdf_as_drawn(self, number: str) -> bytes:
        """The contract before anybody signed it."""
        with self.database.transaction() as session:
            return documents.fetch(session, papers.find(session, number, 0).drawn_sha256).content

    def conditions(self, number: str) -> dict[str, ContractConditionRow]:
        with self.database.transaction() as session:
            return {row.name: row for row in conditions.of_contract(session, number)}

    def schedule(self, number: str) -> list[LeaseScheduleRow]:
        with self.database.transaction() as session:
            return schedules.of_contract(session, number)

    def states(self, number: str) -> list[str]:
        """Every state that the books have seen it in, in order."""
        with self.database.transaction() as session:
            return list(dict.fromkeys(row.state for row in contracts.events(session, number)))

    def events(self, number: str) -> list[str]:
        with self.database.transaction() as session:
            return [row.sentence for row in contracts.events(session, number)]

    def keep(self, content: bytes) -> str:
        with self.database.transaction() as session:
            return documents.keep(session, content, media_type="application/pdf")

    @activity.defn(name="test.pay_out")
    def pay_out(self, order: DisbursementOrder) -> DisbursementOutcome:
        """What a disbursement leaves in the books: the purchase."""
        self.paid.append(order)
        if self.pays_fail:
            raise ApplicationError("the ledger's month is closed", non_retryable=True)
        if self.pays is not DisbursementState.PAID:
            return DisbursementOutcome(order.disbursement_id, self.pays, sentence="not paid: stopped")
        at = datetime.now(UTC)
        with self.database.transaction() as session:
            row = contracts.find(session, order.contract_number)
            business = BusinessType(row.business)
            product = LeaseProducts().products[row.product]
            cost = purchase_cost(order.amount, business, product.vat_rate)
            purchase = Purchase(
                disbursement_id=order.disbursement_id,
                contract_number=order.contract_number,
                business=business,
                amount=order.amount,
                vat=cost.vat,
                payee=order.payee.name,
                day=business_date(at),
            )
            voucher = post_event(session, purchase.recognised()).voucher
            if disbursements.find_same(session, order) is None:
                disbursements.enter(
                    session,
                    order,
                    cost=cost,
                    purchase_voucher=voucher,
                    captured_by="li.wei",
                    by_rules=order.by_rules,
                    at=at,
                )
        return DisbursementOutcome(order.disbursement_id, self.pays, order.disbursement_id, voucher)


@dataclass
class SigningRoom:
    """The house with its workers running, and the authority on the other side."""

    house: ContractHouse
    temporal: WorkflowEnvironment
    authority: AuthoritySite
    registry: PlayedRegistry
    opened: list[WorkflowHandle[Any, Any]] = field(default_factory=list)

    @property
    def client(self) -> Client:
        return self.temporal.client

    async def start(self, order: ContractOrder) -> Handle:
        handle = await self.client.start_workflow(
            LeaseContract.run, order, id=contract_workflow(order.contract_number), task_queue=Queue.ENGINE
        )
        self.opened.append(handle)
        return handle

    async def outcome(self, handle: WorkflowHandle[Any, Any], *, skipping: bool = False) -> Any:
        """The end; time runs as it does outside unless the story waits for days."""
        if skipping:
            return await handle.result()
        with self.temporal.auto_time_skipping_disabled():
            return await handle.result()

    async def reaches(self, handle: Handle, state: ContractState, waiting_for: str = "") -> ContractStatus:
        """The contract stands there; asked at the pace of the server's answers."""
        async with asyncio.timeout(30):
            status = await handle.query(LeaseContract.status)
            while status.state is not state or waiting_for not in status.waiting_for:
                status = await handle.query(LeaseContract.status)
        return status

    async def told(self, number: str, sentence: str) -> None:
        """The books say so: they are told a moment after the workflow knows."""
        async with asyncio.timeout(30):
            while self.house.contract(number).sentence != sentence:  # noqa: ASYNC110 - asks a database
                await asyncio.sleep(0.02)

    async def asked(self, number: str, *, state: str = "waiting") -> dict[str, Any]:
        """The session of a signer who was asked and has not answered."""
        async with asyncio.timeout(30):
            while not (found := self.authority.sessions(number, state=state)):  # noqa: ASYNC110 - asks a process
                await asyncio.sleep(0.02)
        return found[0]

    async def refused(self, handle: WorkflowHandle[Any, Any], name: str, command: Any) -> str:
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await handle.execute_update(name, command, id=uuid.uuid4().hex)
        return str(refusal.value.cause)

    async def leave(self) -> None:
        """End what a test left open: it would keep the server from skipping time for the next one."""
        for handle in self.opened:
            with contextlib.suppress(RPCError):
                await handle.terminate()


@asynccontextmanager
async def signing_room(
    house: ContractHouse,
    temporal: WorkflowEnvironment,
    authority: AuthoritySite,
    printer: PagePrinter | None = None,
) -> AsyncIterator[SigningRoom]:
    """Workers for the engine, the press and the offices."""
    registry, client = PlayedRegistry(), temporal.client
    adapter = authority.adapter(answer_seconds=3.0)
    root = authority.root
    signatures = PyhankoSignatures(lambda: root)
    press = PrintingPress(house.database, printer or BlankPrinter(), signatures)
    desk = AuthorityDesk(house.database, adapter, signatures)
    books = LedgerBackedContracts(house.database)
    with ThreadPoolExecutor(4) as threads:
        engine = Worker(
            client,
            task_queue=Queue.ENGINE,
            workflows=[LeaseContract, ContractAmendment, PlayedDisbursement],
            activities=[*steps_of(books), house.pay_out],
            activity_executor=threads,
            graceful_shutdown_timeout=GRACE,
            workflow_runner=workflow_runner(),
        )
        printing = Worker(client, task_queue=Queue.ANALYSIS, activities=steps_of(press))
        offices = Worker(client, task_queue=Queue.OFFICES, activities=[*steps_of(desk), *steps_of(registry)])
        async with own_threads(), engine, printing, offices:
            room = SigningRoom(house, temporal, authority, registry)
            yield room
            await room.leave()
        await adapter.close()


def _application(form: LeaseForm, price_minor: int, financed_minor: int) -> LeaseApplicationRow:
    at = datetime(2026, 11, 20, 2, tzinfo=UTC)
    return LeaseApplicationRow(
        application_id=form.application_id,
        product=form.product,
        branch=form.branch,
        region=form.region,
        dealer=form.dealer,
        lessee_name=form.lessee.name,
        lessee_identifier=form.lessee.identifier,
        title=form.lessee.name,
        price_minor=price_minor,
        financed_minor=financed_minor,
        currency="CNY",
        state="contracting",
        version=1,
        grade="A",
        captured_by="li.wei",
        opened_at=at,
        changed_at=at,
    )
