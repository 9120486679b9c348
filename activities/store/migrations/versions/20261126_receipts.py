"""Create receipts, terminals and payment methods."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261126_receipts"
# behind a later name: the changes of parameters were merged first, and what has run is not renamed
down_revision: str | None = "20261127_parameter_changes"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "payment_method",
        sa.Column("business_reference", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("account_name", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("mandate", sa.String(), nullable=False),
        sa.Column("mandate_signed", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("rewritten", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("business_reference", "version"),
    )
    op.create_index(op.f("ix_payment_method_state"), "payment_method", ["state"], unique=False)
    op.create_table(
        "terminal",
        sa.Column("terminal", sa.String(), nullable=False),
        sa.Column("merchant_no", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("terminal"),
    )
    op.create_table(
        "receipt",
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("payer_name", sa.String(), nullable=False),
        sa.Column("payer_account", sa.String(), nullable=False),
        sa.Column("payer_bank", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("external_reference", sa.String(), nullable=False),
        sa.Column("reference_key", sa.String(), nullable=True),
        sa.Column("terminal", sa.String(), nullable=False),
        sa.Column("terminal_day", sa.Date(), nullable=True),
        sa.Column("card_type", sa.String(), nullable=False),
        sa.Column("mandate", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("clearing_account", sa.String(), nullable=False),
        sa.Column("bank_account", sa.String(), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=True),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("charge_minor", sa.BigInteger(), nullable=False),
        sa.Column("collected_by", sa.String(), nullable=True),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("replaced_by", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["collected_by"],
            ["payment.payment_id"],
        ),
        sa.ForeignKeyConstraint(
            ["replaces"],
            ["receipt.receipt_id"],
        ),
        sa.PrimaryKeyConstraint("receipt_id"),
        sa.UniqueConstraint("channel", "reference_key"),
    )
    op.create_index("ix_receipt_channel_day", "receipt", ["channel", "business_date"], unique=False)
    op.create_index(op.f("ix_receipt_external_reference"), "receipt", ["external_reference"], unique=False)
    op.create_index(op.f("ix_receipt_received_at"), "receipt", ["received_at"], unique=False)
    op.create_index(op.f("ix_receipt_state"), "receipt", ["state"], unique=False)
    op.create_index("ix_receipt_terminal", "receipt", ["terminal", "terminal_day"], unique=False)
    op.create_table(
        "terminal_difference",
        sa.Column("terminal", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("trace_no", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["terminal"],
            ["terminal.terminal"],
        ),
        sa.PrimaryKeyConstraint("terminal", "day", "number"),
    )
    op.create_table(
        "terminal_event",
        sa.Column("terminal_event_id", sa.BigInteger(), nullable=False),
        sa.Column("terminal", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal"],
            ["terminal.terminal"],
        ),
        sa.PrimaryKeyConstraint("terminal_event_id"),
    )
    op.create_index(op.f("ix_terminal_event_terminal"), "terminal_event", ["terminal"], unique=False)
    op.create_table(
        "receipt_event",
        sa.Column("receipt_event_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"],
            ["receipt.receipt_id"],
        ),
        sa.PrimaryKeyConstraint("receipt_event_id"),
    )
    op.create_index(op.f("ix_receipt_event_receipt_id"), "receipt_event", ["receipt_id"], unique=False)
    op.create_table(
        "receipt_part",
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("part_no", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("business_reference", sa.String(), nullable=False),
        sa.Column("credit_account", sa.String(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"],
            ["receipt.receipt_id"],
        ),
        sa.PrimaryKeyConstraint("receipt_id", "part_no"),
    )
    op.create_index(
        op.f("ix_receipt_part_business_reference"), "receipt_part", ["business_reference"], unique=False
    )
    op.create_table(
        "receipt_voucher",
        sa.Column("journal_key", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("voucher", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reversed_by", sa.String(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"],
            ["receipt.receipt_id"],
        ),
        sa.PrimaryKeyConstraint("journal_key"),
    )
    op.create_index(op.f("ix_receipt_voucher_receipt_id"), "receipt_voucher", ["receipt_id"], unique=False)
    op.create_table(
        "receipt_refund_part",
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("part_no", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("given_back_minor", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id", "part_no"],
            ["receipt_part.receipt_id", "receipt_part.part_no"],
        ),
        sa.PrimaryKeyConstraint("payment_id", "part_no"),
    )
    op.create_index(
        op.f("ix_receipt_refund_part_receipt_id"), "receipt_refund_part", ["receipt_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_receipt_refund_part_receipt_id"), table_name="receipt_refund_part")
    op.drop_table("receipt_refund_part")
    op.drop_index(op.f("ix_receipt_voucher_receipt_id"), table_name="receipt_voucher")
    op.drop_table("receipt_voucher")
    op.drop_index(op.f("ix_receipt_part_business_reference"), table_name="receipt_part")
    op.drop_table("receipt_part")
    op.drop_index(op.f("ix_receipt_event_receipt_id"), table_name="receipt_event")
    op.drop_table("receipt_event")
    op.drop_index(op.f("ix_terminal_event_terminal"), table_name="terminal_event")
    op.drop_table("terminal_event")
    op.drop_table("terminal_difference")
    op.drop_index("ix_receipt_terminal", table_name="receipt")
    op.drop_index(op.f("ix_receipt_state"), table_name="receipt")
    op.drop_index(op.f("ix_receipt_received_at"), table_name="receipt")
    op.drop_index(op.f("ix_receipt_external_reference"), table_name="receipt")
    op.drop_index("ix_receipt_channel_day", table_name="receipt")
    op.drop_table("receipt")
    op.drop_table("terminal")
    op.drop_index(op.f("ix_payment_method_state"), table_name="payment_method")
    op.drop_table("payment_method")
