"""The browser is found or its absence explained, comes back after a crash, and dies with its worker."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from activities.adapters.exchange import BrowserMissingError, ExchangeGateway, find_browser
from activities.ports.bill_source import SourceUnavailableError
from tests.contract.exchange_site import ROOT, all_pages, newest_table

pytest_plugins = ["tests.contract.exchange_fixtures"]

WORKER = """
import asyncio, sys
from activities.adapters.exchange import ExchangeGateway
from activities.ports.bill_source import SourceLogin

async def main(url):
    gateway = ExchangeGateway()
    async with gateway.open(
        SourceLogin(url, "risk-desk", "sandbox", None, None), kinds=["pages"], delay_seconds=0
    ):
        print("crawling", flush=True)
        await asyncio.Event().wait()

asyncio.run(main(sys.argv[1]))
"""


def test_a_configured_browser_that_is_not_there_is_explained(tmp_path):
    with pytest.raises(BrowserMissingError, match="apt-get install chromium"):
        find_browser(tmp_path / "no-browser")


def test_a_browser_is_found_on_the_path(tmp_path, monkeypatch):
    browser = tmp_path / "google-chrome"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_browser(None) == browser


@pytest.mark.browser
async def test_a_program_that_is_no_browser_is_explained(exchange):
    gateway = ExchangeGateway(Path("/bin/true"))

    with pytest.raises(BrowserMissingError, match="no browser could be started"):
        async with gateway.open(exchange.login(), kinds=["api"], delay_seconds=0):
            pass
    await gateway.close()


@pytest.mark.browser
async def test_a_driver_that_does_not_run_is_explained(exchange, monkeypatch):
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", "/bin/false")
    gateway = ExchangeGateway()

    with pytest.raises(BrowserMissingError, match="apt-get install libatomic1"):
        async with gateway.open(exchange.login(), kinds=["api"], delay_seconds=0):
            pass
    await gateway.close()


@pytest.mark.browser
async def test_one_browser_serves_all_openings_and_ends_when_closed(exchange):
    gateway = ExchangeGateway()
    before = _browsers(os.getpid())
    async with (
        gateway.open(exchange.login(), kinds=["api"], delay_seconds=0) as one,
        gateway.open(exchange.login(), kinds=["pages"], delay_seconds=0) as other,
    ):
        assert len(_mains(_browsers(os.getpid()) - before)) == 1
        await asyncio.gather(one.announcements(since=None), other.announcements(since=None))
    await gateway.close()

    assert _browsers(os.getpid()) == before


@pytest.mark.browser
async def test_a_crashed_browser_is_replaced(exchange):
    gateway = ExchangeGateway()
    before = _browsers(os.getpid())
    async with gateway.open(exchange.login(), kinds=["pages"], delay_seconds=0) as source:
        announcement = await newest_table(source)
        [main] = _mains(_browsers(os.getpid()) - before)
        main.kill()
        with pytest.raises(SourceUnavailableError):
            await all_pages(source, announcement)

    async with gateway.open(exchange.login(), kinds=["pages"], delay_seconds=0) as source:
        assert await all_pages(source, announcement)
    await gateway.close()


@pytest.mark.browser
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_the_browser_does_not_outlive_its_worker(exchange, end):
    command = [sys.executable, "-c", WORKER, exchange.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "crawling\n"
        started = psutil.Process(worker.pid).children(recursive=True)
        assert _mains(set(started))
        worker.send_signal(end)

    _, alive = psutil.wait_procs(started, timeout=20)
    assert not alive


def _browsers(parent: int) -> set[psutil.Process]:
    """Chromium's processes among a process's descendants."""
    found = set()
    for process in psutil.Process(parent).children(recursive=True):
        try:
            if "chrom" in process.name():
                found.add(process)
        except psutil.NoSuchProcess:
            continue
    return found


def _mains(processes: set[psutil.Process]) -> list[psutil.Process]:
    """The main process of each browser: its helpers have a ``--type``."""
    mains = []
    for process in processes:
        try:
            line = process.cmdline()
        except psutil.NoSuchProcess:
            continue
        if line and "chrom" in process.name() and "crashpad" not in process.name():
            mains += [] if any(argument.startswith("--type=") for argument in line) else [process]
    return mains
