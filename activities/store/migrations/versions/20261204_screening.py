"""Create screening, dealers and the blacklist."""

from __future__ import annotations

from collections.abc import Sequence

revision: str = "20261204_screening"
down_revision: str | None = "20261203_lease_documents"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
