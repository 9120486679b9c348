"""What a file is, told by its first bytes, and whether it can be taken at all."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from activities.ports.reading import UnreadableDocumentError

LARGEST: Final = 30 * 1024 * 1024
"""Bytes of one file."""
PDF, PNG, JPEG, TIFF = "application/pdf", "image/png", "image/jpeg", "image/tiff"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS: Final = "application/vnd.ms-excel"
CSV: Final = "text/csv"
PICTURES: Final = frozenset({PNG, JPEG, TIFF})
TABLES: Final = frozenset({XLSX, XLS, CSV})

_HEADS: Final = (
    (b"\x89PNG", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
_REMEDY: Final = "Add a PDF, PNG, JPEG, TIFF, XLSX or CSV file"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_MARK: Final = "EncryptedPackage".encode("utf-16-le")


def media_type_of(content: bytes, filename: str) -> str:
    """The media type of a file that can be kept and read.

    Raises:
        UnreadableDocumentError: it is empty, too large, protected by a password, or of no known type.
    """
    if not content.strip():
        raise UnreadableDocumentError(f"{filename}: the file is empty", remedy="Scan or download it again")
    if len(content) > LARGEST:
        raise UnreadableDocumentError(
            f"{filename}: {len(content) / 2**20:.0f} MiB, more than {LARGEST // 2**20} MiB",
            remedy="Scan it with 200 dots per inch, or split it",
        )
    if b"%PDF-" in content[:1024]:
        _refuse_locked_pdf(content, filename)
        return PDF
    for head, media_type in _HEADS:
        if content.startswith(head):
            _refuse_broken_picture(content, filename)
            return media_type
    if content.startswith(_OLE):
        if _ENCRYPTED_MARK in content:
            raise _locked(filename)
        return XLS
    if content.startswith(b"PK"):
        return _zip_type(content, filename)
    if _is_text(content):
        return CSV
    raise UnreadableDocumentError(f"{filename}: of no type that can be read", remedy=_REMEDY)


def _refuse_locked_pdf(content: bytes, filename: str) -> None:
    import pypdfium2  # noqa: PLC0415 - native library

    try:
        document = pypdfium2.PdfDocument(content)
        pages = len(document)
        document.close()
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise _locked(filename) from error
        raise UnreadableDocumentError(
            f"{filename}: the PDF is corrupt ({error})", remedy="Download or scan it again"
        ) from error
    if not pages:
        raise UnreadableDocumentError(f"{filename}: the PDF has no pages", remedy="Download it again")


def _refuse_broken_picture(content: bytes, filename: str) -> None:
    from PIL import Image  # noqa: PLC0415 - heavy

    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableDocumentError(
            f"{filename}: the picture is truncated or corrupt ({error})", remedy="Photograph it again"
        ) from error


def _zip_type(content: bytes, filename: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" in archive.namelist():
                return XLSX
    except zipfile.BadZipFile as error:
        raise UnreadableDocumentError(
            f"{filename}: the workbook is corrupt ({error})", remedy="Save it again"
        ) from error
    raise UnreadableDocumentError(f"{filename}: an archive, no workbook", remedy="Unpack it, add its files")


def _locked(filename: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"{filename}: protected by a password", remedy="Save it without password and add it again"
    )


def _is_text(content: bytes) -> bool:
    sample = content[:4096]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\x00" in sample:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
