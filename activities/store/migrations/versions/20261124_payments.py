"""Create payments and bulk debits."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261124_payments"
down_revision: str | None = "20261123_ledger"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "bank_answer",
        sa.Column("bank_answer_id", sa.BigInteger(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("heard", sa.String(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bank_answer_id"),
    )
    op.create_index("ix_bank_answer_reference", "bank_answer", ["bank", "reference"], unique=False)
    op.create_table(
        "bank_attempt",
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("bank", "reference", "attempt"),
    )
    op.create_table(
        "bank_discrepancy",
        sa.Column("discrepancy_id", sa.Integer(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("discrepancy_id"),
        sa.UniqueConstraint("bank", "reference", "kind", "fingerprint"),
    )
    op.create_index(op.f("ix_bank_discrepancy_reference"), "bank_discrepancy", ["reference"], unique=False)
    op.create_table(
        "debit_batch",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("collection_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("ledger_account", sa.String(), nullable=False),
        sa.Column("other_account", sa.String(), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("batch_id"),
    )
    op.create_index(op.f("ix_debit_batch_state"), "debit_batch", ["state"], unique=False)
    op.create_table(
        "debit_due",
        sa.Column("due_id", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("business_reference", sa.String(), nullable=False),
        sa.Column("debtor_name", sa.String(), nullable=False),
        sa.Column("debtor_account", sa.String(), nullable=False),
        sa.Column("debtor_bank", sa.String(), nullable=False),
        sa.Column("mandate", sa.String(), nullable=False),
        sa.Column("mandate_signed", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.Date(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("due_id"),
    )
    op.create_index(
        op.f("ix_debit_due_business_reference"), "debit_due", ["business_reference"], unique=False
    )
    op.create_index("ix_debit_due_open", "debit_due", ["bank", "state", "next_try"], unique=False)
    op.create_table(
        "payment",
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("counterparty_name", sa.String(), nullable=False),
        sa.Column("counterparty_account", sa.String(), nullable=False),
        sa.Column("counterparty_bank", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("business_reference", sa.String(), nullable=False),
        sa.Column("mandate", sa.String(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("refunds", sa.String(), nullable=True),
        sa.Column("even_if_duplicate", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("ledger_account", sa.String(), nullable=False),
        sa.Column("other_account", sa.String(), nullable=False),
        sa.Column("parameters_version", sa.Integer(), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("reserved_minor", sa.BigInteger(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=True),
        sa.Column("fee_minor", sa.BigInteger(), nullable=True),
        sa.Column("value_date", sa.Date(), nullable=True),
        sa.Column("voucher", sa.String(), nullable=True),
        sa.Column("returned_minor", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["replaces"],
            ["payment.payment_id"],
        ),
        sa.PrimaryKeyConstraint("payment_id"),
    )
    op.create_index(op.f("ix_payment_bank"), "payment", ["bank"], unique=False)
    op.create_index("ix_payment_bank_day", "payment", ["bank", "business_date"], unique=False)
    op.create_index(op.f("ix_payment_business_reference"), "payment", ["business_reference"], unique=False)
    op.create_index(op.f("ix_payment_refunds"), "payment", ["refunds"], unique=False)
    op.create_index(op.f("ix_payment_requested_at"), "payment", ["requested_at"], unique=False)
    op.create_index(
        "ix_payment_resembling",
        "payment",
        ["counterparty_account", "amount_minor", "business_reference"],
        unique=False,
    )
    op.create_index(op.f("ix_payment_state"), "payment", ["state"], unique=False)
    op.create_table(
        "bank_file",
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["debit_batch.batch_id"],
        ),
        sa.PrimaryKeyConstraint("file_id"),
        sa.UniqueConstraint("bank", "way", "name", "sha256"),
    )
    op.create_index(op.f("ix_bank_file_bank"), "bank_file", ["bank"], unique=False)
    op.create_index(op.f("ix_bank_file_batch_id"), "bank_file", ["batch_id"], unique=False)
    op.create_index(op.f("ix_bank_file_message_id"), "bank_file", ["message_id"], unique=False)
    op.create_table(
        "debit_item",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("item_no", sa.Integer(), nullable=False),
        sa.Column("due_id", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("business_reference", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("debtor_name", sa.String(), nullable=False),
        sa.Column("debtor_account", sa.String(), nullable=False),
        sa.Column("debtor_bank", sa.String(), nullable=False),
        sa.Column("mandate", sa.String(), nullable=False),
        sa.Column("mandate_signed", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=True),
        sa.Column("settled_in", sa.String(), nullable=False),
        sa.Column("return_date", sa.Date(), nullable=True),
        sa.Column("voucher", sa.String(), nullable=True),
        sa.Column("return_voucher", sa.String(), nullable=True),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["debit_batch.batch_id"],
        ),
        sa.ForeignKeyConstraint(
            ["due_id"],
            ["debit_due.due_id"],
        ),
        sa.PrimaryKeyConstraint("batch_id", "item_no"),
        sa.UniqueConstraint("bank", "reference"),
    )
    op.create_index(op.f("ix_debit_item_due_id"), "debit_item", ["due_id"], unique=False)
    op.create_index("ix_debit_item_state", "debit_item", ["batch_id", "state"], unique=False)
    op.create_table(
        "payment_event",
        sa.Column("payment_event_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payment.payment_id"],
        ),
        sa.PrimaryKeyConstraint("payment_event_id"),
    )
    op.create_index(op.f("ix_payment_event_payment_id"), "payment_event", ["payment_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_payment_event_payment_id"), table_name="payment_event")
    op.drop_table("payment_event")
    op.drop_index("ix_debit_item_state", table_name="debit_item")
    op.drop_index(op.f("ix_debit_item_due_id"), table_name="debit_item")
    op.drop_table("debit_item")
    op.drop_index(op.f("ix_bank_file_message_id"), table_name="bank_file")
    op.drop_index(op.f("ix_bank_file_batch_id"), table_name="bank_file")
    op.drop_index(op.f("ix_bank_file_bank"), table_name="bank_file")
    op.drop_table("bank_file")
    op.drop_index(op.f("ix_payment_state"), table_name="payment")
    op.drop_index("ix_payment_resembling", table_name="payment")
    op.drop_index(op.f("ix_payment_requested_at"), table_name="payment")
    op.drop_index(op.f("ix_payment_refunds"), table_name="payment")
    op.drop_index(op.f("ix_payment_business_reference"), table_name="payment")
    op.drop_index("ix_payment_bank_day", table_name="payment")
    op.drop_index(op.f("ix_payment_bank"), table_name="payment")
    op.drop_table("payment")
    op.drop_index("ix_debit_due_open", table_name="debit_due")
    op.drop_index(op.f("ix_debit_due_business_reference"), table_name="debit_due")
    op.drop_table("debit_due")
    op.drop_index(op.f("ix_debit_batch_state"), table_name="debit_batch")
    op.drop_table("debit_batch")
    op.drop_index(op.f("ix_bank_discrepancy_reference"), table_name="bank_discrepancy")
    op.drop_table("bank_discrepancy")
    op.drop_table("bank_attempt")
    op.drop_index("ix_bank_answer_reference", table_name="bank_answer")
    op.drop_table("bank_answer")
