"""A small sandbox exchange in a process of its own, for contract tests."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from activities.ports.bill_source import Announcement, BillSource, ListPage, SourceLogin

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SETTINGS = ("--acceptors", "200", "--months", "3", "--page-rows", "20", "--seed", "7")
PNG = b"\x89PNG"
USERNAME, PASSWORD = "risk-desk", "sandbox"


@dataclass(frozen=True, slots=True)
class ExchangeSite:
    """A running site and its admin's side."""

    url: str
    http: httpx.Client

    def login(
        self, *, session: bytes | None = None, answer: str | None = None, password: str = PASSWORD
    ) -> SourceLogin:
        return SourceLogin(self.url, USERNAME, password, session, answer)

    def misbehave(self, **switches: Any) -> None:
        self.http.post("/admin/misbehave", json=switches).raise_for_status()

    def publish(self, **wishes: Any) -> list[str]:
        return self.http.post("/admin/publish", json=wishes).raise_for_status().json()["published"]

    def truth(self, announcement_id: str) -> dict[str, Any]:
        return self.http.get(f"/admin/truth/{announcement_id}").raise_for_status().json()

    def answers(self) -> list[str]:
        return [w["answer"] for w in self.http.get("/admin/challenges").json()["waiting"]]

    def requests(self, path: str) -> list[dict[str, Any]]:
        return self.http.get("/admin/log", params={"path": path}).json()["entries"]

    def behave(self) -> None:
        """Well again, with empty books; who is logged in stays so."""
        self.http.delete("/admin/misbehave").raise_for_status()
        self.http.delete("/admin/log").raise_for_status()


@contextmanager
def running_site(*options: str) -> Iterator[ExchangeSite]:
    """A site on a free port, ended afterwards."""
    command = [sys.executable, "-m", "sandbox.exchange", "--port", "0", *SETTINGS, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("ready "), ready
        url = ready.split()[1]
        with httpx.Client(base_url=url, timeout=30) as http:
            yield ExchangeSite(url, http)
        process.terminate()
        assert process.wait(10) == 0


async def newest_table(source: BillSource, *, with_amounts: bool = True) -> Announcement:
    """The newest list that has an on-line table, with amounts or without."""
    wanted = "披露金额" if with_amounts else "持续逾期"
    found = await source.announcements(since=None)
    return next(a for a in found if a.table_pages and wanted in a.title)


async def all_pages(source: BillSource, announcement: Announcement, first_page: int = 1) -> list[ListPage]:
    """The pages of a table from one on."""
    return [page async for page in source.table_pages(announcement, first_page=first_page)]
