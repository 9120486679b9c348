"""The evidence room: everything fetched from the exchange, and how far the robot has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from activities.ports.bill_source import (
    AcceptorAmounts,
    Announcement,
    Attachment,
    LayoutChangedError,
    ListPage,
    SourceUnavailableError,
)
from activities.store import documents, sessions
from activities.store.bill_monitoring import lists, scans
from activities.store.bill_monitoring.readings import minor, record_row
from activities.store.database import Database
from activities.store.tables.bills import ListPartRow, ListRow
from models.bill_monitoring.messages import DocumentPart, Fetched, FileRef, ListRef
from models.bill_monitoring.reading import ReadRecord
from models.identifiers import is_valid_uscc

_PAGE = "page-"


@dataclass(frozen=True, slots=True)
class EvidenceRoom:
    """Keeps pages and files of lists, content-addressed, each in its own transaction.

    What is kept is never fetched again: a robot that died goes on behind the last kept page.
    """

    database: Database

    # ------------------------------------------------------------ lists

    def enter_lists(self, found: Sequence[Announcement], *, again: bool) -> tuple[ListRef, ...]:
        """Enter the lists that stand for one date; none, when all of them were scanned (unless ``again``).

        A date's list often comes in several announcements, and some are corrected later: all that
        stand are given, because who is on none of them has cleared.
        """
        refs = {_list_id(announcement): _reference(announcement) for announcement in found}
        with self.database.transaction() as session:
            for announcement in found:
                lists.enter_list(session, _row(announcement))
            scanned = lists.scanned_lists(session, refs)
        if scanned >= refs.keys() and not again:
            return ()
        return tuple(replace(ref, scanned=list_id in scanned) for list_id, ref in refs.items())

    def announcement(self, listed: ListRef) -> Announcement:
        """The announcement behind a list, as the source knows it."""
        return Announcement(
            announcement_id=listed.list_id.removeprefix("exchange-"),
            title=listed.title,
            list_date=listed.list_date,
            published_at=datetime.now(UTC),
            corrects=None,
            table_pages=listed.table_pages,
            attachments=tuple(
                Attachment(file.attachment_id, file.filename, file.media_type) for file in listed.files
            ),
        )

    # ------------------------------------------------------------ parts

    def kept(self, list_id: str) -> frozenset[str]:
        with self.database.transaction() as session:
            return frozenset(lists.kept_parts(session, list_id))

    def unread(self, list_id: str, parts: set[str]) -> tuple[DocumentPart, ...]:
        with self.database.transaction() as session:
            waiting = lists.unread_documents(session, list_id)
        return tuple(document for document in waiting if document.part in parts)

    def next_page(self, list_id: str, *, hint: int) -> int:
        """The first table page that is not kept: the page of the last heartbeat, if it was kept, plus one."""
        kept = self.kept(list_id)
        page = hint + 1 if f"{_PAGE}{hint:05d}" in kept else 1
        while f"{_PAGE}{page:05d}" in kept:
            page += 1
        return page

    def keep_file(self, list_id: str, file: FileRef, content: bytes) -> None:
        with self.database.transaction() as session:
            sha256 = documents.keep(session, content, media_type=file.media_type)
            lists.keep_part(session, _part(list_id, file.part, "file", file.filename, sha256))

    def keep_page(self, listed: ListRef, page: ListPage, *, origin: str) -> None:
        """Keep a table page as it came, together with its rows; a picture is left to the reading desk."""
        part = f"{_PAGE}{page.page:05d}"
        kind = "picture" if page.rows is None else "page"
        filename = f"{part}.{page.media_type.rpartition('/')[2]}"
        with self.database.transaction() as session:
            sha256 = documents.keep(session, page.evidence, media_type=page.media_type)
            entry = _part(listed.list_id, part, kind, filename, sha256)
            entry.page_no = page.page
            entry.rows = None if page.rows is None else len(page.rows)
            lists.keep_part(session, entry)
            rows = [
                record_row(
                    ReadRecord(
                        name=row.name,
                        uscc=row.uscc,
                        overdue_balance=row.overdue_balance,
                        cumulative_overdue=row.cumulative_overdue,
                        date=listed.list_date,
                    ),
                    list_id=listed.list_id,
                    list_date=listed.list_date,
                    part=part,
                    row_no=number,
                    origin=f"site:{origin}",
                )
                for number, row in enumerate(page.rows or (), start=1)
            ]
            lists.enter_records(session, rows)

    def table_fetched(self, list_id: str) -> Fetched:
        """What the table of a list has brought altogether."""
        with self.database.transaction() as session:
            pages = [
                row for part, row in lists.kept_parts(session, list_id).items() if part.startswith(_PAGE)
            ]
        pictures = tuple(
            DocumentPart(row.list_id, row.part, row.sha256, row.filename) for row in pages if row.rows is None
        )
        return Fetched(pictures, pages=len(pages), rows=sum(row.rows or 0 for row in pages))

    # ------------------------------------------------------------ amounts

    def codes_without_amounts(self, record_ids: Sequence[str]) -> list[tuple[str, str]]:
        with self.database.transaction() as session:
            rows = lists.records_by_id(session, record_ids)
        return [
            (row.record_id, row.uscc)
            for row in rows
            if row.uscc and row.overdue_balance_minor is None and is_valid_uscc(row.uscc)
        ]

    def keep_amounts(self, record_id: str, amounts: AcceptorAmounts) -> None:
        with self.database.transaction() as session:
            (record,) = lists.records_by_id(session, [record_id])
            sha256 = documents.keep(session, amounts.evidence, media_type=amounts.media_type)
            part = _part(record.list_id, f"amounts-{amounts.uscc}", "page", f"{amounts.uscc}.json", sha256)
            part.rows = 1
            lists.keep_part(session, part)
            record.overdue_balance_minor = minor(amounts.overdue_balance)
            record.cumulative_overdue_minor = minor(amounts.cumulative_overdue)
            record.as_of = amounts.as_of
            session.add(record)

    # ------------------------------------------------------------ sessions and failures

    def keep(self, content: bytes, *, media_type: str) -> str:
        with self.database.transaction() as session:
            return documents.keep(session, content, media_type=media_type)

    def keep_failure(self, scan_id: str, error: LayoutChangedError | SourceUnavailableError) -> None:
        """Keep the screenshot of a page that is not what it was, or that did not come."""
        if error.screenshot is None:
            return
        sha256 = self.keep(error.screenshot, media_type="image/png")
        with self.database.transaction() as session:
            scans.note(session, scan_id, error.message, sha256)

    def saved_session(self, site: str, username: str) -> bytes | None:
        with self.database.transaction() as session:
            return sessions.saved_session(session, site=site, username=username)

    def save_session(self, site: str, username: str, state: bytes) -> None:
        with self.database.transaction() as session:
            sessions.save_session(session, site=site, username=username, state=state)

    def forget_session(self, site: str, username: str) -> None:
        self.save_session(site, username, b"")


def _list_id(announcement: Announcement) -> str:
    return f"exchange-{announcement.announcement_id}"


def _reference(announcement: Announcement) -> ListRef:
    files = tuple(
        FileRef(f"file-{file.attachment_id}", file.attachment_id, file.filename, file.media_type)
        for file in announcement.attachments
    )
    return ListRef(
        list_id=_list_id(announcement),
        title=announcement.title,
        list_date=announcement.list_date,
        table_pages=announcement.table_pages,
        files=files,
        corrects=announcement.corrects,
    )


def _row(announcement: Announcement) -> ListRow:
    return ListRow(
        list_id=_list_id(announcement),
        source="exchange",
        title=announcement.title,
        list_date=announcement.list_date,
        published_at=announcement.published_at,
        corrects=f"exchange-{announcement.corrects}" if announcement.corrects else None,
        table_pages=announcement.table_pages,
    )


def _part(list_id: str, part: str, kind: str, filename: str, sha256: str) -> ListPartRow:
    return ListPartRow(
        list_id=list_id,
        part=part,
        kind=kind,
        filename=filename,
        sha256=sha256,
        fetched_at=datetime.now(UTC),
    )
