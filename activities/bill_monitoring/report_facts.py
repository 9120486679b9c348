"""From the books to the report's model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from activities.store.bill_monitoring import findings, lists, report_facts, reviews, scans
from activities.store.bill_monitoring.readings import money
from activities.store.tables.bills import FindingRow, ScanRow
from activities.templates.catalogue import Catalogue
from activities.templates.reasons import reason_in
from models.bill_monitoring.matching.results import Relation
from models.bill_monitoring.messages import ScanStep
from models.bill_monitoring.report import (
    DocumentRemark,
    OpenDoubt,
    ReportFinding,
    RiskReport,
    TrendPoint,
    in_order,
    lists_in_a_row,
    total,
    trend,
)
from models.bill_monitoring.rules import Change, Grade
from models.money import Money

_DOUBTS_SHOWN = 50


def gather(session: Session, step: ScanStep, texts: Catalogue) -> RiskReport:
    """Everything the report says about a scan, as the books stand now."""
    rows = findings.findings_of_scan(session, step.scan_id)
    listed = described(session, rows, texts, _in_a_row(session, rows, step))
    open_items = reviews.items(session, scan_id=step.scan_id, limit=_DOUBTS_SHOWN)
    return RiskReport(
        report_id=f"report-{step.scan_id}",
        scan_id=step.scan_id,
        list_date=step.list_date,
        list_titles=report_facts.list_titles(session, step.list_ids),
        compared_with=_compared_with(session, step, texts),
        scanned_at=session.get_one(ScanRow, step.scan_id).started_at,
        records=report_facts.record_count(session, step.list_ids),
        review_items=len(reviews.open_items(session, step.scan_id)),
        findings=listed,
        trend=_trend(session, step, listed),
        documents=tuple(
            DocumentRemark(
                part.list_id,
                part.filename,
                reason_in(texts.language, part.problem or ""),
                read=bool(part.rows),
            )
            for part in lists.problems(session, step.list_ids)
        ),
        doubts=tuple(
            OpenDoubt(item.item_id, record.name, record.uscc, reason_in(texts.language, item.question))
            for item, record, _match in open_items
        ),
        notes=tuple(reason_in(texts.language, note.sentence) for note in scans.notes(session, step.scan_id)),
    )


def described(
    session: Session, rows: Sequence[FindingRow], texts: Catalogue, in_a_row: Mapping[str, int] | None = None
) -> tuple[ReportFinding, ...]:
    """Findings with the names that readers want beside them, gravest first.

    Args:
        session: the transaction.
        rows: findings.
        texts: language of what the engine itself says about them.
        in_a_row: consecutive lists by acceptor key, where they are told.
    """
    customers = report_facts.customer_names(session, [row.customer_id for row in rows])
    staff = report_facts.staff_names(session)
    counts = in_a_row or {}
    return in_order(
        _finding(row, customers=customers, staff=staff, in_a_row=counts.get(row.acceptor_key, 0), texts=texts)
        for row in rows
    )


def _in_a_row(session: Session, rows: Sequence[FindingRow], step: ScanStep) -> dict[str, int]:
    dates = report_facts.processed_dates(session, step.list_ids, newest=step.list_date)
    keys = [row.acceptor_key for row in rows]
    seen = report_facts.appearances(session, keys, step.list_ids, newest=step.list_date)
    return {key: lists_in_a_row(appearances, dates) for key, appearances in seen.items()}


def _finding(
    row: FindingRow,
    *,
    customers: Mapping[str, str],
    staff: Mapping[str, str],
    in_a_row: int,
    texts: Catalogue,
) -> ReportFinding:
    change = Change(row.change)
    cleared = change is Change.CLEARED
    return ReportFinding(
        finding_id=row.finding_id,
        customer_id=row.customer_id,
        customer_name=customers.get(row.customer_id, row.customer_id),
        acceptor_name=row.acceptor_name,
        relation=Relation(row.relation),
        change=change,
        grade=Grade(row.grade),
        overdue_balance=money(row.overdue_balance_minor),
        previous_balance=money(row.previous_balance_minor),
        cumulative_overdue=money(row.cumulative_overdue_minor),
        exposure=money(row.exposure_minor),
        officer=row.officer,
        officer_name=staff.get(row.officer, row.officer),
        reason=(
            texts.text("report.cleared_reason", date=row.list_date)
            if cleared
            else reason_in(texts.language, row.reason)
        ),
        lists_in_a_row=0 if cleared else in_a_row,
    )


def _compared_with(session: Session, step: ScanStep, texts: Catalogue) -> str:
    if report_facts.earlier_scan_of(session, step.list_ids, scan_id=step.scan_id):
        return texts.text("report.compared_rescan")
    dates = report_facts.list_dates(session, lists.list_before(session, step.list_ids))
    return texts.text("report.compared_list", date=dates[0]) if dates else ""


def _trend(session: Session, step: ScanStep, listed: Sequence[ReportFinding]) -> tuple[TrendPoint, ...]:
    current = [finding for finding in listed if finding.listed]
    now = TrendPoint(
        step.list_date,
        len({finding.customer_id for finding in current}),
        total(finding.overdue_balance for finding in current),
    )
    earlier = report_facts.earlier_totals(session, before=step.list_date)
    points = {
        past.list_date: TrendPoint(past.list_date, past.customers, Money(past.overdue_minor))
        for past in earlier
    }
    return trend(points, now)
