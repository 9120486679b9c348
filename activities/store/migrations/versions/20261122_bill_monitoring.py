"""Create the house and bill monitoring."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261122_bill_monitoring"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "bill_scan",
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("upload_id", sa.String(), nullable=True),
        sa.Column("wanted_list_date", sa.Date(), nullable=True),
        sa.Column("list_date", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("parameters_version", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("scan_id"),
    )
    op.create_index(op.f("ix_bill_scan_list_date"), "bill_scan", ["list_date"], unique=False)
    op.create_table(
        "bill_upload",
        sa.Column("upload_id", sa.String(), nullable=False),
        sa.Column("list_date", sa.Date(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("upload_id"),
    )
    op.create_table(
        "customer_import",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("import_id"),
    )
    op.create_table(
        "document",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "outside_session",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("site", "username"),
    )
    op.create_table(
        "parameter_version",
        sa.Column("parameter_version_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("parameter_version_id"),
        sa.UniqueConstraint("name", "version"),
    )
    op.create_table(
        "staff",
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("manager", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["manager"],
            ["staff.username"],
        ),
        sa.PrimaryKeyConstraint("username"),
    )
    op.create_table(
        "bill_report",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("list_date", sa.Date(), nullable=False),
        sa.Column("html_sha256", sa.String(), nullable=False),
        sa.Column("pdf_sha256", sa.String(), nullable=True),
        sa.Column("xlsx_sha256", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["html_sha256"],
            ["document.sha256"],
        ),
        sa.ForeignKeyConstraint(
            ["pdf_sha256"],
            ["document.sha256"],
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"],
            ["bill_scan.scan_id"],
        ),
        sa.ForeignKeyConstraint(
            ["xlsx_sha256"],
            ["document.sha256"],
        ),
        sa.PrimaryKeyConstraint("report_id"),
        sa.UniqueConstraint("scan_id"),
    )
    op.create_index(op.f("ix_bill_report_list_date"), "bill_report", ["list_date"], unique=False)
    op.create_table(
        "bill_scan_note",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("screenshot_sha256", sa.String(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["scan_id"],
            ["bill_scan.scan_id"],
        ),
        sa.ForeignKeyConstraint(
            ["screenshot_sha256"],
            ["document.sha256"],
        ),
        sa.PrimaryKeyConstraint("note_id"),
    )
    op.create_index(op.f("ix_bill_scan_note_scan_id"), "bill_scan_note", ["scan_id"], unique=False)
    op.create_table(
        "customer",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("former_names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("parent_customer_id", sa.String(), nullable=True),
        sa.Column("officer", sa.String(), nullable=True),
        sa.Column("exposure_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["customer_import.import_id"],
        ),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    op.create_index(op.f("ix_customer_uscc"), "customer", ["uscc"], unique=False)
    op.create_table(
        "document_reading",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("reading", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["document.sha256"],
        ),
        sa.PrimaryKeyConstraint("sha256", "reader"),
    )
    op.create_table(
        "overdue_list",
        sa.Column("list_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("list_date", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects", sa.String(), nullable=True),
        sa.Column("table_pages", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("scanned_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["scanned_by"],
            ["bill_scan.scan_id"],
        ),
        sa.PrimaryKeyConstraint("list_id"),
        sa.UniqueConstraint("sequence"),
    )
    op.create_index(op.f("ix_overdue_list_list_date"), "overdue_list", ["list_date"], unique=False)
    op.create_table(
        "warning_delivery",
        sa.Column("delivery_key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("finding_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["scan_id"],
            ["bill_scan.scan_id"],
        ),
        sa.PrimaryKeyConstraint("delivery_key"),
    )
    op.create_index(op.f("ix_warning_delivery_scan_id"), "warning_delivery", ["scan_id"], unique=False)
    op.create_table(
        "overdue_list_part",
        sa.Column("list_id", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("page_no", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["overdue_list.list_id"],
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["document.sha256"],
        ),
        sa.PrimaryKeyConstraint("list_id", "part"),
    )
    op.create_table(
        "overdue_record",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("list_id", sa.String(), nullable=False),
        sa.Column("list_date", sa.Date(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("uscc", sa.String(), nullable=True),
        sa.Column("acceptor_key", sa.String(), nullable=False),
        sa.Column("overdue_balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("cumulative_overdue_minor", sa.BigInteger(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("confidence", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("repaired", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("doubts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("locator", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["overdue_list.list_id"],
        ),
        sa.PrimaryKeyConstraint("record_id"),
    )
    op.create_index(
        "ix_overdue_record_acceptor", "overdue_record", ["acceptor_key", "list_date"], unique=False
    )
    op.create_index(op.f("ix_overdue_record_list_id"), "overdue_record", ["list_id"], unique=False)
    op.create_index(op.f("ix_overdue_record_uscc"), "overdue_record", ["uscc"], unique=False)
    op.create_table(
        "settled_identity",
        sa.Column("settled_id", sa.Integer(), nullable=False),
        sa.Column("acceptor_key", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.customer_id"],
        ),
        sa.PrimaryKeyConstraint("settled_id"),
    )
    op.create_index(
        op.f("ix_settled_identity_acceptor_key"), "settled_identity", ["acceptor_key"], unique=False
    )
    op.create_table(
        "finding",
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("list_date", sa.Date(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("acceptor_key", sa.String(), nullable=False),
        sa.Column("acceptor_name", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=True),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("overdue_balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("cumulative_overdue_minor", sa.BigInteger(), nullable=True),
        sa.Column("previous_balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("exposure_minor", sa.BigInteger(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledgement_note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.customer_id"],
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["overdue_record.record_id"],
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"],
            ["bill_scan.scan_id"],
        ),
        sa.PrimaryKeyConstraint("finding_id"),
        sa.UniqueConstraint("scan_id", "customer_id", "acceptor_key"),
    )
    op.create_index(op.f("ix_finding_customer_id"), "finding", ["customer_id"], unique=False)
    op.create_index(op.f("ix_finding_list_date"), "finding", ["list_date"], unique=False)
    op.create_index(op.f("ix_finding_scan_id"), "finding", ["scan_id"], unique=False)
    op.create_table(
        "record_match",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("candidates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.customer_id"],
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["overdue_record.record_id"],
        ),
        sa.PrimaryKeyConstraint("record_id"),
    )
    op.create_index(op.f("ix_record_match_customer_id"), "record_match", ["customer_id"], unique=False)
    op.create_table(
        "review_item",
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("proposed_customer_id", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["overdue_record.record_id"],
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"],
            ["bill_scan.scan_id"],
        ),
        sa.PrimaryKeyConstraint("item_id"),
        sa.UniqueConstraint("scan_id", "record_id"),
    )
    op.create_index(op.f("ix_review_item_scan_id"), "review_item", ["scan_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_review_item_scan_id"), table_name="review_item")
    op.drop_table("review_item")
    op.drop_index(op.f("ix_record_match_customer_id"), table_name="record_match")
    op.drop_table("record_match")
    op.drop_index(op.f("ix_finding_scan_id"), table_name="finding")
    op.drop_index(op.f("ix_finding_list_date"), table_name="finding")
    op.drop_index(op.f("ix_finding_customer_id"), table_name="finding")
    op.drop_table("finding")
    op.drop_index(op.f("ix_settled_identity_acceptor_key"), table_name="settled_identity")
    op.drop_table("settled_identity")
    op.drop_index(op.f("ix_overdue_record_uscc"), table_name="overdue_record")
    op.drop_index(op.f("ix_overdue_record_list_id"), table_name="overdue_record")
    op.drop_index("ix_overdue_record_acceptor", table_name="overdue_record")
    op.drop_table("overdue_record")
    op.drop_table("overdue_list_part")
    op.drop_index(op.f("ix_warning_delivery_scan_id"), table_name="warning_delivery")
    op.drop_table("warning_delivery")
    op.drop_index(op.f("ix_overdue_list_list_date"), table_name="overdue_list")
    op.drop_table("overdue_list")
    op.drop_table("document_reading")
    op.drop_index(op.f("ix_customer_uscc"), table_name="customer")
    op.drop_table("customer")
    op.drop_index(op.f("ix_bill_scan_note_scan_id"), table_name="bill_scan_note")
    op.drop_table("bill_scan_note")
    op.drop_index(op.f("ix_bill_report_list_date"), table_name="bill_report")
    op.drop_table("bill_report")
    op.drop_table("staff")
    op.drop_table("parameter_version")
    op.drop_table("outside_session")
    op.drop_table("document")
    op.drop_table("customer_import")
    op.drop_table("bill_upload")
    op.drop_index(op.f("ix_bill_scan_list_date"), table_name="bill_scan")
    op.drop_table("bill_scan")
