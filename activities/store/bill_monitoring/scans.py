"""Scans, uploads and reports."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from activities.store.tables.bills import ListRow, ReportRow, ScanNoteRow, ScanRow, UploadRow
from models.bill_monitoring.messages import ReportWritten, ScanOrder, ScanOutcome, ScanState
from models.errors import InvalidInputError


def enter_scan(
    session: Session,
    order: ScanOrder,
    *,
    scan_id: str,
    run_id: str,
    parameters_version: int,
    at: dt.datetime,
) -> None:
    """Enter a scan; entering the same run again changes nothing."""
    session.execute(
        insert(ScanRow)
        .values(
            scan_id=scan_id,
            run_id=run_id,
            source=order.source,
            upload_id=order.upload_id,
            wanted_list_date=order.list_date,
            state=ScanState.CRAWLING,
            ordered_by=order.ordered_by.username,
            parameters_version=parameters_version,
            started_at=at,
        )
        .on_conflict_do_nothing()
    )


def close_scan(session: Session, outcome: ScanOutcome, *, at: dt.datetime) -> None:
    """Enter the outcome; its lists become what later lists are compared with."""
    body: dict[str, Any] = {
        "records": outcome.records,
        "findings": asdict(outcome.findings),
        "report_id": outcome.report_id,
    }
    session.execute(
        update(ScanRow)
        .where(col(ScanRow.scan_id) == outcome.scan_id)
        .values(state=outcome.state, list_date=outcome.list_date, ended_at=at, outcome=body)
    )
    session.execute(
        update(ListRow).where(col(ListRow.list_id).in_(outcome.list_ids)).values(scanned_by=outcome.scan_id)
    )


def scans(session: Session, *, limit: int) -> list[ScanRow]:
    query = select(ScanRow).order_by(col(ScanRow.started_at).desc()).limit(limit)
    return list(session.execute(query).scalars())


def note(session: Session, scan_id: str, sentence: str, screenshot: str | None) -> None:
    """Enter something that the scan met and people should know."""
    session.add(
        ScanNoteRow(
            scan_id=scan_id, sentence=sentence, screenshot_sha256=screenshot, noted_at=dt.datetime.now(dt.UTC)
        )
    )


def notes(session: Session, scan_id: str) -> list[ScanNoteRow]:
    query = select(ScanNoteRow).where(col(ScanNoteRow.scan_id) == scan_id).order_by(col(ScanNoteRow.note_id))
    return list(session.execute(query).scalars())


def enter_upload(session: Session, upload: UploadRow) -> None:
    session.execute(insert(UploadRow).values(upload.model_dump()).on_conflict_do_nothing())


def find_upload(session: Session, upload_id: str) -> UploadRow:
    """An upload.

    Raises:
        InvalidInputError: there is none of that id.
    """
    row = session.get(UploadRow, upload_id)
    if row is None:
        raise InvalidInputError(f"no upload {upload_id!r}", remedy="Bring files with leaseflow bills upload")
    return row


def enter_report(
    session: Session, written: ReportWritten, *, scan_id: str, list_date: dt.date, at: dt.datetime
) -> None:
    """Archive a report; writing the same scan's report again replaces the reference, not the documents."""
    values = {
        "scan_id": scan_id,
        "list_date": list_date,
        "html_sha256": written.html,
        "pdf_sha256": written.pdf,
        "xlsx_sha256": written.xlsx,
        "written_at": at,
    }
    session.execute(
        insert(ReportRow)
        .values(report_id=written.report_id, **values)
        .on_conflict_do_update(index_elements=["report_id"], set_=values)
    )


def reports(session: Session, *, list_date: dt.date | None = None) -> list[ReportRow]:
    """Archived reports, newest first."""
    query = select(ReportRow).order_by(col(ReportRow.list_date).desc(), col(ReportRow.written_at).desc())
    if list_date is not None:
        query = query.where(col(ReportRow.list_date) == list_date)
    return list(session.execute(query).scalars())
