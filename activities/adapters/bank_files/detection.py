"""What kind of file a content is, told by its first bytes and lines, never by its name."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from activities.adapters.bank_files.encodings import decode
from models.payments.bank_files.errors import UnreadableBankFileError

_MT_TAG: Final = re.compile(r"^\s?:(20|21|25P?|28C?|60[FM]|61|62[FM]|34F|13D?|90[CD]|86):", re.MULTILINE)
_MT_OWN: Final = frozenset({"20", "25", "25P", "28", "28C", "60F", "60M", "61", "62F", "62M", "34F"})
_SNIFFED: Final = 64_000
_CONTROL: Final = frozenset(range(9)) | frozenset(range(14, 27)) | frozenset(range(28, 32))
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_BINARY_KINDS: Final = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x1f\x8b": "compressed (gzip)",
    b"7z\xbc\xaf": "compressed (7z)",
    b"Rar!": "compressed (RAR)",
}


class Kind(StrEnum):
    """Families of formats."""

    XML = "xml"
    MT = "mt"
    WORKBOOK = "workbook"
    TABLE = "table"


def kind_of(content: bytes) -> Kind:
    """The family that a content belongs to.

    Raises:
        UnreadableBankFileError: the content is empty, or of a kind that is no bank file.
    """
    if not content.strip(b" \t\r\n\0\x1a\xef\xbb\xbf\xff\xfe"):
        raise UnreadableBankFileError("the file is empty", line=1, remedy="Ask the bank for it again")
    if content.startswith(_WORKBOOKS):
        return Kind.WORKBOOK
    for mark, what in _BINARY_KINDS.items():
        if content.startswith(mark):
            raise UnreadableBankFileError(
                f"the file is {what}, no bank file",
                line=1,
                remedy="Give the file that is inside, or the original",
            )
    start = content[:_SNIFFED]
    text = decode(start, partial=True).text.lstrip()
    if text.startswith("<"):
        return Kind.XML
    tags = {found[1] for found in _MT_TAG.finditer(text)}
    if "{4:" in text[:2_000] or len(tags & _MT_OWN) > 1 or text.startswith(":20:"):
        return Kind.MT
    _refuse_binary(start)
    return Kind.TABLE


def _refuse_binary(start: bytes) -> None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    nuls = start.count(0)
    controls = sum(byte in _CONTROL for byte in start)
    is_utf16 = nuls > len(start) // 4 and nuls == max(start[::2].count(0), start[1::2].count(0))
    if controls and not is_utf16:
        line = start[: next(i for i, byte in enumerate(start) if byte in _CONTROL)].count(b"\n") + 1
        if controls > len(start) // 100:
            raise UnreadableBankFileError(
                "the file is binary, no bank file", line=line, remedy="Check what was exported"
            )
