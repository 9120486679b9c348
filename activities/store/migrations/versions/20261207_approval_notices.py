"""Create letters about approvals."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261207_approval_notices"
down_revision: str | None = "20261206_disbursements"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "approval_notice",
        sa.Column("notice_key", sa.String(), nullable=False),
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.approval_id"]),
        sa.ForeignKeyConstraint(["recipient"], ["staff.username"]),
        sa.PrimaryKeyConstraint("notice_key"),
    )
    op.create_index(op.f("ix_approval_notice_approval_id"), "approval_notice", ["approval_id"])


def downgrade() -> None:
    op.drop_table("approval_notice")
