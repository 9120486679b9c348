"""Papers of contracts and their signatures: what was drawn up, what is prepared, what is signed."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from activities.store import documents
from activities.store.tables.contracts import ContractPaperRow, ContractSignatureRow
from models.errors import InvalidInputError
from models.lease.contract.messages import Paper, SignatureState, Signer

PDF = "application/pdf"


class UnknownPaperError(InvalidInputError):
    """The contract has no paper of this number."""

    def __init__(self, contract_number: str, paper: int) -> None:
        super().__init__(
            f"contract {contract_number} has no paper {paper}",
            remedy=f"See leaseflow contracts show {contract_number}",
        )


def enter_signers(
    session: Session, contract_number: str, paper: int, signers: Sequence[Signer], content_sha256: str
) -> None:
    """Enter who has to sign a paper; the key of each names number, role and content."""
    for number, signer in enumerate(signers):
        row = ContractSignatureRow(
            contract_number=contract_number,
            paper=paper,
            number=number,
            role=signer.role,
            name=signer.name,
            identifier=signer.identifier,
            phone=signer.phone,
            representative=signer.representative,
            session_key=f"{contract_number}/{paper}/{signer.role}/{content_sha256}",
            state=SignatureState.WAITING,
        )
        session.add(row)
    session.flush()


def find(session: Session, contract_number: str, paper: int, *, lock: bool = False) -> ContractPaperRow:
    """A paper.

    Raises:
        UnknownPaperError: there is none.
    """
    row = session.get(
        ContractPaperRow, (contract_number, paper), with_for_update=lock, populate_existing=lock
    )
    if row is None:
        raise UnknownPaperError(contract_number, paper)
    return row


def of_contract(session: Session, contract_number: str) -> list[ContractPaperRow]:
    """All papers of a contract: itself, then its supplementary agreements."""
    rows = session.execute(
        select(ContractPaperRow)
        .where(col(ContractPaperRow.contract_number) == contract_number)
        .order_by(col(ContractPaperRow.paper))
    )
    return list(rows.scalars())


def next_number(session: Session, contract_number: str) -> int:
    """The number that a further paper of the contract would get."""
    last = session.execute(
        select(func.max(col(ContractPaperRow.paper))).where(
            col(ContractPaperRow.contract_number) == contract_number
        )
    ).scalar_one()
    return 0 if last is None else int(last) + 1


def signatures(session: Session, contract_number: str, paper: int) -> list[ContractSignatureRow]:
    """Who signs a paper, in order."""
    rows = session.execute(
        select(ContractSignatureRow)
        .where(
            col(ContractSignatureRow.contract_number) == contract_number,
            col(ContractSignatureRow.paper) == paper,
        )
        .order_by(col(ContractSignatureRow.number))
    )
    return list(rows.scalars())


def as_paper(
    row: ContractPaperRow, signers: Sequence[ContractSignatureRow], *, days: int, remind: int
) -> Paper:
    """A paper as workflows know it."""
    return Paper(
        contract_number=row.contract_number,
        paper=row.paper,
        title=row.title,
        signers=tuple(as_signer(each) for each in signers),
        signing_days=days,
        remind_after_days=remind,
    )


def as_signer(row: ContractSignatureRow) -> Signer:
    return Signer(row.role, row.name, row.identifier, row.phone, row.representative, row.signed_at)


def keep_prepared(
    session: Session,
    row: ContractSignatureRow,
    *,
    session_id: str,
    pdf: bytes,
    digest: str,
    details: Mapping[str, str],
    at: datetime,
) -> None:
    """Keep what will be signed before anybody is asked to: a crash must not change it."""
    row.session_id, row.asked_at = session_id, at
    row.prepared_sha256 = documents.keep(session, pdf, media_type=PDF)
    row.prepared = {**details, "digest": digest}
    session.add(row)


def keep_signed(
    session: Session, row: ContractSignatureRow, *, pdf: bytes, subject: str, serial: str, at: datetime
) -> None:
    """Keep a paper with one more signature."""
    row.signed_sha256 = documents.keep(session, pdf, media_type=PDF)
    row.state, row.sentence = SignatureState.SIGNED, f"signed by {subject}"
    row.certificate_subject, row.certificate_serial, row.signed_at = subject, serial, at
    session.add(row)


def encoded(parts: Mapping[str, Sequence[bytes]]) -> dict[str, list[str]]:
    """Binary evidence as JSON can hold it."""
    return {name: [base64.b64encode(each).decode() for each in values] for name, values in parts.items()}


def decoded(evidence: Mapping[str, Sequence[str]] | None, name: str) -> tuple[bytes, ...]:
    """One kind of evidence as it came."""
    return tuple(base64.b64decode(each) for each in (evidence or {}).get(name, ()))
