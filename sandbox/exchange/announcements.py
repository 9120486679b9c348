"""What the site publishes: each month's list, cut into on-line tables, pictures, scans and PDFs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.exchange.population import Acceptor, Standing, World

_TABLE_WITH_AMOUNTS_SHARE: Final = 0.4
"""Share of the on-line rows that name amounts; the others are fetched per acceptor."""


_LIST_TEXT: Final = "根据票据信息披露有关规定,现将逾期的承兑人名单公布如下,请市场参与者关注风险。"
_ATTACHED_TEXT: Final = "名单见附件。如对披露信息有异议,请于五个工作日内与本平台联系。"


class FileKind(StrEnum):
    """How a file of an announcement was made."""

    PNG = "png"
    JPEG = "jpeg"
    SCAN = "scan"
    ZIP = "zip"
    TEXT_PDF = "text_pdf"


_ROWS_PER_PAGE: Final = {
    FileKind.PNG: 20,
    FileKind.JPEG: 20,
    FileKind.SCAN: 18,
    FileKind.ZIP: 16,
    FileKind.TEXT_PDF: 32,
}
_PAGES: Final = {FileKind.PNG: 1, FileKind.JPEG: 1, FileKind.SCAN: 2, FileKind.ZIP: 2, FileKind.TEXT_PDF: 4}
_SUFFIX: Final = {FileKind.PNG: "png", FileKind.JPEG: "jpg", FileKind.ZIP: "zip"}
_MEDIA_TYPE: Final = {
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.ZIP: "application/zip",
}
_PICTURE_KINDS: Final = (FileKind.PNG, FileKind.PNG, FileKind.JPEG, FileKind.SCAN, FileKind.ZIP)


@dataclass(frozen=True, slots=True)
class Row:
    """An acceptor on a list."""

    acceptor: Acceptor
    standing: Standing


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file to be drawn when somebody asks for it."""

    file_id: str
    filename: str
    kind: FileKind
    title: str
    list_date: date
    rows: tuple[Row, ...]

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPE.get(self.kind, "application/pdf")

    def pages(self) -> list[tuple[Row, ...]]:
        """The rows, page by page."""
        size = _ROWS_PER_PAGE[self.kind]
        return [self.rows[start : start + size] for start in range(0, len(self.rows), size)]


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something that the site published."""

    announcement_id: str
    title: str
    text: str
    published_at: datetime
    month: int
    """Index into the world's list dates; -1 for a notice that is no list."""
    list_date: date | None
    corrects: str | None = None
    with_amounts: bool = False
    rows: tuple[Row, ...] = ()
    """Rows of the on-line table."""
    files: tuple[ListFile, ...] = ()

    @property
    def is_list(self) -> bool:
        return self.list_date is not None


def publish_month(world: World, month: int) -> list[Announcement]:
    """Everything published for one month, in order of publication."""
    list_date = world.list_dates[month]
    random = Random(f"{world.settings.seed}/publish/{month}")
    rows = [Row(world.acceptors[number - 1], s) for number, s in world.standings[month].items()]
    random.shuffle(rows)
    pictures, texts, amounts, plain = _cut(world, rows)
    published_at = _publication_time(random, list_date)
    month_named = f"{list_date.year}年{list_date.month}月末"
    blank = Announcement("", "", _LIST_TEXT, published_at, month, list_date)
    parts = [
        replace(blank, title=f"{month_named}持续逾期承兑人名单", rows=tuple(plain)),
        replace(
            blank, title=f"{month_named}逾期承兑人名单(披露金额)", rows=tuple(amounts), with_amounts=True
        ),
        replace(blank, title=f"{month_named}逾期承兑人名单(图片及扫描件)", text=_ATTACHED_TEXT),
        replace(blank, title=f"{month_named}持续逾期承兑人名单(电子版)", text=_ATTACHED_TEXT),
    ]
    numbered = [replace(p, announcement_id=f"A{list_date:%Y%m}{n:02d}") for n, p in enumerate(parts, start=1)]
    numbered[2] = replace(numbered[2], files=_files(numbered[2], list_date, pictures, random))
    numbered[3] = replace(numbered[3], files=_files(numbered[3], list_date, texts, None))
    return [
        _notice(f"A{list_date:%Y%m}00", list_date, published_at - timedelta(days=1)),
        *(
            replace(part, published_at=published_at + timedelta(minutes=7 * position))
            for position, part in enumerate(numbered)
            if part.rows or part.files
        ),
    ]


def corrected(world: World, wrong: Announcement, *, sequence: int) -> Announcement:
    """A corrected edition: the first acceptor should not be listed, the next two owed half.

    The world is restated, so that the amounts disclosed per acceptor agree with the new edition.
    """
    listed = [row for file in wrong.files for row in file.rows] if wrong.files else list(wrong.rows)
    world.restate(wrong.month, listed[0].acceptor.number, None)
    for row in listed[1:3]:
        halved = replace(row.standing, overdue_balance=row.standing.overdue_balance // 2)
        world.restate(wrong.month, row.acceptor.number, halved)
    standings = world.standings[wrong.month]

    def restated(rows: Sequence[Row]) -> tuple[Row, ...]:
        numbers = [row.acceptor.number for row in rows]
        return tuple(Row(world.acceptors[n - 1], standings[n]) for n in numbers if n in standings)

    files = tuple(
        replace(f, file_id=f"{f.file_id}C{sequence}", filename=f"更正-{f.filename}", rows=restated(f.rows))
        for f in wrong.files
    )
    return replace(
        wrong,
        announcement_id=f"{wrong.announcement_id}C{sequence}",
        title=f"{wrong.title}(更正)",
        text=f"原公告《{wrong.title}》所附名单有误,现予更正,以本公告为准。",
        published_at=wrong.published_at + timedelta(days=sequence, hours=2),
        corrects=wrong.announcement_id,
        rows=restated(wrong.rows),
        files=tuple(f for f in files if f.rows),
    )


def _cut(world: World, rows: list[Row]) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    settings = world.settings
    pictured = round(len(rows) * settings.image_share)
    texted = round(len(rows) * min(settings.text_pdf_share, 1 - settings.image_share))
    online = rows[pictured + texted :]
    valued = round(len(online) * _TABLE_WITH_AMOUNTS_SHARE)
    return rows[:pictured], rows[pictured : pictured + texted], online[:valued], online[valued:]


def _files(
    announcement: Announcement, list_date: date, rows: list[Row], random: Random | None
) -> tuple[ListFile, ...]:
    """The announcement's files: pictures and scans in random kinds, or PDFs with a text layer."""
    files: list[ListFile] = []
    deck: list[FileKind] = []
    while rows:
        if not deck:  # each kind has its turn, so that even a small list has some of each
            deck = random.sample(_PICTURE_KINDS, len(_PICTURE_KINDS)) if random else [FileKind.TEXT_PDF]
        kind = deck.pop()
        taken = _ROWS_PER_PAGE[kind] * _PAGES[kind]
        part, rows = rows[:taken], rows[taken:]
        position = len(files) + 1
        files.append(
            ListFile(
                file_id=f"F{announcement.announcement_id[1:]}{position:03d}",
                filename=f"逾期名单_{list_date:%Y%m}_{position:03d}.{_SUFFIX.get(kind, 'pdf')}",
                kind=kind,
                title=announcement.title,
                list_date=list_date,
                rows=tuple(part),
            )
        )
    return tuple(files)


def _publication_time(random: Random, list_date: date) -> datetime:
    """A working hour of one of the first ten days after the list date."""
    day = list_date + timedelta(days=random.randint(3, 9))
    return datetime.combine(day, time(random.randint(9, 16), random.randrange(60)))


def _notice(number: str, list_date: date, published_at: datetime) -> Announcement:
    return Announcement(
        announcement_id=number,
        title=f"关于{list_date.month}月系统维护的通知",
        text="本平台将于本周六 22:00 至次日 06:00 进行系统维护,期间暂停服务。",
        published_at=published_at,
        month=-1,
        list_date=None,
    )
