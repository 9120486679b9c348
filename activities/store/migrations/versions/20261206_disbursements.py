"""Create disbursements of leases."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261206_disbursements"
down_revision: str | None = "20261205_contracts"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "disbursement",
        sa.Column("disbursement_id", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("dealer", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("payee_name", sa.String(), nullable=False),
        sa.Column("payee_account", sa.String(), nullable=False),
        sa.Column("payee_bank", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("by_rules", sa.Boolean(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("purchase_voucher", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("voucher", sa.String(), nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("captured_by", sa.String(), nullable=False),
        sa.Column("corrected_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("locked_by", sa.String(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.String(), nullable=False),
        sa.Column("stop_reason", sa.String(), nullable=False),
        sa.Column("findings", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("recovery", sa.String(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_number"],
            ["lease_contract.contract_number"],
        ),
        sa.PrimaryKeyConstraint("disbursement_id"),
    )
    op.create_index(op.f("ix_disbursement_application_id"), "disbursement", ["application_id"], unique=False)
    op.create_index(
        op.f("ix_disbursement_contract_number"), "disbursement", ["contract_number"], unique=False
    )
    op.create_index(op.f("ix_disbursement_ordered_at"), "disbursement", ["ordered_at"], unique=False)
    op.create_index(op.f("ix_disbursement_payment_id"), "disbursement", ["payment_id"], unique=False)
    op.create_index("ix_disbursement_state_branch", "disbursement", ["state", "branch"], unique=False)
    op.create_table(
        "disbursement_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("disbursement_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["disbursement_id"],
            ["disbursement.disbursement_id"],
        ),
        sa.PrimaryKeyConstraint("event_id"),
        sa.UniqueConstraint("disbursement_id", "step"),
    )


def downgrade() -> None:
    op.drop_table("disbursement_event")
    op.drop_index("ix_disbursement_state_branch", table_name="disbursement")
    op.drop_index(op.f("ix_disbursement_payment_id"), table_name="disbursement")
    op.drop_index(op.f("ix_disbursement_ordered_at"), table_name="disbursement")
    op.drop_index(op.f("ix_disbursement_contract_number"), table_name="disbursement")
    op.drop_index(op.f("ix_disbursement_application_id"), table_name="disbursement")
    op.drop_table("disbursement")
