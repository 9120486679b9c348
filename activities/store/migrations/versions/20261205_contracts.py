"""Create lease contracts."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261205_contracts"
down_revision: str | None = "20261204_screening"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "lease_contract_counter",
        sa.Column("branch_code", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("branch_code", "year"),
    )
    op.create_table(
        "lease_contract_number",
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("branch_code", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
        sa.UniqueConstraint("branch_code", "year", "sequence"),
        sa.UniqueConstraint("contract_number"),
    )
    op.create_table(
        "lease_contract",
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("terms_sha256", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("business", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("dealer", sa.String(), nullable=False),
        sa.Column("lessee_name", sa.String(), nullable=False),
        sa.Column("lessee_identifier", sa.String(), nullable=False),
        sa.Column("financed_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("registration_number", sa.String(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disbursement_id", sa.String(), nullable=False),
        sa.Column("voucher", sa.String(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_number"],
            ["lease_contract_number.contract_number"],
        ),
        sa.PrimaryKeyConstraint("contract_number"),
        sa.UniqueConstraint("application_id"),
    )
    op.create_index(op.f("ix_lease_contract_drawn_at"), "lease_contract", ["drawn_at"], unique=False)
    op.create_index(
        op.f("ix_lease_contract_lessee_identifier"), "lease_contract", ["lessee_identifier"], unique=False
    )
    op.create_index(op.f("ix_lease_contract_state"), "lease_contract", ["state"], unique=False)
    op.create_table(
        "lease_contract_condition",
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("by_system", sa.Boolean(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_by", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_number"],
            ["lease_contract.contract_number"],
        ),
        sa.PrimaryKeyConstraint("contract_number", "name"),
    )
    op.create_table(
        "lease_contract_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_number"],
            ["lease_contract.contract_number"],
        ),
        sa.PrimaryKeyConstraint("event_id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(
        op.f("ix_lease_contract_event_contract_number"),
        "lease_contract_event",
        ["contract_number"],
        unique=False,
    )
    op.create_table(
        "lease_contract_paper",
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("request_sha256", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("drawn_sha256", sa.String(), nullable=False),
        sa.Column("current_sha256", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_number"],
            ["lease_contract.contract_number"],
        ),
        sa.PrimaryKeyConstraint("contract_number", "paper"),
    )
    op.create_table(
        "lease_schedule",
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("rent_minor", sa.BigInteger(), nullable=False),
        sa.Column("interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_number"],
            ["lease_contract.contract_number"],
        ),
        sa.PrimaryKeyConstraint("contract_number", "number"),
    )
    op.create_index("ix_lease_schedule_due", "lease_schedule", ["due"], unique=False)
    op.create_table(
        "lease_contract_signature",
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("representative", sa.String(), nullable=False),
        sa.Column("session_key", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("prepared_sha256", sa.String(), nullable=False),
        sa.Column("prepared", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("signed_sha256", sa.String(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("certificate_subject", sa.String(), nullable=False),
        sa.Column("certificate_serial", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_number", "paper"],
            ["lease_contract_paper.contract_number", "lease_contract_paper.paper"],
        ),
        sa.PrimaryKeyConstraint("contract_number", "paper", "number"),
        sa.UniqueConstraint("session_key"),
    )
    op.create_index(
        "ix_lease_contract_signature_identifier", "lease_contract_signature", ["identifier"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_lease_contract_signature_identifier", table_name="lease_contract_signature")
    op.drop_table("lease_contract_signature")
    op.drop_index("ix_lease_schedule_due", table_name="lease_schedule")
    op.drop_table("lease_schedule")
    op.drop_table("lease_contract_paper")
    op.drop_index(op.f("ix_lease_contract_event_contract_number"), table_name="lease_contract_event")
    op.drop_table("lease_contract_event")
    op.drop_table("lease_contract_condition")
    op.drop_index(op.f("ix_lease_contract_state"), table_name="lease_contract")
    op.drop_index(op.f("ix_lease_contract_lessee_identifier"), table_name="lease_contract")
    op.drop_index(op.f("ix_lease_contract_drawn_at"), table_name="lease_contract")
    op.drop_table("lease_contract")
    op.drop_table("lease_contract_number")
    op.drop_table("lease_contract_counter")
