"""Create approvals and absences."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261201_approvals"
down_revision: str | None = "20261130_dealers_people"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEPT = ("approval_decision", "approval_event")
"""What people decided and said is entered once, and stays."""
_REFUSE = """
CREATE FUNCTION approval_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'LF910', HINT = 'What was decided stays; enter another decision';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("approval_id"),
    )
    op.create_index(op.f("ix_approval_subject"), "approval", ["subject"], unique=False)
    op.create_table(
        "absence",
        sa.Column("absence_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("deputy", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_by", sa.String(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["deputy"],
            ["staff.username"],
        ),
        sa.ForeignKeyConstraint(
            ["username"],
            ["staff.username"],
        ),
        sa.PrimaryKeyConstraint("absence_id"),
    )
    op.create_index("ix_absence_username", "absence", ["username", "last_day"], unique=False)
    op.create_table(
        "approval_event",
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"],
            ["approval.approval_id"],
        ),
        sa.PrimaryKeyConstraint("approval_id", "number"),
    )
    op.create_table(
        "approval_task",
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("people", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("standing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("assigned_to", sa.String(), nullable=False),
        sa.Column("locked_by", sa.String(), nullable=False),
        sa.Column("lock_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["approval_id"],
            ["approval.approval_id"],
        ),
        sa.PrimaryKeyConstraint("approval_id", "visit"),
    )
    op.create_index(
        "ix_approval_task_assigned",
        "approval_task",
        ["assigned_to", "priority", "due_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "ix_approval_task_people",
        "approval_task",
        ["people"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "ix_approval_task_urgent",
        "approval_task",
        ["priority", "due_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(
        "uq_approval_task_open",
        "approval_task",
        ["approval_id"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "approval_decision",
        sa.Column("decision_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id", "visit"],
            ["approval_task.approval_id", "approval_task.visit"],
        ),
        sa.PrimaryKeyConstraint("decision_id"),
        sa.UniqueConstraint("approval_id", "number"),
    )
    op.create_index("ix_approval_decision_username", "approval_decision", ["username", "at"], unique=False)
    op.execute(_REFUSE)
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION approval_refuse_change()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER refuse_change")


def downgrade() -> None:
    op.drop_index("ix_approval_decision_username", table_name="approval_decision")
    op.drop_table("approval_decision")
    op.drop_index(
        "uq_approval_task_open", table_name="approval_task", postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_index(
        "ix_approval_task_urgent", table_name="approval_task", postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_index(
        "ix_approval_task_people",
        table_name="approval_task",
        postgresql_using="gin",
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_index(
        "ix_approval_task_assigned", table_name="approval_task", postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_table("approval_task")
    op.drop_table("approval_event")
    op.drop_index("ix_absence_username", table_name="absence")
    op.drop_table("absence")
    op.drop_index(op.f("ix_approval_subject"), table_name="approval")
    op.drop_table("approval")
    op.execute("DROP FUNCTION approval_refuse_change()")
