"""Create lease applications."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261202_applications"
down_revision: str | None = "20261201_approvals"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "lease_application",
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("dealer", sa.String(), nullable=False),
        sa.Column("lessee_name", sa.String(), nullable=False),
        sa.Column("lessee_identifier", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("financed_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("contract_number", sa.String(), nullable=True),
        sa.Column("captured_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
        sa.UniqueConstraint("contract_number"),
    )
    op.create_index(
        "ix_lease_application_dealer_state", "lease_application", ["dealer", "state"], unique=False
    )
    op.create_index(
        op.f("ix_lease_application_lessee_identifier"),
        "lease_application",
        ["lessee_identifier"],
        unique=False,
    )
    op.create_index(op.f("ix_lease_application_opened_at"), "lease_application", ["opened_at"], unique=False)
    op.create_index(op.f("ix_lease_application_state"), "lease_application", ["state"], unique=False)
    op.create_table(
        "lease_asset",
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["lease_application.application_id"],
        ),
        sa.PrimaryKeyConstraint("application_id", "number"),
    )
    op.create_index("ix_lease_asset_identifier", "lease_asset", ["identifier"], unique=False)
    op.create_table(
        "lease_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["lease_application.application_id"],
        ),
        sa.PrimaryKeyConstraint("event_id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_lease_event_application_id"), "lease_event", ["application_id"], unique=False)
    op.create_table(
        "lease_form",
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("form_sha256", sa.String(), nullable=False),
        sa.Column("captured_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["lease_application.application_id"],
        ),
        sa.PrimaryKeyConstraint("application_id", "version"),
    )
    op.create_table(
        "lease_offer",
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("terms_sha256", sa.String(), nullable=False),
        sa.Column("conditions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_rules", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["lease_application.application_id"],
        ),
        sa.PrimaryKeyConstraint("application_id", "round"),
    )
    op.create_table(
        "lease_party",
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["lease_application.application_id"],
        ),
        sa.PrimaryKeyConstraint("application_id", "number"),
    )
    op.create_index("ix_lease_party_identifier", "lease_party", ["identifier"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_lease_party_identifier", table_name="lease_party")
    op.drop_table("lease_party")
    op.drop_table("lease_offer")
    op.drop_table("lease_form")
    op.drop_index(op.f("ix_lease_event_application_id"), table_name="lease_event")
    op.drop_table("lease_event")
    op.drop_index("ix_lease_asset_identifier", table_name="lease_asset")
    op.drop_table("lease_asset")
    op.drop_index(op.f("ix_lease_application_state"), table_name="lease_application")
    op.drop_index(op.f("ix_lease_application_opened_at"), table_name="lease_application")
    op.drop_index(op.f("ix_lease_application_lessee_identifier"), table_name="lease_application")
    op.drop_index("ix_lease_application_dealer_state", table_name="lease_application")
    op.drop_table("lease_application")
