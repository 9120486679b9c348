"""Tables of contracts: numbers, papers, signatures, conditions precedent, and the receivable in the end."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from activities.store.tables.columns import document, identity, instant


class ContractCounterRow(SQLModel, table=True):
    """The last number of a branch and year; its row lock keeps numbers without gaps."""

    __tablename__ = "lease_contract_counter"

    branch_code: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class ContractNumberRow(SQLModel, table=True):
    """The number of an application's contract: given once."""

    __tablename__ = "lease_contract_number"
    __table_args__ = (UniqueConstraint("branch_code", "year", "sequence"),)

    application_id: str = Field(primary_key=True)
    contract_number: str = Field(unique=True)
    branch_code: str
    year: int
    sequence: int


class ContractRow(SQLModel, table=True):
    """One contract as it stands now."""

    __tablename__ = "lease_contract"

    contract_number: str = Field(primary_key=True, foreign_key="lease_contract_number.contract_number")
    application_id: str = Field(unique=True)
    terms_sha256: str
    """Of the kept ``AgreedTerms``."""
    product: str
    business: str
    branch: str
    dealer: str
    lessee_name: str
    lessee_identifier: str = Field(index=True)
    financed_minor: int = Field(sa_type=BigInteger)
    currency: str
    state: str = Field(index=True)
    sentence: str = ""
    """Why it is in that state, for people."""
    ordered_by: str
    registration_number: str = ""
    registered_at: datetime | None = instant(nullable=True)
    disbursement_id: str = ""
    voucher: str = ""
    """Of the start of the lease."""
    active_from: date | None = None
    drawn_at: datetime = instant(index=True)
    changed_at: datetime = instant()


class ContractPaperRow(SQLModel, table=True):
    """A paper that is signed: number 0 is the contract, those after it are supplementary agreements."""

    __tablename__ = "lease_contract_paper"

    contract_number: str = Field(primary_key=True, foreign_key="lease_contract.contract_number")
    paper: int = Field(primary_key=True)
    title: str
    template: str
    request_sha256: str
    """Of what was asked to be drawn up: the same again is the same paper."""
    content_sha256: str
    """Of the kept page that was printed."""
    drawn_sha256: str
    """Of the kept PDF before anybody signed."""
    current_sha256: str
    """Of the kept PDF with the signatures given so far."""
    reason: str = ""
    """Of a supplementary agreement."""
    state: str
    """``signing``, ``signed``, ``cancelled``."""
    ordered_by: str
    drawn_at: datetime = instant()
    signed_at: datetime | None = instant(nullable=True)


class ContractSignatureRow(SQLModel, table=True):
    """A signature that a paper needs, in order, and how far it is."""

    __tablename__ = "lease_contract_signature"
    __table_args__ = (
        ForeignKeyConstraint(
            ["contract_number", "paper"],
            ["lease_contract_paper.contract_number", "lease_contract_paper.paper"],
        ),
        Index("ix_lease_contract_signature_identifier", "identifier"),
    )

    contract_number: str = Field(primary_key=True)
    paper: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    """Order of signing, from 0."""
    role: str
    name: str
    identifier: str
    phone: str = ""
    representative: str = ""
    session_key: str = Field(unique=True)
    """By which the authority knows what is asked; a repetition names it again."""
    session_id: str = ""
    state: str
    """``waiting``, ``signed``, ``declined``, ``lapsed``, ``cancelled``."""
    sentence: str = ""
    prepared_sha256: str = ""
    """Of the kept PDF with this signature's place left free: a crash does not change what is signed."""
    prepared: dict[str, str] | None = document(nullable=True)
    """Where that place is, and the attributes whose digest is signed."""
    signed_sha256: str = ""
    """Of the kept PDF with this signature."""
    evidence: dict[str, list[str]] | None = document(nullable=True)
    """Certificates above the signer's and revocation data, Base64: the seal puts them into the PDF."""
    certificate_subject: str = ""
    certificate_serial: str = ""
    asked_at: datetime | None = instant(nullable=True)
    reminded_at: datetime | None = instant(nullable=True)
    signed_at: datetime | None = instant(nullable=True)
    """By the trusted timestamp."""


class ContractConditionRow(SQLModel, table=True):
    """Something that must be so before money goes."""

    __tablename__ = "lease_contract_condition"

    contract_number: str = Field(primary_key=True, foreign_key="lease_contract.contract_number")
    name: str = Field(primary_key=True)
    position: int
    label: str
    by_system: bool
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)
    met_at: datetime | None = instant(nullable=True)
    met_by: str = ""
    evidence: str = ""
    """Document hash, receipt ids, registration number."""


class ContractEventRow(SQLModel, table=True):
    """What happened to a contract, in order, for people."""

    __tablename__ = "lease_contract_event"

    event_id: int | None = identity()
    contract_number: str = Field(index=True, foreign_key="lease_contract.contract_number")
    key: str = Field(unique=True)
    """Names the step that wrote it: a repetition enters nothing."""
    at: datetime = instant()
    by: str
    state: str
    sentence: str


class LeaseScheduleRow(SQLModel, table=True):
    """One due date of an active contract's receivable."""

    __tablename__ = "lease_schedule"
    __table_args__ = (Index("ix_lease_schedule_due", "due"),)

    contract_number: str = Field(primary_key=True, foreign_key="lease_contract.contract_number")
    number: int = Field(primary_key=True)
    """As in the plan: 0 for what is due at the start."""
    due: date
    rent_minor: int = Field(sa_type=BigInteger)
    interest_minor: int = Field(sa_type=BigInteger)
    principal_minor: int = Field(sa_type=BigInteger)
    fee_minor: int = Field(sa_type=BigInteger)
    open_minor: int = Field(sa_type=BigInteger)
    """Of rent and fee, what is not paid yet."""
    currency: str
