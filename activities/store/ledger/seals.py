"""Sealing: committed journals go into blocks, late ones into a later block, and nothing waits for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC
from typing import Final

from sqlalchemy import text
from sqlmodel import Session

from models.ledger.journals import voucher_name
from models.ledger.seals import BLOCK_LIMIT, GENESIS, JournalFacts, Seal, Sealed, seal

_OLDEST_RUNNING: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"

_UNSEALED: Final = """
    SELECT j.journal_id FROM ledger_journal j
    WHERE j.journal_id > :settled AND NOT EXISTS (
        SELECT FROM ledger_seal s WHERE s.last_journal_id > :settled AND s.journals @> j.journal_id)
    ORDER BY j.journal_id LIMIT :limit
"""

_JOURNALS: Final = """
    SELECT j.journal_id, j.book, j.idempotency_key, j.request_hash, j.kind, j.business_date, j.value_date,
           j.voucher_month, j.voucher_number, j.reverses, j.narrative, j.source, j.posted_by, j.posted_at
    FROM ledger_journal j WHERE j.journal_id = ANY(:ids) ORDER BY j.journal_id
"""

_LINES: Final = """
    SELECT l.journal_id, l.line_no, a.code, a.branch, l.currency, l.amount_minor, l.reference
    FROM ledger_line l JOIN ledger_account a USING (account_id)
    WHERE l.journal_id = ANY(:ids) ORDER BY l.journal_id, l.line_no
"""

_ENTER: Final = """
    INSERT INTO ledger_seal (block_no, first_journal_id, last_journal_id, journal_count, journals, digests,
        previous_hash, hash, snapshot_xmax, settled_journal_id, sealed_at)
    SELECT :block_no, :first, :last, :count,
           (SELECT range_agg(int8range(id, id, '[]')) FROM unnest(CAST(:ids AS bigint[])) id),
           :digests, :previous, :hash,
           -- taken after the journals were looked for: who might still be under way then is below it
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
           greatest(:settled, CASE WHEN :full THEN least(:last, past.id) ELSE past.id END), clock_timestamp()
    FROM (SELECT coalesce(max(last_journal_id), 0) AS id FROM ledger_seal
          WHERE snapshot_xmax <= :oldest_running) past
"""

_SNAPSHOT: Final = """
    INSERT INTO ledger_snapshot (account_id, up_to_journal_id, balance_minor, line_count, taken_at)
    SELECT a.account_id, s.id, coalesce(b.balance_minor, 0) + m.amount, coalesce(b.line_count, 0) + m.lines,
           clock_timestamp()
    FROM ledger_account a
    CROSS JOIN (SELECT coalesce(max(settled_journal_id), 0) AS id FROM ledger_seal) s
    LEFT JOIN LATERAL (
        SELECT up_to_journal_id, balance_minor, line_count FROM ledger_snapshot
        WHERE account_id = a.account_id ORDER BY up_to_journal_id DESC LIMIT 1
    ) b ON true
    -- account by account, by the index of its lines: what a snapshot holds already is not read again
    CROSS JOIN LATERAL (
        SELECT sum(l.amount_minor) AS amount, count(*) AS lines FROM ledger_line l
        WHERE l.account_id = a.account_id AND l.journal_id > coalesce(b.up_to_journal_id, 0)
          AND l.journal_id <= s.id
    ) m
    WHERE m.lines >= greatest(:every, 1)
"""


def seal_journals(session: Session) -> Sealed:
    """Seal one block of what is committed and unsealed; no more than one process does so at a time."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('ledger-seal'))"))
    newest = session.execute(
        text("SELECT block_no, hash, settled_journal_id FROM ledger_seal ORDER BY block_no DESC LIMIT 1")
    ).one_or_none()
    block_no, previous, settled = (
        (newest.block_no, bytes(newest.hash), newest[2]) if newest else (0, GENESIS, 0)
    )
    oldest_running = session.execute(text(_OLDEST_RUNNING)).scalar_one()
    ids = list(session.execute(text(_UNSEALED), {"settled": settled, "limit": BLOCK_LIMIT}).scalars())
    if not ids:
        return Sealed(0, 0, previous.hex() if newest else "")
    sealed = seal(block_no + 1, previous, journal_facts(session, ids))
    _enter(session, block_no + 1, previous, sealed, ids, settled=settled, oldest_running=oldest_running)
    return Sealed(1, len(ids), sealed.hash.hex())


def journal_facts(session: Session, ids: Sequence[int]) -> list[JournalFacts]:
    """What is sealed of these journals, by id; those that are not there are left out."""
    lines: defaultdict[int, list[tuple[str | int, ...]]] = defaultdict(list)
    for journal_id, *line in session.execute(text(_LINES), {"ids": list(ids)}):
        lines[journal_id].append(tuple(line))
    facts = []
    for row in session.execute(text(_JOURNALS), {"ids": list(ids)}):
        voucher = voucher_name(row.voucher_month, row.voucher_number)
        head = (
            *(row.book, row.idempotency_key, bytes(row.request_hash).hex(), row.kind),
            *(row.business_date.isoformat(), row.value_date.isoformat(), voucher, row.reverses),
            *(row.narrative, row.source, row.posted_by, row.posted_at.astimezone(UTC).isoformat()),
        )
        facts.append(JournalFacts(row.journal_id, voucher, head, tuple(lines[row.journal_id])))
    return facts


def take_snapshots(session: Session, *, every: int) -> int:
    """Add up accounts that got so many settled lines since their last snapshot; says how many."""
    done = session.execute(text(_SNAPSHOT), {"every": every})
    taken: int = done.rowcount  # type: ignore[attr-defined]
    return taken


def _enter(
    session: Session,
    block_no: int,
    previous: bytes,
    sealed: Seal,
    ids: Sequence[int],
    *,
    settled: int,
    oldest_running: int,
) -> None:
    session.execute(
        text(_ENTER),
        {
            "block_no": block_no,
            "first": ids[0],
            "last": ids[-1],
            "count": len(ids),
            "ids": list(ids),
            "digests": sealed.digests,
            "previous": previous,
            "hash": sealed.hash,
            "settled": settled,
            "full": len(ids) >= BLOCK_LIMIT,
            "oldest_running": oldest_running,
        },
    )
