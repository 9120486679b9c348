"""Let people of a dealer stand in the directory."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261130_dealers_people"
down_revision: str | None = "20261126_receipts"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("dealer", sa.String(), nullable=False, server_default=""))
    op.alter_column("staff", "dealer", server_default=None)


def downgrade() -> None:
    op.drop_column("staff", "dealer")
