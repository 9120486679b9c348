"""The scan's entries in the database, and what people's decisions lead to."""

from __future__ import annotations

from datetime import UTC, datetime

from temporalio import activity

from activities.bill_monitoring.settling import Settlement
from activities.store import parameters as parameter_store
from activities.store import people
from activities.store.bill_monitoring import findings, lists, reviews, scans
from activities.store.database import Database
from activities.store.tables.bills import ListPartRow, ListRow
from models.bill_monitoring.messages import (
    DocumentPart,
    ListRef,
    RecordAcknowledgement,
    ReviewResolution,
    ReviewResolved,
    ReviewRound,
    ScanOpened,
    ScanOrder,
    ScanOutcome,
    WarningFindings,
    WarningRound,
)
from models.bill_monitoring.rules import Change
from models.parameters.registry import BILL_MONITORING
from workflows.bill_monitoring.steps import ScanBooks


class PostgresScanBooks(ScanBooks):
    """Books in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="bills.open_scan")
    def open_scan(self, order: ScanOrder) -> ScanOpened:
        info = activity.info()
        run_id, started = info.workflow_run_id or "", info.started_time
        # the end of a run id is random, its beginning is the time
        scan_id = f"{started:%Y%m%d}-{run_id[-8:]}"
        with self._database.transaction() as session:
            parameters = parameter_store.in_force(session, BILL_MONITORING, started)
            scans.enter_scan(
                session,
                order,
                scan_id=scan_id,
                run_id=run_id,
                parameters_version=parameters.version,
                at=started,
            )
        return ScanOpened(scan_id, parameters.value, parameters.version)

    @activity.defn(name="bills.find_uploaded_lists")
    def find_uploaded_lists(self, order: ScanOrder) -> tuple[ListRef, ...]:
        with self._database.transaction() as session:
            upload = scans.find_upload(session, order.upload_id or "")
            list_id = f"upload-{upload.upload_id}"
            if lists.scanned_lists(session, [list_id]) and not order.force:
                return ()
            row = ListRow(
                list_id=list_id,
                source="upload",
                title=f"{len(upload.files)} files uploaded by {upload.uploaded_by}",
                list_date=upload.list_date,
                published_at=upload.uploaded_at,
                table_pages=0,
            )
            lists.enter_list(session, row)
            session.flush()
            for number, file in enumerate(upload.files, start=1):
                lists.keep_part(
                    session,
                    ListPartRow(
                        list_id=list_id,
                        part=f"file-{number:04d}",
                        kind="file",
                        filename=file["filename"],
                        sha256=file["sha256"],
                        fetched_at=upload.uploaded_at,
                    ),
                )
        return (ListRef(list_id, row.title, row.list_date, table_pages=0, files=()),)

    @activity.defn(name="bills.uploaded_documents")
    def uploaded_documents(self, listed: ListRef) -> tuple[DocumentPart, ...]:
        with self._database.transaction() as session:
            return lists.unread_documents(session, listed.list_id)

    @activity.defn(name="bills.close_scan")
    def close_scan(self, outcome: ScanOutcome) -> None:
        with self._database.transaction() as session:
            scans.close_scan(session, outcome, at=datetime.now(UTC))

    @activity.defn(name="bills.open_review_items")
    def open_review_items(self, round_: ReviewRound) -> tuple[str, ...]:
        with self._database.transaction() as session:
            return reviews.open_items(session, round_.scan_id)

    @activity.defn(name="bills.settle_review_item")
    def settle_review_item(self, resolution: ReviewResolution) -> ReviewResolved:
        with self._database.transaction() as session:
            return Settlement(session, resolution, at=datetime.now(UTC)).settle()

    @activity.defn(name="bills.load_warning")
    def load_warning(self, round_: WarningRound) -> WarningFindings:
        with self._database.transaction() as session:
            if round_.finding_ids:
                rows = findings.findings_by_id(session, round_.finding_ids)
            else:
                rows = findings.findings_of_scan(session, round_.scan_id)
            due = tuple(
                row.finding_id
                for row in rows
                if row.officer == round_.officer
                and row.acknowledged_by is None
                and (row.change != Change.UNCHANGED or round_.parameters.warning.unchanged)
            )
            return WarningFindings(due, people.chain_of_managers(session, round_.officer))

    @activity.defn(name="bills.record_acknowledgement")
    def record_acknowledgement(self, entry: RecordAcknowledgement) -> None:
        with self._database.transaction() as session:
            findings.acknowledge(
                session, entry.finding_ids, by=entry.actor.username, note=entry.note, at=entry.at
            )
