"""The choices that a profile makes; apart from it, so that reading XML need not load what checks profiles."""

from __future__ import annotations

from enum import StrEnum


class FileKind(StrEnum):
    """Families of files that a profile can describe."""

    CSV = "csv"
    """Separated values, and the first sheet of a workbook."""
    FIXED = "fixed"
    XML = "xml"
    MT940 = "mt940"


class SignRule(StrEnum):
    """Where a row tells which way money went."""

    SIGNED = "signed"
    """A minus before, a minus after, or brackets around the amount."""
    COLUMNS = "columns"
    """One column for money in, one for money out."""
    WORDS = "words"
    """A column with words, such as 收入 and 支出."""


class ReversalSign(StrEnum):
    """What the direction of a reversal means."""

    AS_WRITTEN = "as-written"
    """The direction in which money moves now: the rule of ISO 20022."""
    ORIGINAL = "original"
    """The direction of the entry that is reversed, as some banks do."""
