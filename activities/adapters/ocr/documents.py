"""A document's bytes taken apart into pages, one at a time, whatever container they come in."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from activities.adapters.ocr.images import Colours, decode_frames
from activities.adapters.ocr.text_layer import TextLayerPage, text_layer_page
from activities.ports.reading import UnreadableDocumentError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

DEFAULT_PAGE_LIMIT: Final = 500
IMAGE_SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")
DOCUMENT_SUFFIXES: Final = (*IMAGE_SUFFIXES, ".pdf", ".zip")

_SCAN_DPI: Final = 200
_LOWEST_DPI: Final = 110
_HIGHEST_DPI: Final = 300
_LARGEST_MEMBER: Final = 300 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page that has not been loaded yet."""

    number: int
    load: Callable[[], Colours | TextLayerPage]


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """Sort key that puts page 2 before page 10."""
    return [
        (0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in re.split(r"(\d+)", name)
    ]


def open_pages(
    files: Iterable[tuple[str, Callable[[], bytes]]], *, page_limit: int = DEFAULT_PAGE_LIMIT
) -> Iterator[RawPage]:
    """The pages of one document that consists of these files, in order.

    Only the page being looked at is in memory.

    Raises:
        UnreadableDocumentError: a file is empty, corrupt, protected or of no known type, or there
            are more pages than the limit.
    """
    number = 0
    for name, content in files:
        for load in _pages_of(content(), name):
            number += 1
            if number > page_limit:
                raise UnreadableDocumentError(
                    f"{name}: more than {page_limit} pages",
                    remedy="Split the document, or raise the page limit",
                )
            yield RawPage(number, load)


_Load = Callable[[], "Colours | TextLayerPage"]


def page_count(
    files: Iterable[tuple[str, Callable[[], bytes]]], *, page_limit: int = DEFAULT_PAGE_LIMIT
) -> int:
    """How many pages these files have; none is rendered.

    Raises:
        UnreadableDocumentError: as `open_pages`.
    """
    return sum(1 for _ in open_pages(files, page_limit=page_limit))


def _pages_of(content: bytes, name: str) -> Iterator[_Load]:
    if not content:
        raise UnreadableDocumentError(f"{name}: the file is empty", remedy="Download or scan it again")
    if b"%PDF-" in content[:1024]:
        yield from _pdf_pages(content, name)
    elif content.startswith(b"PK"):
        yield from _zip_pages(content, name)
    elif _looks_like_picture(content):
        for frame in decode_frames(content, name):
            yield lambda frame=frame: frame  # type: ignore[misc]
    else:
        raise UnreadableDocumentError(
            f"{name}: neither a picture, a PDF nor a ZIP",
            remedy=f"Upload one of {', '.join(DOCUMENT_SUFFIXES)}",
        )


def _looks_like_picture(content: bytes) -> bool:
    heads = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM", b"II+\x00")
    return content.startswith(heads) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")


def _zip_pages(content: bytes, name: str) -> Iterator[_Load]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise UnreadableDocumentError(
            f"{name}: the archive is corrupt ({error})", remedy="Download it again"
        ) from error
    with archive:
        members = [m for m in archive.infolist() if _is_document(m)]
        if not members:
            raise UnreadableDocumentError(
                f"{name}: no picture or PDF in the archive", remedy="Save spreadsheets and letters as PDF"
            )
        for member in sorted(members, key=lambda m: natural_order(m.filename)):
            yield from _pages_of(_unpacked(archive, member, name), f"{name}/{member.filename}")


def _is_document(member: zipfile.ZipInfo) -> bool:
    hidden = member.filename.startswith("__MACOSX") or "/." in f"/{member.filename}"
    return not member.is_dir() and not hidden and member.filename.lower().endswith(DOCUMENT_SUFFIXES)


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    if member.file_size > _LARGEST_MEMBER:
        raise UnreadableDocumentError(
            f"{name}/{member.filename}: unpacks to {member.file_size} bytes", remedy="Upload it by itself"
        )
    if member.flag_bits & 1:
        raise UnreadableDocumentError(
            f"{name}/{member.filename}: protected by a password", remedy="Upload it without password"
        )
    try:
        return archive.read(member)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        raise UnreadableDocumentError(
            f"{name}/{member.filename}: cannot be unpacked ({error})", remedy="Download it again"
        ) from error


def _pdf_pages(content: bytes, name: str) -> Iterator[_Load]:
    import pypdfium2  # noqa: PLC0415 - native library

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise _unreadable_pdf(name, str(error)) from error
    try:
        if not len(document):
            raise UnreadableDocumentError(f"{name}: the PDF has no pages", remedy="Download it again")
        for index in range(len(document)):
            yield lambda index=index: _pdf_page(document, index, name)  # type: ignore[misc]
    finally:
        document.close()


def _unreadable_pdf(name: str, reason: str) -> UnreadableDocumentError:
    if "password" in reason.lower():
        return UnreadableDocumentError(
            f"{name}: the PDF is protected by a password", remedy="Upload it without password"
        )
    return UnreadableDocumentError(f"{name}: the PDF is corrupt ({reason})", remedy="Download it again")


def _pdf_page(document: PdfDocument, index: int, name: str) -> Colours | TextLayerPage:
    import pypdfium2  # noqa: PLC0415

    try:
        page = document[index]
        if layer := text_layer_page(page, index + 1):
            return layer
        picture = page.render(scale=_dots_per_inch(page) / 72, rev_byteorder=True).to_numpy()
    except pypdfium2.PdfiumError as error:
        raise _unreadable_pdf(f"{name}, page {index + 1}", str(error)) from error
    return np.ascontiguousarray(picture[:, :, :3])


def _dots_per_inch(page: PdfPage) -> float:
    """The resolution of the picture that fills a scanned page, within bounds; a usual one otherwise."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    width, height = page.get_size()
    longest = max(width, height, 1.0)
    widths = [
        image.get_px_size() for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    ]
    native = max((max(size) * 72 / longest for size in widths), default=_SCAN_DPI)
    bounded = min(max(native, _LOWEST_DPI), _HIGHEST_DPI)
    return float(min(bounded, 3600 * 72 / longest))
