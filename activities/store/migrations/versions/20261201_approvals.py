"""Create approvals and absences."""

from __future__ import annotations

from collections.abc import Sequence

revision: str = "20261201_approvals"
down_revision: str | None = "20261130_dealers_people"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
