"""Create documents of lease applications."""

from __future__ import annotations

from collections.abc import Sequence

revision: str = "20261203_lease_documents"
down_revision: str | None = "20261202_applications"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
