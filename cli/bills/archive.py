"""What is kept: lists, scans, an acceptor's history, reports."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from activities.store import documents
from activities.store.bill_monitoring import lists as list_store
from activities.store.bill_monitoring import scans as scan_store
from activities.store.bill_monitoring.readings import money
from activities.store.tables.bills import RecordRow
from cli.house import reading
from cli.output import Json, done, print_json, print_table
from models.errors import InvalidInputError, RefusedByRuleError


class ReportForm(StrEnum):
    """Forms in which a report is archived."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"


def history(
    acceptor: Annotated[str, typer.Argument(help="A unified social credit code, or part of a name.")],
    as_json: Json = False,
) -> None:
    """Every appearance of an acceptor on the lists, newest first.

    Example: leaseflow bills history 91310000MA1FL3FT0C
    """
    is_code = len(acceptor) == 18 and acceptor.isalnum()  # noqa: PLR2004 - length of a USCC
    with reading() as session:
        rows = list_store.acceptor_history(
            session, acceptor_key=acceptor.upper() if is_code else None, name=None if is_code else acceptor
        )
    if as_json:
        print_json([_record_json(row) for row in rows])
        return
    print_table(
        ("list", "acceptor", "code", "overdue balance", "cumulative", "read from"),
        [
            (
                row.list_date,
                row.name,
                row.uscc,
                _yuan(row.overdue_balance_minor),
                _yuan(row.cumulative_overdue_minor),
                row.origin,
            )
            for row in rows
        ],
        right=["overdue balance", "cumulative"],
        empty=f"{acceptor} is on no list that was scanned",
    )


def lists(as_json: Json = False) -> None:
    """Lists that the house knows of, newest first.

    Example: leaseflow bills lists
    """
    with reading() as session:
        rows = list_store.lists(session)
    if as_json:
        print_json([{**row.model_dump(), "records": count} for row, count in rows])
        return
    print_table(
        ("list date", "list", "title", "records", "scanned by", "corrects"),
        [
            (row.list_date, row.list_id, row.title, count, row.scanned_by or "-", row.corrects)
            for row, count in rows
        ],
        right=["records"],
        empty="no list is known yet; run leaseflow bills scan",
    )


def scans(
    limit: Annotated[int, typer.Option(min=1)] = 20,
    as_json: Json = False,
) -> None:
    """Scans and how they ended, newest first.

    Example: leaseflow bills scans --limit 5
    """
    with reading() as session:
        rows = scan_store.scans(session, limit=limit)
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("scan", "list date", "state", "ordered by", "started", "seconds"),
        [
            (
                row.scan_id,
                row.list_date,
                row.state,
                row.ordered_by,
                f"{row.started_at:%Y-%m-%d %H:%M}",
                f"{(row.ended_at - row.started_at).total_seconds():.0f}" if row.ended_at else "-",
            )
            for row in rows
        ],
        right=["seconds"],
        empty="no scan yet",
    )


def report(
    list_date: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="Of which list; the newest otherwise."),
    ] = None,
    form: Annotated[ReportForm, typer.Option("--format", help="Which form to write.")] = ReportForm.HTML,
    out: Annotated[Path | None, typer.Option("--out", help="Write it here.")] = None,
    list_all: Annotated[bool, typer.Option("--list", help="List the archive instead.")] = False,
    as_json: Json = False,
) -> None:
    """Get a risk report from the archive.

    Example: leaseflow bills report --date 2026-10-31 --format pdf --out report.pdf
    """
    with reading() as session:
        rows = scan_store.reports(session, list_date=list_date.date() if list_date else None)
        if list_all:
            _list_reports(rows, as_json=as_json)
            return
        if not rows:
            raise RefusedByRuleError(
                "no report is archived for that date", remedy="See leaseflow bills report --list"
            )
        newest = rows[0]
        sha256 = {"html": newest.html_sha256, "pdf": newest.pdf_sha256, "xlsx": newest.xlsx_sha256}[form]
        if sha256 is None:
            raise InvalidInputError(
                f"{newest.report_id} has no {form} (no browser was at hand)", remedy="Take --format html"
            )
        target = out or Path(f"overdue-bills-{newest.list_date}.{form}")
        target.write_bytes(documents.fetch(session, sha256).content)
    if as_json:
        print_json({"report_id": newest.report_id, "list_date": newest.list_date, "path": target.absolute()})
    else:
        done(f"{newest.report_id} written to {target}")


def _list_reports(rows: list[Any], *, as_json: bool) -> None:
    if as_json:
        print_json([row.model_dump() for row in rows])
        return
    print_table(
        ("list date", "report", "written"),
        [(row.list_date, row.report_id, f"{row.written_at:%Y-%m-%d %H:%M}") for row in rows],
        empty="no report yet",
    )


def _record_json(row: RecordRow) -> dict[str, Any]:
    overdue, cumulative = money(row.overdue_balance_minor), money(row.cumulative_overdue_minor)
    return {
        "list_date": row.list_date,
        "list_id": row.list_id,
        "name": row.name,
        "uscc": row.uscc,
        "overdue_balance": str(overdue) if overdue is not None else None,
        "cumulative_overdue": str(cumulative) if cumulative is not None else None,
        "origin": row.origin,
        "record_id": row.record_id,
    }


def _yuan(minor: int | None) -> str:
    value = money(minor)
    return f"{value.amount:,.2f}" if value is not None else ""
