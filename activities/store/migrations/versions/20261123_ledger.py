"""Create the ledger: tables, what keeps them from being changed, posting, holds, and its role."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib.resources import files

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261123_ledger"
down_revision: str | None = "20261122_bill_monitoring"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PARTS = ("immutability", "posting", "holds", "accounts", "bookkeeper")
"""Files of ``activities/store/ledger/sql``, dated as this migration is, and as little to be edited."""


def upgrade() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("account_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("english_name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("normal_side", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("floor_minor", sa.BigInteger(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id"),
        sa.UniqueConstraint("account_id", "currency"),
        sa.UniqueConstraint("book", "code", "branch", "currency"),
        sa.CheckConstraint("category IN ('asset', 'liability', 'equity', 'income', 'expense')"),
        sa.CheckConstraint("normal_side IN ('debit', 'credit')"),
        sa.CheckConstraint("status IN ('open', 'blocked', 'closed')"),
    )
    op.create_table(
        "ledger_journal",
        sa.Column("journal_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("voucher_month", sa.Date(), nullable=False),
        sa.Column("voucher_number", sa.Integer(), nullable=False),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("narrative", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("posted_by", sa.String(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "entered_xid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["reverses"],
            ["ledger_journal.journal_id"],
        ),
        sa.PrimaryKeyConstraint("journal_id"),
        sa.UniqueConstraint("book", "idempotency_key"),
        sa.UniqueConstraint("voucher_month", "book", "voucher_number"),
        sa.UniqueConstraint("reverses"),
        sa.CheckConstraint("voucher_month = date_trunc('month', business_date::timestamp)::date"),
        sa.CheckConstraint("voucher_number > 0"),
        sa.CheckConstraint("idempotency_key <> '' AND posted_by <> ''"),
    )
    op.create_index("ix_ledger_journal_business_date", "ledger_journal", ["business_date"], unique=False)
    op.create_table(
        "ledger_period",
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("book", "month"),
        sa.CheckConstraint("extract(day FROM month) = 1"),
    )
    op.create_table(
        "ledger_seal",
        sa.Column("block_no", sa.BigInteger(), nullable=False),
        sa.Column("first_journal_id", sa.BigInteger(), nullable=False),
        sa.Column("last_journal_id", sa.BigInteger(), nullable=False),
        sa.Column("journal_count", sa.Integer(), nullable=False),
        sa.Column("journals", postgresql.INT8MULTIRANGE(), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("snapshot_xmax", sa.BigInteger(), nullable=False),
        sa.Column("settled_journal_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("block_no"),
        sa.CheckConstraint("journal_count > 0"),
    )
    op.create_table(
        "ledger_voucher_counter",
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("book", "month"),
    )
    op.create_table(
        "ledger_balance",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("held_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_account.account_id"],
        ),
        sa.PrimaryKeyConstraint("account_id"),
        sa.CheckConstraint("held_minor >= 0"),
    )
    op.create_table(
        "ledger_business_event",
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("event_key", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("templates_version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["book", "event_key"],
            ["ledger_journal.book", "ledger_journal.idempotency_key"],
        ),
        sa.PrimaryKeyConstraint("book", "event_key"),
    )
    op.create_index("ix_ledger_business_event_date", "ledger_business_event", ["business_date"], unique=False)
    op.create_table(
        "ledger_hold",
        sa.Column("hold_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("hold_key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_account.account_id"],
        ),
        sa.PrimaryKeyConstraint("hold_id"),
        sa.UniqueConstraint("book", "hold_key"),
        sa.CheckConstraint("amount_minor > 0"),
        sa.CheckConstraint("state IN ('reserved', 'captured', 'voided', 'expired')"),
    )
    op.create_index("ix_ledger_hold_account", "ledger_hold", ["account_id"], unique=False)
    op.create_index(
        "ix_ledger_hold_open",
        "ledger_hold",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'reserved'"),
    )
    op.create_table(
        "ledger_line",
        sa.Column("journal_id", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "currency"],
            ["ledger_account.account_id", "ledger_account.currency"],
        ),
        sa.ForeignKeyConstraint(
            ["journal_id"],
            ["ledger_journal.journal_id"],
        ),
        sa.PrimaryKeyConstraint("journal_id", "line_no"),
        sa.CheckConstraint("amount_minor <> 0"),
    )
    op.create_index("ix_ledger_line_account", "ledger_line", ["account_id", "journal_id"], unique=False)
    op.create_table(
        "ledger_snapshot",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("up_to_journal_id", sa.BigInteger(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_account.account_id"],
        ),
        sa.PrimaryKeyConstraint("account_id", "up_to_journal_id"),
    )
    op.create_table(
        "ledger_hold_event",
        sa.Column("hold_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("journal_key", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["hold_id"],
            ["ledger_hold.hold_id"],
        ),
        sa.PrimaryKeyConstraint("hold_id", "state"),
    )

    connection = op.get_bind()
    for part in _PARTS:
        sql = (files("activities.store.ledger") / "sql" / f"20261123_{part}.sql").read_text("utf-8")
        connection.exec_driver_sql(sql.replace("%", "%%"))  # the driver takes a single one for a parameter
    _tell_missing_role(connection)


def _tell_missing_role(connection: sa.Connection) -> None:
    """A server may not let us create the role: the notice of the SQL is easily overlooked."""
    taken = connection.exec_driver_sql(
        "SELECT 'role=leaseflow_bookkeeper' = ANY(proconfig) FROM pg_proc WHERE oid = 'ledger_post'::regproc"
    ).scalar_one()
    if not taken:
        logging.getLogger("alembic.runtime.migration").warning(
            "Postings do not run under a role of their own. Ask the administrator for: "
            "CREATE ROLE leaseflow_bookkeeper NOLOGIN; GRANT leaseflow_bookkeeper TO the migrating user "
            "WITH SET TRUE; then run leaseflow setup again. Triggers protect the books meanwhile."
        )


def downgrade() -> None:
    op.execute(
        """
        DROP FUNCTION
            ledger_post, ledger_post_many, ledger_refuse, ledger_find_reversed, ledger_move_balances,
            ledger_refuse_shortage, ledger_reserve, ledger_end_hold, ledger_expire_holds, ledger_set_floor,
            ledger_set_status, ledger_close_month
        """
    )
    op.drop_table("ledger_hold_event")
    op.drop_table("ledger_snapshot")
    op.drop_index("ix_ledger_line_account", table_name="ledger_line")
    op.drop_table("ledger_line")
    op.drop_index(
        "ix_ledger_hold_open", table_name="ledger_hold", postgresql_where=sa.text("state = 'reserved'")
    )
    op.drop_index("ix_ledger_hold_account", table_name="ledger_hold")
    op.drop_table("ledger_hold")
    op.drop_index("ix_ledger_business_event_date", table_name="ledger_business_event")
    op.drop_table("ledger_business_event")
    op.drop_table("ledger_balance")
    op.drop_table("ledger_voucher_counter")
    op.drop_table("ledger_seal")
    op.drop_table("ledger_period")
    op.drop_index("ix_ledger_journal_business_date", table_name="ledger_journal")
    op.drop_table("ledger_journal")
    op.drop_table("ledger_account")

    # trigger functions only now that no table uses them
    op.execute("DROP FUNCTION ledger_refuse_change, ledger_refuse_late_lines, ledger_check_journal")
    # the role belongs to the whole cluster: other databases may use it
