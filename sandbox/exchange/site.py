"""The site's state: its world, what it has published, who is in, and how it misbehaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.exchange.announcements import Announcement, ListFile, corrected, publish_month
from sandbox.exchange.books import Books
from sandbox.exchange.documents import DocumentStore
from sandbox.exchange.misbehaviour import Misbehaviour
from sandbox.exchange.population import World, WorldSettings
from sandbox.exchange.sessions import Sessions, page_token

if TYPE_CHECKING:
    from pathlib import Path


class NothingToCorrectError(LookupError):
    """No such list has been published."""


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """How a site is set up."""

    world: WorldSettings = field(default_factory=WorldSettings)
    data: Path | None = None
    """Where drawn files are kept between runs; None keeps them in memory."""
    accounts: tuple[tuple[str, str], ...] = (("risk-desk", "sandbox"),)
    """User names and passwords that may log in."""
    session_seconds: float = 1800.0
    misbehave: tuple[tuple[str, str], ...] = ()
    """Misbehaviour from the start on."""


class Site:
    """Everything behind the pages and the API."""

    def __init__(self, settings: SiteSettings) -> None:
        self.settings = settings
        self.token = page_token(settings.world.seed)
        self.books = Books()
        self.misbehaviour = Misbehaviour()
        self.reset()

    def reset(self) -> None:
        """Begin again as if just started."""
        settings = self.settings
        self.world = World(settings.world)
        self.documents = DocumentStore(settings.world.seed, settings.data)
        self.sessions = Sessions(dict(settings.accounts), settings.session_seconds, settings.world.seed)
        self.misbehaviour.clear()
        self.misbehaviour.change(dict(settings.misbehave))
        self.books.clear()
        self.published: dict[str, Announcement] = {}
        self.files: dict[str, ListFile] = {}
        for month in range(len(self.world.list_dates)):
            self._publish(publish_month(self.world, month))

    def announcements(self) -> list[Announcement]:
        """Everything published, newest first."""
        return sorted(
            self.published.values(), key=lambda a: (a.published_at, a.announcement_id), reverse=True
        )

    def publish_next(self) -> list[Announcement]:
        """Live a month more and publish its list."""
        self.world.advance()
        return self._publish(publish_month(self.world, len(self.world.list_dates) - 1))

    def publish_correction(self, announcement_id: str) -> Announcement:
        """Publish a corrected edition of a list; ``latest`` names the newest.

        Raises:
            NothingToCorrectError: no such list.
        """
        lists = [a for a in self.announcements() if a.is_list]
        wrong = next((a for a in lists if announcement_id in (a.announcement_id, "latest")), None)
        if wrong is None:
            raise NothingToCorrectError(f"no list {announcement_id!r} has been published")
        sequence = 1 + sum(a.corrects == wrong.announcement_id for a in lists)
        return self._publish([corrected(self.world, wrong, sequence=sequence)])[0]

    def warm(self) -> None:
        """Draw the files of the newest month, so that serving them costs nothing."""
        newest = self.world.list_dates[-1]
        for file in self.files.values():
            if file.list_date == newest:
                self.documents.content(file)

    def _publish(self, announcements: list[Announcement]) -> list[Announcement]:
        for announcement in announcements:
            self.published[announcement.announcement_id] = announcement
            self.files |= {file.file_id: file for file in announcement.files}
        return announcements
