"""What people do with documents: add them, say what they are, confirm and correct, judge faces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from activities.adapters.papers.kinds import LARGEST, media_type_of
from activities.store.lease import document_versions, documents
from activities.store.lease.document_versions import NewDocument
from activities.store.tables.lease_documents import LeaseDocumentRow
from cli.files import write_file
from cli.house import reading, send_update, who
from cli.lease.document_looks import Application, Document
from cli.output import As, DryRun, Json, Reason, changed, done, print_json, run_async
from models.errors import InvalidInputError
from models.lease.application.messages import ApplicationState, DocumentAdded
from models.lease.application.papers import require_open_for
from models.lease.documents.commands import may_add, may_judge, require_statable
from models.lease.documents.faces import FaceVerdict
from models.lease.documents.messages import DocumentKind, DocumentRead
from models.lease.documents.reading import FieldName
from models.lease.workflow_ids import application_workflow
from models.people import Actor
from workers.settings import load_settings

Kind = Annotated[DocumentKind | None, typer.Option("--kind", help="What it is; else it is told by its text.")]
Of = Annotated[
    str | None,
    typer.Option("--of", metavar="IDENTIFIER", help="Of which party or asset; else told by its text."),
]


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    content: bytes
    media_type: str


def add(
    application: Application,
    files: Annotated[
        list[Path], typer.Argument(help="PDF, PNG, JPEG, TIFF, XLSX or CSV.", metavar="FILE...")
    ],
    kind: Kind = None,
    of: Of = None,
    as_name: As = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Keep files and have them read. The same content again is the same document.

    Example: leaseflow lease documents add L2026-0001 licence.pdf id.jpg --as alice
    """
    actor = who(as_name)
    loaded = [_load(path) for path in files]
    with reading() as session:
        row = documents.require_application(session, application)
        may_add(actor, row.dealer)
        # nothing is kept that the application will not take: it would cast doubt on others' papers
        require_open_for(kind or "", application, ApplicationState(row.state))
        _check_of(application, of, documents.identifiers_of(session, application))
    if dry_run:
        for file in loaded:
            done(f"would add {file.path.name} ({file.media_type}, {len(file.content)} bytes)")
        return
    reads = [_add(application, file, kind, of, actor) for file in loaded]
    if as_json:
        print_json(reads)
        return
    for read in reads:
        done(f"document/{read.document_id} {read.kind}: {read.sentence}")
        for doubt in read.doubts:
            done(f"  doubt: {doubt}")


def classify(
    document: Document,
    kind: Annotated[DocumentKind, typer.Option("--kind", help="What it is.")],
    of: Of = None,
    as_name: As = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Say what a document is and whose; your word stands above the classification. It is read anew.

    Example: leaseflow lease documents classify L2026-0001-P3 --kind invoice --as alice
    """
    actor = who(as_name)
    with reading() as session:
        row = documents.document(session, document)
        may_add(actor, documents.require_application(session, row.application_id).dealer)
        _check_of(row.application_id, of, documents.identifiers_of(session, row.application_id))
        if not dry_run:
            document_versions.say_what_it_is(session, document, kind=kind, of=of)
    if dry_run:
        done(f"would read {document} as {kind}")
        return
    read = _have_read(row, actor, kind)
    changed(f"document/{document} {read.kind}: {read.sentence}", {"document": read}, as_json=as_json)


def confirm(
    document: Document,
    field: Annotated[FieldName, typer.Argument(help="Which field.")],
    reason: Reason,
    value: Annotated[str | None, typer.Option(help="What it should be; left out: as read.")] = None,
    as_name: As = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Confirm a field as it was read, or correct it. Who, when and the old value are kept.

    Example: leaseflow lease documents confirm L2026-0001-P1 name --value 上海某某物流有限公司
    --reason "compared with the original" --as bob
    """
    actor = who(as_name)
    with reading() as session:
        row = documents.document(session, document)
        may_judge(actor, row.added_by)
        require_statable(field, value or "")
        read = documents.reading_of(session, document).fields.get(field)
        if read is None and value is None:
            raise InvalidInputError(f"{field} was not read", remedy="Say what it is with --value")
        old, new = (read.value if read else ""), value if value is not None else (read.value if read else "")
        if not dry_run:
            documents.state_field(
                session,
                document,
                field,
                old=old,
                new=new,
                by=actor.username,
                reason=reason,
                at=datetime.now(UTC),
            )
    verb = "would be" if dry_run else "is"
    changed(
        f"document/{document} {field} {verb} {new!r} (was {old!r})",
        {"document": document, "field": field, "old": old, "new": new, "dry_run": dry_run},
        as_json=as_json,
    )


def settle(
    document: Document, reason: Reason, as_name: As = None, dry_run: DryRun = False, as_json: Json = False
) -> None:
    """Say that you looked at every doubt of a document and it may be gone by. The doubts stay on record.

    Example: leaseflow lease documents settle L2026-0001-P1 --reason "seen the original" --as bob
    """
    actor = who(as_name)
    with reading() as session:
        row = documents.document(session, document)
        may_judge(actor, row.added_by)
        if not dry_run:
            documents.settle(session, document, by=actor.username, reason=reason, at=datetime.now(UTC))
    verb = "would be settled" if dry_run else "settled"
    changed(f"document/{document} {verb}", {"document": document, "dry_run": dry_run}, as_json=as_json)


def face(
    application: Application,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the history.")] = "",
    same: Annotated[bool | None, typer.Option("--same/--different", help="What you see.")] = None,
    of: Of = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write both pictures side by side here.")] = None,
    as_name: As = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Compare the photo taken face to face with the portrait on the card, with your own eyes.

    Look first, with --out faces.jpg and nothing else; then say what you saw.

    Example: leaseflow lease documents face L2026-0001 --same --reason "met in branch" --as bob
    """
    from activities.adapters.faces.pictures import beside
    from activities.lease.documents import faces

    if same is None and out is None:
        raise InvalidInputError(
            "nothing to do", remedy="Look with --out FILE, then say --same or --different"
        )
    with reading() as session:
        documents.require_application(session, application)
        pair = faces.only_pair(session, application, of or "")
        if out is not None:
            write_file(out, beside(*faces.contents_of(session, pair)))
    if same is None:
        done(f"{pair.photo.document_id} and {pair.card.document_id} side by side in {out}")
        return
    actor = who(as_name)
    may_judge(actor, pair.photo_added_by)
    if not reason.strip():
        raise InvalidInputError("--reason is empty", remedy="It is kept: say it in words")
    verdict = FaceVerdict.SAME if same else FaceVerdict.DIFFERENT
    if dry_run:
        done(f"{pair.photo.document_id} would be judged {verdict}")
        return
    with reading() as session:
        evidence = faces.enter_comparison(
            session,
            application,
            pair,
            faces.person_says(verdict, actor.username),
            beside=beside,
            at=datetime.now(UTC),
            reason=reason,
        )
    changed(
        f"face/{application} {verdict} by {actor.username}, evidence {evidence[:12]}",
        {"application": application, "of": pair.of, "verdict": verdict, "evidence_sha256": evidence},
        as_json=as_json,
    )


def _load(path: Path) -> _File:
    try:
        if path.stat().st_size > LARGEST:
            raise InvalidInputError(
                f"{path}: larger than {LARGEST // 2**20} MiB", remedy="Scan it with 200 dots per inch"
            )
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            f"{path} cannot be read ({error.strerror})", remedy="Check the path"
        ) from error
    return _File(path, content, media_type_of(content, path.name))


def _check_of(application: str, of: str | None, known: dict[str, str]) -> None:
    if of is not None and of not in known:
        told = ", ".join(f"{identifier} ({name})" for identifier, name in known.items())
        raise InvalidInputError(
            f"--of {of!r} is no party or asset of {application}", remedy=f"Use one of {told}"
        )


def _add(
    application: str, file: _File, kind: DocumentKind | None, of: str | None, actor: Actor
) -> DocumentRead:
    with reading() as session:
        row, _ = document_versions.add(
            session,
            NewDocument(
                application_id=application,
                filename=file.path.name,
                media_type=file.media_type,
                content=file.content,
                added_by=actor.username,
                added_at=datetime.now(UTC),
                kind=kind,
                of=of,
            ),
        )
    return _have_read(row, actor, kind)


def _have_read(row: LeaseDocumentRow, actor: Actor, kind: DocumentKind | None) -> DocumentRead:
    """Tell the application's workflow, and wait until the document is read."""
    from workers.temporal import connect

    command = DocumentAdded(actor, row.document_id, kind or row.said_kind or "", row.sha256)

    async def tell() -> DocumentRead:
        client = await connect(load_settings())
        return await send_update(
            client, application_workflow(row.application_id), "add_document", command, answer=DocumentRead
        )

    return run_async(tell)
