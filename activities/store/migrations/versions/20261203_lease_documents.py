"""Create documents of lease applications."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261203_lease_documents"
down_revision: str | None = "20261202_applications"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "lease_document",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("said_kind", sa.String(), nullable=True),
        sa.Column("of_party", sa.String(), nullable=False),
        sa.Column("said_of", sa.String(), nullable=True),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("reading", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reader", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fingerprint", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["lease_application.application_id"],
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["document.sha256"],
        ),
        sa.PrimaryKeyConstraint("document_id"),
        sa.UniqueConstraint("application_id", "kind", "of_party", "side", "version"),
        sa.UniqueConstraint("application_id", "number"),
        sa.UniqueConstraint("application_id", "sha256"),
    )
    op.create_index(op.f("ix_lease_document_sha256"), "lease_document", ["sha256"], unique=False)
    op.create_index(op.f("ix_lease_document_state"), "lease_document", ["state"], unique=False)
    op.create_table(
        "lease_face_check",
        sa.Column("check_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("application_id", sa.String(), nullable=False),
        sa.Column("of_party", sa.String(), nullable=False),
        sa.Column("photo_sha256", sa.String(), nullable=False),
        sa.Column("portrait_sha256", sa.String(), nullable=False),
        sa.Column("compared_by", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("similarity", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence_sha256", sa.String(), nullable=False),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["lease_application.application_id"],
        ),
        sa.PrimaryKeyConstraint("check_id"),
        sa.UniqueConstraint("application_id", "photo_sha256", "portrait_sha256", "compared_by"),
    )
    op.create_index(
        op.f("ix_lease_face_check_application_id"), "lease_face_check", ["application_id"], unique=False
    )
    op.create_table(
        "lease_field_statement",
        sa.Column("statement_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("old_value", sa.String(), nullable=False),
        sa.Column("new_value", sa.String(), nullable=False),
        sa.Column("stated_by", sa.String(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["lease_document.document_id"],
        ),
        sa.PrimaryKeyConstraint("statement_id"),
    )
    op.create_index(
        op.f("ix_lease_field_statement_document_id"), "lease_field_statement", ["document_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_lease_field_statement_document_id"), table_name="lease_field_statement")
    op.drop_table("lease_field_statement")
    op.drop_index(op.f("ix_lease_face_check_application_id"), table_name="lease_face_check")
    op.drop_table("lease_face_check")
    op.drop_index(op.f("ix_lease_document_state"), table_name="lease_document")
    op.drop_index(op.f("ix_lease_document_sha256"), table_name="lease_document")
    op.drop_table("lease_document")
