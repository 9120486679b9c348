"""Create disbursements of leases."""

from __future__ import annotations

from collections.abc import Sequence

revision: str = "20261206_disbursements"
down_revision: str | None = "20261205_contracts"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
