"""The press: fills templates, prints them, and enters what is to be signed."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlmodel import Session
from temporalio import activity

from activities.heartbeat import alive
from activities.lease.contract.basis import Basis, basis_of, disbursement_of, registration_of
from activities.lease.contract.page import (
    AMENDMENT_TEMPLATE,
    AMENDMENT_TITLE,
    CONTRACT_TITLE,
    amendment_page,
    contract_page,
    signature_places,
)
from activities.ports.pdf_signatures import PdfSignatures
from activities.ports.printing import PagePrinter
from activities.store import documents
from activities.store.database import Database
from activities.store.lease import conditions, contracts, papers
from activities.store.tables.contracts import ContractPaperRow, ContractRow
from models.calendar import business_date
from models.lease.contract.errors import ContractExistsError, ContractNotOpenError
from models.lease.contract.messages import (
    AmendmentOrder,
    ContractOrder,
    ContractState,
    DrawnUp,
    DrawUp,
    DrawUpAmendment,
    Paper,
)
from models.lease.contract.parties import conditions_of
from workflows.lease.contract_steps import ContractPress

_AMENDMENT: Final = TypeAdapter(AmendmentOrder)


class PrintingPress(ContractPress):
    """Prints with the house's printer; papers are kept with the page that they were printed from.

    Args:
        database: where everything is kept.
        printer: turns pages into PDFs.
        signatures: puts the fields into them.
    """

    def __init__(self, database: Database, printer: PagePrinter, signatures: PdfSignatures) -> None:
        self._database = database
        self._printer = printer
        self._signatures = signatures

    @activity.defn(name="contracts.draw_up")
    @alive()
    async def draw_up(self, wish: DrawUp) -> DrawnUp:
        """See `ContractPress.draw_up`."""
        order = wish.order
        basis, known = await asyncio.to_thread(self._basis, order, wish.at)
        if known is not None:
            return known
        page = contract_page(
            basis.terms,
            basis.product,
            basis.house.lessor,
            basis.signers,
            number=order.contract_number,
            day=business_date(wish.at),
        )
        pdf = await self._printed(page, basis)
        return await asyncio.to_thread(self._enter, wish, basis, page, pdf)

    @activity.defn(name="contracts.draw_up_amendment")
    @alive()
    async def draw_up_amendment(self, wish: DrawUpAmendment) -> Paper:
        """See `ContractPress.draw_up_amendment`."""
        basis, contract, known = await asyncio.to_thread(self._amendment_basis, wish)
        if known is not None:
            return known
        order = wish.order
        page = amendment_page(
            basis.terms,
            basis.house.lessor,
            basis.signers,
            number=amendment_number(order.contract_number, order.paper),
            day=business_date(wish.at),
            contract={
                "contract_number": order.contract_number,
                "contract_day": business_date(contract.drawn_at),
                "contract_sha256": contract.current_sha256,
                "reason": order.reason,
                "clauses": order.clauses,
            },
        )
        pdf = await self._printed(page, basis)
        return await asyncio.to_thread(self._enter_amendment, wish, basis, page, pdf)

    async def _printed(self, page: str, basis: Basis) -> bytes:
        async def ready() -> str:
            return page

        printed = await self._printer.pdf(ready())
        return await asyncio.to_thread(self._signatures.with_places, printed, signature_places(basis.signers))

    # ------------------------------------------------------------ the contract

    def _basis(self, order: ContractOrder, at: datetime) -> tuple[Basis, DrawnUp | None]:
        with self._database.transaction() as session:
            row = session.get(ContractRow, order.contract_number)
            basis = basis_of(session, order.terms_sha256, row.drawn_at if row else at)
            if row is None:
                return basis, None
            if (row.terms_sha256, row.application_id) != (order.terms_sha256, order.application_id):
                raise ContractExistsError(order.contract_number, "application or terms")
            return basis, _drawn_up(session, order, basis)

    def _enter(self, wish: DrawUp, basis: Basis, page: str, pdf: bytes) -> DrawnUp:
        order, terms = wish.order, basis.terms
        with self._database.transaction() as session:
            session.add(_contract_row(wish, basis))
            session.flush()
            paper = ContractPaperRow(
                contract_number=order.contract_number,
                paper=0,
                title=CONTRACT_TITLE,
                template=basis.product.contract_template,
                request_sha256=order.terms_sha256,
                ordered_by=order.ordered_by.username,
                drawn_at=wish.at,
                **_kept(session, page, pdf),
            )
            _enter_paper(session, paper, basis)
            found = conditions_of(
                basis.product.conditions_precedent,
                down_payment=terms.down_payment,
                deposit=terms.deposit,
            )
            conditions.enter(session, order.contract_number, found)
            contracts.note_event(
                session,
                order.contract_number,
                "drawn-up",
                ContractState.DRAWING_UP,
                f"drawn up, content {paper.content_sha256[:12]}",
                at=wish.at,
                by=order.ordered_by.username,
            )
            return _drawn_up(session, order, basis)

    # ------------------------------------------------------------ supplementary agreements

    def _amendment_basis(self, wish: DrawUpAmendment) -> tuple[Basis, ContractPaperRow, Paper | None]:
        order = wish.order
        with self._database.transaction() as session:
            contract = contracts.find(session, order.contract_number)
            basis = basis_of(session, contract.terms_sha256, contract.drawn_at)
            original = papers.find(session, order.contract_number, 0)
            if original.state != "signed" or contract.state == ContractState.CANCELLED:
                state = contract.state if contract.state == ContractState.CANCELLED else original.state
                raise ContractNotOpenError(order.contract_number, state, "amended")
            known = session.get(ContractPaperRow, (order.contract_number, order.paper))
            if known is not None and known.request_sha256 != _request_hash(order):
                raise ContractExistsError(
                    amendment_number(order.contract_number, order.paper), "reason or clauses"
                )
            return basis, original, _as_paper(session, known, basis) if known else None

    def _enter_amendment(self, wish: DrawUpAmendment, basis: Basis, page: str, pdf: bytes) -> Paper:
        order = wish.order
        with self._database.transaction() as session:
            contract = contracts.find(session, order.contract_number, lock=True)
            paper = ContractPaperRow(
                contract_number=order.contract_number,
                paper=order.paper,
                title=AMENDMENT_TITLE,
                template=AMENDMENT_TEMPLATE,
                request_sha256=_request_hash(order),
                reason=order.reason,
                ordered_by=order.ordered_by.username,
                drawn_at=wish.at,
                **_kept(session, page, pdf),
            )
            _enter_paper(session, paper, basis)
            number = amendment_number(order.contract_number, order.paper)
            contracts.note_event(
                session,
                order.contract_number,
                f"amendment/{order.paper}/drawn-up",
                contract.state,
                f"supplementary agreement {number} drawn up: {order.reason}",
                at=wish.at,
                by=order.ordered_by.username,
            )
            return _as_paper(session, paper, basis)


def amendment_number(contract_number: str, paper: int) -> str:
    """The number that a supplementary agreement bears."""
    return f"{contract_number}-A{paper}"


def _contract_row(wish: DrawUp, basis: Basis) -> ContractRow:
    order, form = wish.order, basis.terms.form
    return ContractRow(
        contract_number=order.contract_number,
        application_id=order.application_id,
        terms_sha256=order.terms_sha256,
        product=form.product,
        business=basis.product.business,
        branch=order.branch,
        dealer=form.dealer,
        lessee_name=form.lessee.name,
        lessee_identifier=form.lessee.identifier,
        financed_minor=basis.terms.plan.financed.minor,
        currency=basis.terms.plan.financed.currency,
        state=ContractState.SIGNING,
        sentence="drawn up, to be signed",
        ordered_by=order.ordered_by.username,
        drawn_at=wish.at,
        changed_at=wish.at,
    )


def _kept(session: Session, page: str, pdf: bytes) -> dict[str, Any]:
    """Where page and print are kept, and that signing begins."""
    drawn = documents.keep(session, pdf, media_type=papers.PDF)
    return {
        "content_sha256": documents.keep(session, page.encode(), media_type="text/html"),
        "drawn_sha256": drawn,
        "current_sha256": drawn,
        "state": "signing",
    }


def _enter_paper(session: Session, paper: ContractPaperRow, basis: Basis) -> None:
    session.add(paper)
    session.flush()
    papers.enter_signers(session, paper.contract_number, paper.paper, basis.signers, paper.content_sha256)


def _drawn_up(session: Session, order: ContractOrder, basis: Basis) -> DrawnUp:
    found = papers.find(session, order.contract_number, 0)
    rows = conditions.of_contract(session, order.contract_number)
    return DrawnUp(
        paper=_as_paper(session, found, basis),
        conditions=tuple(conditions.as_condition(row) for row in rows),
        registration=registration_of(order, basis),
        disbursement=disbursement_of(order, basis),
    )


def _as_paper(session: Session, row: ContractPaperRow, basis: Basis) -> Paper:
    signatures = papers.signatures(session, row.contract_number, row.paper)
    house = basis.house
    return papers.as_paper(row, signatures, days=house.signing_days, remind=house.remind_after_days)


def _request_hash(order: AmendmentOrder) -> str:
    """SHA-256 of what is amended; who asks for it is no part of it."""
    return hashlib.sha256(_AMENDMENT.dump_json(order, exclude={"ordered_by"})).hexdigest()
