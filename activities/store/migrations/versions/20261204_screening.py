"""Create screening, dealers and the blacklist."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261204_screening"
down_revision: str | None = "20261203_lease_documents"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "blacklist_entry",
        sa.Column("entry_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("in_force_until", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_because", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("entry_id"),
    )
    op.create_index("ix_blacklist_entry_value", "blacklist_entry", ["kind", "value"], unique=False)
    op.create_table(
        "customer_relation",
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("related", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("identifier"),
    )
    op.create_index(
        op.f("ix_customer_relation_group_code"), "customer_relation", ["group_code"], unique=False
    )
    op.create_table(
        "dealer",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("rating", sa.String(), nullable=False),
        sa.Column("limit_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code"),
        sa.UniqueConstraint("identifier"),
    )
    op.create_table(
        "blacklist_hit",
        sa.Column("hit_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["lease_application.application_id"],
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["blacklist_entry.entry_id"],
        ),
        sa.PrimaryKeyConstraint("hit_id"),
        sa.UniqueConstraint(
            "entry_id", "application_id", "round", "occasion", "rule", name="uq_blacklist_hit"
        ),
    )
    op.create_index(
        op.f("ix_blacklist_hit_application_id"), "blacklist_hit", ["application_id"], unique=False
    )
    op.create_table(
        "dealer_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("dealer", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dealer"],
            ["dealer.code"],
        ),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index(op.f("ix_dealer_event_dealer"), "dealer_event", ["dealer"], unique=False)
    op.create_table(
        "lease_screening",
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("advice", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tables", sa.String(), nullable=False),
        sa.Column("parameters_version", sa.Integer(), nullable=False),
        sa.Column("trace_sha256", sa.String(), nullable=False),
        sa.Column("screened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["lease_application.application_id"],
        ),
        sa.ForeignKeyConstraint(
            ["trace_sha256"],
            ["document.sha256"],
        ),
        sa.PrimaryKeyConstraint("application_id", "round", "version"),
    )
    op.create_index("ix_lease_screening_at", "lease_screening", ["screened_at"], unique=False)
    op.create_table(
        "outside_answer",
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("charges", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["lease_application.application_id"],
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["document.sha256"],
        ),
        sa.PrimaryKeyConstraint("application_id", "version", "round", "source", "party"),
    )
    op.create_index(
        "ix_outside_answer_party", "outside_answer", ["application_id", "source", "party"], unique=False
    )
    op.create_index(op.f("ix_outside_answer_reference"), "outside_answer", ["reference"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_outside_answer_reference"), table_name="outside_answer")
    op.drop_index("ix_outside_answer_party", table_name="outside_answer")
    op.drop_table("outside_answer")
    op.drop_index("ix_lease_screening_at", table_name="lease_screening")
    op.drop_table("lease_screening")
    op.drop_index(op.f("ix_dealer_event_dealer"), table_name="dealer_event")
    op.drop_table("dealer_event")
    op.drop_index(op.f("ix_blacklist_hit_application_id"), table_name="blacklist_hit")
    op.drop_table("blacklist_hit")
    op.drop_table("dealer")
    op.drop_index(op.f("ix_customer_relation_group_code"), table_name="customer_relation")
    op.drop_table("customer_relation")
    op.drop_index("ix_blacklist_entry_value", table_name="blacklist_entry")
    op.drop_table("blacklist_entry")
