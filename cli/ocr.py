"""`leaseflow ocr`: read documents without any stack running."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TextIO

import typer

if TYPE_CHECKING:
    from activities.adapters.ocr.reader import StagedReader
    from models.bill_monitoring.reading import DocumentReading, ReadRecord

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Read overdue lists and bills from images, scans and PDFs.",
)

_ENGINES: Final = ("rapidocr", "easyocr", "both")
_MONEY_FIELDS: Final = ("overdue_balance", "cumulative_overdue")
_DATE_FIELDS: Final = ("date", "issue_date")
_TEXT_FIELDS: Final = ("name", "uscc", "bill_no", "drawer", "payee", "amount_cn")


@app.callback()
def main() -> None:
    """Read overdue lists and bills from images, scans and PDFs."""


@app.command()
def read(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE_OR_DIR...", help="A directory is one document of many pages."),
    ],
    engine: Annotated[str, typer.Option(help="rapidocr, easyocr or both.")] = "rapidocr",
    out: Annotated[Path | None, typer.Option(help="Write here instead of to standard output.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that read side by side.")] = 1,
    page_limit: Annotated[int, typer.Option(min=1, help="Refuse documents with more pages.")] = 500,
) -> None:
    """Print one JSON line per document, in the order given.

    Example: leaseflow ocr read list-2025-12.pdf scans/ --jobs 2 --out records.jsonl
    """
    if engine not in _ENGINES:
        raise typer.BadParameter(f"{engine!r} is not one of {', '.join(_ENGINES)}", param_hint="--engine")
    failed = False
    with ExitStack() as stack:
        target: TextIO = stack.enter_context(out.open("w", encoding="utf-8")) if out else sys.stdout
        for number, (path, result) in enumerate(_results(paths, engine, jobs, page_limit), start=1):
            if isinstance(result, str):
                failed = True
                typer.echo(f"error: {path}: {result}", err=True)
            else:
                target.write(json.dumps(result, ensure_ascii=False) + "\n")
                target.flush()
            if sys.stderr.isatty():
                typer.echo(f"{number}/{len(paths)} {path}", err=True)
    if failed:
        raise typer.Exit(1)


_Part = tuple["DocumentReading | str", float]
"""What a document's part says, or why it cannot be read; and the seconds that it took."""


def _results(
    paths: list[Path], engine: str, jobs: int, page_limit: int
) -> Iterator[tuple[Path, dict[str, Any] | str]]:
    """Each document's JSON object, or the sentence that says why it has none."""
    if jobs == 1:
        for path in paths:
            yield path, _joined(path, [_read_part(str(path), engine, page_limit, 1, None)])
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        futures: list[list[Future[_Part]]] = [
            [pool.submit(_read_part, str(path), engine, page_limit, *pages) for pages in _ranges(path, jobs)]
            for path in paths
        ]
        for path, parts in zip(paths, futures, strict=True):
            yield path, _joined(path, [part.result() for part in parts])


def _ranges(path: Path, jobs: int) -> list[tuple[int, int | None]]:
    """The parts of a document to be read side by side; one that cannot be opened is left to its reader."""
    from activities.adapters.ocr.documents import page_count
    from activities.adapters.ocr.ranges import page_ranges
    from models.errors import LeaseflowError

    try:
        return list(page_ranges(page_count(_files_of(path)), jobs))
    except (OSError, LeaseflowError):
        return [(1, None)]


def _joined(path: Path, parts: list[_Part]) -> dict[str, Any] | str:
    from activities.adapters.ocr.ranges import joined

    readings = []
    for reading, _ in parts:
        if isinstance(reading, str):
            return reading
        readings.append(reading)
    whole = joined(readings)
    for note in whole.notes:
        typer.echo(f"note: {path}: {note}", err=True)
    return document_as_json(str(path), whole, sum(seconds for _, seconds in parts))


_READERS: dict[tuple[str, int], StagedReader] = {}
"""The engine of this process, loaded at the first document that can be opened."""


def _reader(engine: str, page_limit: int) -> StagedReader:
    from activities.adapters.ocr.engines import Engine, load_reader

    key = (engine, page_limit)
    if key not in _READERS:
        _READERS[key] = load_reader(Engine(engine), page_limit=page_limit)
    return _READERS[key]


def _read_part(name: str, engine: str, page_limit: int, first_page: int, last_page: int | None) -> _Part:
    from models.bill_monitoring.reading import ReadScope
    from models.errors import LeaseflowError

    started = time.perf_counter()
    try:
        files = _files_of(Path(name))
        reader = _reader(engine, page_limit)
        reading: DocumentReading | str = reader.read_files(
            files, scope=ReadScope.EVERYTHING, first_page=first_page, last_page=last_page
        )
    except OSError as error:
        reading = f"cannot be opened ({error.strerror}). Check the path"
    except LeaseflowError as error:
        reading = str(error)
    return reading, time.perf_counter() - started


def _files_of(path: Path) -> list[tuple[str, Callable[[], bytes]]]:
    """The files of one document: the file itself, or a directory's pictures and PDFs in natural order."""
    from activities.adapters.ocr.documents import DOCUMENT_SUFFIXES, natural_order
    from activities.ports.reading import UnreadableDocumentError

    if not path.is_dir():
        return [(path.name, path.read_bytes)]
    pages = sorted(
        (p for p in path.iterdir() if p.suffix.lower() in DOCUMENT_SUFFIXES and not p.name.startswith(".")),
        key=lambda p: natural_order(p.name),
    )
    if not pages:
        raise UnreadableDocumentError(
            f"{path.name}: no picture or PDF in this directory",
            remedy=f"Put files of these kinds into it: {', '.join(DOCUMENT_SUFFIXES)}",
        )
    return [(p.name, p.read_bytes) for p in pages]


def document_as_json(name: str, reading: DocumentReading, seconds: float) -> dict[str, Any]:
    """The stable JSON form of one document's reading."""
    return {
        "file": name,
        "kind": reading.kind.value,
        "pages": reading.pages,
        "records": [_record_as_json(record) for record in reading.records],
        "seconds": round(seconds, 3),
    }


def _record_as_json(record: ReadRecord) -> dict[str, Any]:
    texts = {name: getattr(record, name) for name in _TEXT_FIELDS}
    amounts = {name: _text(getattr(record, name)) for name in _MONEY_FIELDS}
    dates = {name: _text(getattr(record, name)) for name in _DATE_FIELDS}
    values = texts | amounts | dates
    order = ("name", "uscc", *_MONEY_FIELDS, "date", "bill_no", "drawer", "payee", "issue_date", "amount_cn")
    return {
        **{name: values[name] for name in order},
        "amount_consistent": record.amount_consistent,
        "confidence": {field.value: value for field, value in record.confidence.items()},
        "repaired": [field.value for field in record.repaired],
        "uscc_valid": record.uscc_valid,
        "review": list(record.review),
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


if __name__ == "__main__":
    app()
