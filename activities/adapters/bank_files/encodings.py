"""Bytes to text: banks of different countries and decades, one function."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]{2}")
_COMMON_CHINESE: Final = frozenset("的一额金行账号日期时间交易余户名称对方收支入出状态类型备注流水款明细付")
_C1: Final = re.compile(r"[\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding that it came in, and whether that had to be guessed."""

    text: str
    encoding: str
    guessed: bool = False


def decode(content: bytes, *, preferred: Sequence[str] = (), partial: bool = False) -> Decoded:
    """Text from bytes: by byte order mark, by what is preferred, by UTF-8, else by likelihood.

    Args:
        content: the bytes.
        preferred: encodings that a profile names, tried first.
        partial: the content may end in the middle of a character.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Decoded(
                _decoded(content, encoding, partial=partial) or content.decode(encoding, "replace"), encoding
            )
    if wide := _without_mark(content):
        return Decoded(content.decode(wide, "replace"), wide)
    for encoding in (*preferred, "utf-8"):
        text = _decoded(content, encoding, partial=partial)
        if text is not None and not (encoding != "utf-8" and _is_utf8(content)):
            return Decoded(text, encoding)
    return _likely(content, partial=partial)


def _is_utf8(content: bytes) -> bool:
    """UTF-8 beyond ASCII is never met by chance: it wins over what a profile prefers."""
    return not content.isascii() and _decoded(content, "utf-8", partial=False) is not None


def _without_mark(content: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of Latin text is zero."""
    start = content[:2_000]
    if start[1::2].count(0) > len(start) // 3 and not start[::2].count(0):
        return "utf-16-le"
    if start[::2].count(0) > len(start) // 3 and not start[1::2].count(0):
        return "utf-16-be"
    return None


def _likely(content: bytes, *, partial: bool) -> Decoded:
    """Chinese text in GB 18030 shows common characters; everything else is Western."""
    chinese = _decoded(content, "gb18030", partial=partial)
    if chinese is not None and _CHINESE.search(chinese) and not _COMMON_CHINESE.isdisjoint(chinese):
        return Decoded(chinese, "gb18030", guessed=True)
    western = _decoded(content, "cp1252", partial=partial)
    if western is not None and not _C1.search(western):
        return Decoded(western, "cp1252", guessed=True)
    return Decoded(content.decode("latin-1"), "latin-1", guessed=True)


def _decoded(content: bytes, encoding: str, *, partial: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(content, final=not partial)
    except (UnicodeDecodeError, LookupError):
        return None
