"""Bringing lists in: fetched by the robot, or uploaded, and read while more is being fetched."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Protocol

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey

from workflows.bill_monitoring.patience import BOOKS_RETRY, QUICK
from workflows.bill_monitoring.steps import DocumentDesk, ExchangeRobot, ScanBooks
from workflows.bill_monitoring.visits import Visits
from workflows.queues import Queue

with workflow.unsafe.imports_passed_through():
    from models.bill_monitoring.messages import (
        DocumentPart,
        FetchFiles,
        FetchTable,
        FindLists,
        ListRef,
        ReadDocument,
        ScanOpened,
        ScanOrder,
    )

_SCHEDULED_FOR = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")


class Advance(Protocol):
    """Told what has been done: counts by the names of `ScanProgress`."""

    def __call__(self, **steps: int) -> None: ...


class Gathering:
    """Brings the lists of one scan in.

    Args:
        order: what was ordered.
        opened: the scan and the parameters in force.
        visits: goes to the exchange's site.
        advance: told of progress.
    """

    def __init__(self, order: ScanOrder, opened: ScanOpened, visits: Visits, advance: Advance) -> None:
        self._order = order
        self._opened = opened
        self._visits = visits
        self._advance = advance
        self._reading: list[asyncio.Task[None]] = []

    async def find_lists(self) -> tuple[ListRef, ...]:
        """The lists that stand for the wanted date."""
        order = self._order
        if order.upload_id is not None:
            return await workflow.execute_activity_method(
                ScanBooks.find_uploaded_lists,
                order,
                start_to_close_timeout=QUICK,
                retry_policy=BOOKS_RETRY,
                summary="take the uploaded files as a list",
            )
        return await self._visits.run(
            ExchangeRobot.find_lists,
            lambda visit: FindLists(visit, order.list_date, order.force, _scheduled_for()),
            summary="look which lists are published",
        )

    async def fetch(self, listed: ListRef) -> None:
        """Fetch a list; each document is read as soon as it is here, while the robot goes on."""
        if self._order.upload_id is not None:
            documents = await workflow.execute_activity_method(
                ScanBooks.uploaded_documents,
                listed,
                start_to_close_timeout=QUICK,
                retry_policy=BOOKS_RETRY,
                summary="find the uploaded documents",
            )
            self._read_soon(documents)
            return
        size = self._opened.parameters.crawl.files_per_visit
        for start in range(0, len(listed.files), size):
            files = listed.files[start : start + size]
            fetched = await self._visits.run(
                ExchangeRobot.fetch_files,
                lambda visit, files=files: FetchFiles(visit, listed.list_id, files),  # type: ignore[misc]
                summary=f"fetch files {start + 1}-{start + len(files)} of {len(listed.files)}",
            )
            self._advance(files_fetched=len(files))
            self._read_soon(fetched.documents)
        if listed.table_pages:
            fetched = await self._visits.run(
                ExchangeRobot.fetch_table,
                lambda visit: FetchTable(visit, listed),
                summary=f"walk {listed.table_pages} pages of the on-line table",
            )
            self._advance(pages=fetched.pages, rows=fetched.rows)
            self._read_soon(fetched.documents)

    def _read_soon(self, documents: tuple[DocumentPart, ...]) -> None:
        self._advance(documents=len(documents))
        self._reading.extend(asyncio.create_task(self._read(document)) for document in documents)

    async def _read(self, document: DocumentPart) -> None:
        read = await workflow.execute_activity_method(
            DocumentDesk.read_document,
            ReadDocument(self._opened.scan_id, document, self._opened.parameters),
            task_queue=Queue.OCR,
            start_to_close_timeout=timedelta(minutes=30),
            heartbeat_timeout=QUICK,
            retry_policy=RetryPolicy(maximum_attempts=5, non_retryable_error_types=["InvalidInputError"]),
            summary=f"read {document.filename} ({document.part})"[:200],
        )
        self._advance(
            documents_read=1, rows=read.rows, doubtful=read.doubtful, unreadable=1 if read.problem else 0
        )

    async def everything_read(self) -> None:
        """Wait for the documents that are still being read."""
        await asyncio.gather(*self._reading)


def _scheduled_for() -> datetime | None:
    """The time that a schedule started this for: a missed one, when it is made up for."""
    return workflow.info().typed_search_attributes.get(_SCHEDULED_FOR)
