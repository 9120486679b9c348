"""Create store-and-forward."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261125_forwarding"
down_revision: str | None = "20261124_payments"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "consistency_check",
        sa.Column("check_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("our_count", sa.Integer(), nullable=False),
        sa.Column("our_hash", sa.String(), nullable=False),
        sa.Column("their_count", sa.Integer(), nullable=False),
        sa.Column("their_hash", sa.String(), nullable=False),
        sa.Column("differences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("redriven", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("check_id"),
    )
    op.create_index("ix_consistency_check_day", "consistency_check", ["partner", "day"], unique=False)
    op.create_table(
        "forwarding_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index("ix_forwarding_event_key", "forwarding_event", ["partner", "key"], unique=False)
    op.create_table(
        "forwarding_pause",
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("paused_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("partner"),
    )
    op.create_table(
        "inbox_discrepancy",
        sa.Column("discrepancy_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("kept_sha256", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("discrepancy_id"),
        sa.UniqueConstraint("partner", "message_id", "sha256"),
    )
    op.create_table(
        "inbox_message",
        sa.Column("inbox_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("ordering_key", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("came_by", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("inbox_id"),
        sa.UniqueConstraint("partner", "message_id"),
    )
    op.create_index("ix_inbox_message_day", "inbox_message", ["partner", "day", "topic"], unique=False)
    op.create_index(
        "ix_inbox_message_held",
        "inbox_message",
        ["partner", "ordering_key"],
        unique=False,
        postgresql_where=sa.text("state = 'dead' OR next_try IS NOT NULL"),
    )
    op.create_index(
        "ix_inbox_message_waiting",
        "inbox_message",
        ["partner", "inbox_id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "outbox_lane",
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("ordering_key", sa.String(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partner", "ordering_key"),
    )
    op.create_table(
        "outbox_message",
        sa.Column("outbox_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("ordering_key", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("drives", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("outbox_id"),
        sa.UniqueConstraint("partner", "key"),
        sa.UniqueConstraint("partner", "ordering_key", "number"),
    )
    op.create_index("ix_outbox_message_day", "outbox_message", ["partner", "day", "topic"], unique=False)
    op.create_index(
        "ix_outbox_message_held",
        "outbox_message",
        ["partner", "ordering_key"],
        unique=False,
        postgresql_where=sa.text("state = 'dead' OR next_try IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_message_waiting",
        "outbox_message",
        ["partner", "outbox_id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "voucher_acknowledgement",
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("voucher", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("partner", "voucher"),
    )
    op.create_table(
        "voucher_forwarding",
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("partner", "month"),
    )


def downgrade() -> None:
    op.drop_table("voucher_forwarding")
    op.drop_table("voucher_acknowledgement")
    op.drop_index(
        "ix_outbox_message_waiting",
        table_name="outbox_message",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(
        "ix_outbox_message_held",
        table_name="outbox_message",
        postgresql_where=sa.text("state = 'dead' OR next_try IS NOT NULL"),
    )
    op.drop_index("ix_outbox_message_day", table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_table("outbox_lane")
    op.drop_index(
        "ix_inbox_message_waiting", table_name="inbox_message", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_index(
        "ix_inbox_message_held",
        table_name="inbox_message",
        postgresql_where=sa.text("state = 'dead' OR next_try IS NOT NULL"),
    )
    op.drop_index("ix_inbox_message_day", table_name="inbox_message")
    op.drop_table("inbox_message")
    op.drop_table("inbox_discrepancy")
    op.drop_table("forwarding_pause")
    op.drop_index("ix_forwarding_event_key", table_name="forwarding_event")
    op.drop_table("forwarding_event")
    op.drop_index("ix_consistency_check_day", table_name="consistency_check")
    op.drop_table("consistency_check")
