"""Lines of posted journals, as they were ordered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from activities.store.tables.ledger import AccountRow, LineRow
from models.ledger.journals import Line
from models.money import Money


def lines_of(session: Session, journal_ids: Sequence[int | None]) -> Mapping[int | None, Sequence[Line]]:
    """The lines of journals in their order, by journal."""
    found: defaultdict[int | None, list[Line]] = defaultdict(list)
    rows = session.execute(
        select(LineRow, col(AccountRow.code), col(AccountRow.branch))
        .join(AccountRow, col(AccountRow.account_id) == col(LineRow.account_id))
        .where(col(LineRow.journal_id).in_(journal_ids))
        .order_by(col(LineRow.journal_id), col(LineRow.line_no))
    )
    for row, code, branch in rows:
        found[row.journal_id].append(Line(code, Money(row.amount_minor, row.currency), branch, row.reference))
    return found
