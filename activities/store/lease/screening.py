"""Outside answers and screenings in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store import documents
from activities.store.bill_monitoring.readings import acceptor_key
from activities.store.tables.lease_documents import LeaseFaceCheckRow
from activities.store.tables.screening import LeaseScreeningRow, OutsideAnswerRow
from models.errors import InvalidInputError
from models.lease.parties import Party
from models.lease.screening.facts import BillFacts, Facts
from models.lease.screening.judging import Decision
from models.lease.screening.messages import Advice, Reason, ScreenApplication, Screened
from models.lease.screening.outside import CreditReport, FraudSigns, Source

_FINDINGS: Final[Mapping[Source, TypeAdapter[Any]]] = {
    Source.BUREAU: TypeAdapter(CreditReport),
    Source.ANTI_FRAUD: TypeAdapter(FraudSigns),
}
_FACTS = TypeAdapter(Facts)
_TRACE = TypeAdapter(dict[str, Any])
_REASONS = TypeAdapter(tuple[Reason, ...])

_YEARS_BACK: Final = 2

_OVERDUE = text(
    """
    SELECT
        EXISTS (SELECT FROM overdue_list WHERE scanned_by IS NOT NULL),
        coalesce((SELECT max(months) FROM (
            SELECT count(DISTINCT date_trunc('month', record.list_date)) AS months
            FROM overdue_record record JOIN overdue_list list USING (list_id)
            WHERE list.scanned_by IS NOT NULL AND record.list_date > :since
              AND record.acceptor_key = ANY (CAST(:keys AS text[]))
            GROUP BY record.acceptor_key
        ) AS each), 0),
        coalesce((SELECT max(balance) FROM (
            SELECT DISTINCT ON (record.acceptor_key) record.overdue_balance_minor AS balance
            FROM overdue_record record JOIN overdue_list list USING (list_id)
            WHERE list.scanned_by IS NOT NULL AND record.list_date > :since
              AND record.acceptor_key = ANY (CAST(:keys AS text[]))
            ORDER BY record.acceptor_key, record.list_date DESC, list.sequence DESC
        ) AS latest), 0)
    """
)


@dataclass(frozen=True, slots=True)
class KeptScreening:
    """A screening as it is kept."""

    application_id: str
    round: int
    version: int
    facts: Facts
    screened: Screened
    points: int
    tables: str
    parameters_version: int
    at: datetime


# ------------------------------------------------------------ outside answers


def answers(session: Session, ask: ScreenApplication) -> list[OutsideAnswerRow]:
    """What was heard for a version and round."""
    rows = session.execute(
        select(OutsideAnswerRow)
        .where(
            col(OutsideAnswerRow.application_id) == ask.application_id,
            col(OutsideAnswerRow.version) == ask.version,
            col(OutsideAnswerRow.round) == ask.round,
        )
        .order_by(col(OutsideAnswerRow.source), col(OutsideAnswerRow.party))
    )
    return list(rows.scalars())


def recent_reports(session: Session, application_id: str, *, since: datetime) -> list[OutsideAnswerRow]:
    """The newest good bureau answer about each party of an application, not older than an instant."""
    rows = session.execute(
        select(OutsideAnswerRow)
        .where(
            col(OutsideAnswerRow.application_id) == application_id,
            col(OutsideAnswerRow.source) == Source.BUREAU,
            col(OutsideAnswerRow.asked_at) > since,
            col(OutsideAnswerRow.sha256).is_not(None),
        )
        .order_by(col(OutsideAnswerRow.asked_at))
    )
    return list({row.party: row for row in rows.scalars()}.values())


def keep_answers(session: Session, rows: Sequence[OutsideAnswerRow]) -> bool:
    """Keep answers; what is kept under the same key already stays. Says whether all of them were new."""
    if not rows:
        return True
    kept = session.execute(
        insert(OutsideAnswerRow)
        .values([row.model_dump() for row in rows])
        .on_conflict_do_nothing()
        .returning(col(OutsideAnswerRow.party))
    )
    return len(kept.all()) == len(rows)


def findings_as_data(source: Source, findings: CreditReport | FraudSigns) -> dict[str, Any]:
    """Findings as plain data, for the database."""
    data: dict[str, Any] = _FINDINGS[source].dump_python(findings, mode="json")
    return data


def reports(rows: Sequence[OutsideAnswerRow], parties: Sequence[str]) -> list[CreditReport | None]:
    """What the bureau said of each party; None where it said nothing."""
    return _findings(rows, Source.BUREAU, parties)


def fraud_signs(rows: Sequence[OutsideAnswerRow], parties: Sequence[str]) -> list[FraudSigns | None]:
    """What anti-fraud data say of each party; None where they say nothing."""
    return _findings(rows, Source.ANTI_FRAUD, parties)


# ------------------------------------------------------------ the house's own knowledge


def overdue_acceptances(session: Session, organisations: Sequence[Party], *, today: date) -> BillFacts:
    """What scanned lists of overdue acceptors say of organisations, in two years.

    Lists print some acceptors without a valid code: those are found by their name. Unknown where
    organisations take part and no list was ever scanned.
    """
    if not organisations:
        return BillFacts(months=0, balance=0)
    since = today - timedelta(days=_YEARS_BACK * 365)
    keys = [acceptor_key(each.name, uscc) for each in organisations for uscc in (each.identifier, None)]
    read, months, balance = session.execute(_OVERDUE, {"keys": keys, "since": since}).one()
    return BillFacts(months=int(months), balance=-(-int(balance) // 100)) if read else BillFacts()


def face_checks(session: Session, application_id: str) -> list[LeaseFaceCheckRow]:
    """Comparisons of faces, the newest of each party last."""
    rows = session.execute(
        select(LeaseFaceCheckRow)
        .where(col(LeaseFaceCheckRow.application_id) == application_id)
        .order_by(col(LeaseFaceCheckRow.check_id))
    )
    return list(rows.scalars())


# ------------------------------------------------------------ screenings


def find(session: Session, application_id: str, round_: int, version: int) -> Screened | None:
    """The kept result of a version and round, if there is one."""
    row = session.get(LeaseScreeningRow, (application_id, round_, version))
    return None if row is None else _screened(row)


def latest(session: Session, application_id: str, round_: int | None = None) -> KeptScreening:
    """The newest screening of an application, or of one of its rounds.

    Raises:
        InvalidInputError: it was not screened yet, or not in that round.
    """
    query = (
        select(LeaseScreeningRow)
        .where(col(LeaseScreeningRow.application_id) == application_id)
        .order_by(col(LeaseScreeningRow.round).desc(), col(LeaseScreeningRow.version).desc())
        .limit(1)
    )
    if round_ is not None:
        query = query.where(col(LeaseScreeningRow.round) == round_)
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        within = f" in round {round_}" if round_ is not None else ""
        raise InvalidInputError(
            f"application {application_id!r} was not screened{within}",
            remedy="See leaseflow lease show for where it stands",
        )
    return _kept(row)


def keep(
    session: Session,
    ask: ScreenApplication,
    facts: Facts,
    decision: Decision,
    *,
    tables: str,
    parameters_version: int,
) -> Screened:
    """Keep a screening with its trace."""
    trace = {
        "application": ask.application_id,
        "version": ask.version,
        "round": ask.round,
        "at": ask.at,
        "parameters": {"set": "screening", "version": parameters_version, "tables": tables},
        "facts": facts,
        "decision": decision,
    }
    sha256 = documents.keep(session, _TRACE.dump_json(trace), media_type="application/json")
    session.execute(
        insert(LeaseScreeningRow).values(
            application_id=ask.application_id,
            round=ask.round,
            version=ask.version,
            advice=decision.advice.value,
            grade=decision.grade,
            points=decision.points,
            reasons=_REASONS.dump_python(decision.reasons, mode="json"),
            facts=facts.as_data(),
            tables=tables,
            parameters_version=parameters_version,
            trace_sha256=sha256,
            screened_at=ask.at,
        )
    )
    return Screened(decision.advice, decision.grade, decision.reasons, sha256)


def trace_of(session: Session, sha256: str) -> dict[str, Any]:
    """A kept trace as plain data."""
    return _TRACE.validate_json(documents.fetch(session, sha256).content)


def past(session: Session, *, since: datetime, limit: int = 20_000) -> list[KeptScreening]:
    """The newest screening of each round since an instant, oldest first."""
    rows = session.execute(
        select(LeaseScreeningRow)
        .where(col(LeaseScreeningRow.screened_at) >= since)
        .order_by(col(LeaseScreeningRow.screened_at).desc(), col(LeaseScreeningRow.version).desc())
        .limit(limit)
    )
    newest: dict[tuple[str, int], LeaseScreeningRow] = {}
    for row in rows.scalars():
        newest.setdefault((row.application_id, row.round), row)
    return [_kept(row) for row in reversed(newest.values())]


def _kept(row: LeaseScreeningRow) -> KeptScreening:
    return KeptScreening(
        application_id=row.application_id,
        round=row.round,
        version=row.version,
        facts=_FACTS.validate_python(row.facts),
        screened=_screened(row),
        points=row.points,
        tables=row.tables,
        parameters_version=row.parameters_version,
        at=row.screened_at,
    )


def _screened(row: LeaseScreeningRow) -> Screened:
    return Screened(Advice(row.advice), row.grade, _REASONS.validate_python(row.reasons), row.trace_sha256)


def _findings(rows: Sequence[OutsideAnswerRow], source: Source, parties: Sequence[str]) -> list[Any]:
    said = {row.party: row.findings for row in rows if row.source == source}
    read = _FINDINGS[source].validate_python
    return [read(found) if (found := said.get(party)) is not None else None for party in parties]
