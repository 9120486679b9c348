"""What the lines around a table say about all of its rows: the as-of date and the unit of amounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from activities.adapters.ocr.page import Page
from models.bill_monitoring.field_rules import read_date
from models.bill_monitoring.list_headers import unit_of_title
from models.bill_monitoring.printed_text import tidy
from models.bill_monitoring.reading import Box

_AS_OF: Final = re.compile(r"截止|截至|as\s*of|数据日期|统计|基准|报告期", re.IGNORECASE)
_OTHER_DATE: Final = re.compile(
    r"打印|制表|制单|印发|发布|下载|生成|导出|print|generated|published", re.IGNORECASE
)
_LEAST_HEIGHT: Final = 14


@dataclass(frozen=True, slots=True)
class Captions:
    """What is said once for a whole table."""

    as_of: date | None = None
    unit: int | None = None


def read_captions(page: Page, table: Box, inside: Sequence[str] = ()) -> Captions:
    """Read the lines above and below a table, and titles joined across it (``inside``)."""
    height, width = page.image.shape
    texts = list(inside)
    for strip in (Box(0, 0, width, table.top), Box(0, table.bottom, width, height)):
        if strip.bottom - strip.top >= _LEAST_HEIGHT:
            texts += [line.text for line in page.cells(page.words(strip))]
    return captions_in(texts)


def captions_in(texts: Iterable[str]) -> Captions:
    """The as-of date and unit among lines of text.

    A date that is called as-of date wins over an unnamed one; dates of printing or publishing do not count.
    """
    lines = [tidy(text) for text in texts]
    dates = [(bool(_AS_OF.search(line)), read_date(line)) for line in lines if not _OTHER_DATE.search(line)]
    found = [(named, day) for named, day in dates if day]
    best = next((day for named, day in found if named), found[0][1] if found else None)
    units = [unit for line in lines if (unit := unit_of_title(line))]
    return Captions(best, units[0] if units else None)
