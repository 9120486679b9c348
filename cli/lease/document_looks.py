"""Look at documents: what was read, what is doubtful, whether the content is what was kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from activities.store import documents as kept
from activities.store.lease import documents, face_checks
from activities.store.tables.lease_documents import LeaseDocumentRow
from cli.files import write_file
from cli.house import known_branch, reading, who
from cli.lease.views import require_sight
from cli.output import As, Json, changed, done, house_time, print_json, print_table
from models.lease.documents.reading import DocumentReading

Application = Annotated[str, typer.Argument(help="Id of the application.", metavar="APPLICATION")]
Document = Annotated[str, typer.Argument(help="Id of the document.", metavar="DOCUMENT")]


def show_list(application: Application, actor: As = None, as_json: Json = False) -> None:
    """The documents of an application; of several versions the newest.

    Example: leaseflow lease documents list L2026-0001
    """
    with reading() as session:
        _require_sight(session, application, actor)
        found = [each for each in documents.readings_of(session, application) if each.current]
    if as_json:
        print_json(found)
        return
    _table(found)


def versions(application: Application, actor: As = None, as_json: Json = False) -> None:
    """Every version of every document, in the order in which they came.

    Example: leaseflow lease documents versions L2026-0001
    """
    with reading() as session:
        _require_sight(session, application, actor)
        found = documents.readings_of(session, application)
    if as_json:
        print_json(found)
        return
    _table(found)


def show(document: Document, actor: As = None, as_json: Json = False) -> None:
    """What was read of a document, how surely, what is doubtful, and what people said of it.

    Example: leaseflow lease documents show L2026-0001-P1
    """
    with reading() as session:
        found = documents.reading_of(session, document)
        _require_sight(session, found.application_id, actor)
        said = documents.statements_of(session, document)
        checks = face_checks.checks_of(session, found.application_id)
    mine = [each for each in checks if found.sha256 in {each.photo_sha256, each.portrait_sha256}]
    if as_json:
        stated = [each.model_dump(mode="json") for each in said]
        faces = [each.model_dump(mode="json") for each in mine]
        print_json({"document": found, "stated": stated, "faces": faces})
        return
    side = f", {found.side}" if found.side else ""
    done(f"{found.document_id}  {found.kind}{side} v{found.version}  {found.state}  {found.filename}")
    done(f"{found.sentence}  (looks like {found.classified_as}, {found.classification_confidence:.0%})")
    print_table(
        ("field", "value", "sure", "by"),
        [
            (name, read.value, f"{read.confidence:.0%}", _origin(read.confirmed_by, repaired=read.repaired))
            for name, read in found.fields.items()
        ],
        right=["sure"],
        empty="no field was read",
    )
    for doubt in found.doubts:
        done(f"doubt: {doubt.sentence}")
    for trace in found.traces:
        done(f"alteration, {trace.weight}: {trace.sentence}")
    done(f"doctored: {found.doctored}{f'; settled by {found.settled_by}' if found.settled_by else ''}")
    for each in said:
        told = f"{each.field}: {each.old_value!r} -> {each.new_value!r}"
        done(f"{house_time(each.stated_at)} {each.stated_by} {told} ({each.reason})")
    for check in mine:
        done(f"face: {check.verdict} by {check.compared_by} {check.similarity or ''} {check.reason}".rstrip())


def download(
    document: Document,
    out: Annotated[Path, typer.Option("--out", help="Where to write it.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    actor: As = None,
    as_json: Json = False,
) -> None:
    """Write a document's content to a file, after checking that it is what was kept.

    Example: leaseflow lease documents download L2026-0001-P1 --out licence.pdf
    """
    with reading() as session:
        row = documents.document(session, document)
        _require_sight(session, row.application_id, actor)
        content = kept.fetch(session, row.sha256).content
    write_file(out, content, force=force)
    changed(
        f"{document} written to {out}, {len(content)} bytes, sha256 {row.sha256}",
        {"document": document, "file": str(out), "bytes": len(content), "sha256": row.sha256},
        as_json=as_json,
    )


def verify(application: Application, actor: As = None, as_json: Json = False) -> None:
    """Compare every document's content with the hash under which it was added.

    Example: leaseflow lease documents verify L2026-0001
    """
    with reading() as session:
        _require_sight(session, application, actor)
        rows = documents.rows_of(session, application)
        for row in rows:
            kept.fetch(session, row.sha256)  # refuses what was altered
    if as_json:
        print_json([{"document": row.document_id, "sha256": row.sha256, "whole": True} for row in rows])
        return
    done(f"{len(rows)} documents of {application} are what was added")


def queue(
    branch: Annotated[str | None, typer.Option(help="Of this branch.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    as_json: Json = False,
) -> None:
    """Documents that wait for a person's eyes, the oldest first.

    Example: leaseflow lease documents queue --branch Shanghai
    """
    with reading() as session:
        known_branch(session, branch)
        rows = documents.doubtful(session, branch=branch, limit=limit)
        found = [documents.reading_of(session, row.document_id) for row in rows]
    if as_json:
        print_json(found)
        return
    print_table(
        ("document", "kind", "doctored", "first doubt", "read"),
        [(*_doubtful(each), _read_at(row)) for each, row in zip(found, rows, strict=True)],
        empty="nothing waits for a person",
    )


def _require_sight(session: Session, application: str, actor: str | None) -> None:
    """The application exists, and whoever looks may see it: a dealer's people see their own."""
    require_sight(who(actor) if actor else None, documents.require_application(session, application))


def _doubtful(found: DocumentReading) -> tuple[Any, ...]:
    told = [doubt.sentence for doubt in found.doubts]
    told += [trace.sentence for trace in found.traces if trace.weight.rank]
    return (found.document_id, found.kind, found.doctored, next(iter(told), ""))


def _read_at(row: LeaseDocumentRow) -> str:
    return str(house_time(row.read_at))[5:16] if row.read_at else ""


def _table(found: list[DocumentReading]) -> None:
    print_table(
        ("document", "kind", "v", "state", "sure", "doctored", "what"),
        [
            (
                each.document_id,
                f"{each.kind} {each.side}".strip(),
                each.version or "",
                each.state,
                "yes" if each.certain else "no",
                each.doctored,
                each.sentence or each.filename,
            )
            for each in found
        ],
        empty="no document was added yet",
    )


def _origin(confirmed_by: str, *, repaired: bool) -> str:
    return confirmed_by or ("mended by its check character" if repaired else "")
