"""The same work without an engine: the same addresses fetched, the same documents read, nothing kept.

This is what the engine's overhead is measured against. No Temporal, no PostgreSQL, no browser, no
matching, no report: a plain loop over a kept-open connection, and then a pool of the same reader with
as many processes. The processes are warm, which makes the comparison harder for the engine.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from activities.adapters.ocr.pool import OcrPool
from benchmarks.bills_cycle import Reading, Work
from benchmarks.bills_world import PlayedWorld
from models.bill_monitoring.reading import ReadScope

_ACCOUNT: Final = {"username": "risk-desk", "password": "sandbox"}


@dataclass(frozen=True, slots=True)
class RawJob:
    """Seconds of the bare work."""

    fetching: float
    requests: int
    reading: float
    documents: int
    completing: float
    completed_rows: int
    cpu: float
    """Seconds of CPU time in all: here, and in the reading processes."""

    @property
    def seconds(self) -> float:
        return self.fetching + self.reading + self.completing


def run_raw(world: PlayedWorld, work: Work, *, drawn: Path, ocr_processes: int) -> RawJob:
    """Fetch, then read: what a cycle did, without the engine."""
    with _exchange(world, drawn) as address:
        before = time.process_time()
        fetching = _fetch(address, work.requests)
        fetching_cpu = time.process_time() - before
    reading, completing, reading_cpu = asyncio.run(_read(work.readings, ocr_processes))
    return RawJob(
        fetching=fetching,
        requests=len(work.requests),
        reading=reading,
        documents=len(work.readings),
        completing=completing,
        completed_rows=sum(len(document.completed) for document in work.readings),
        cpu=fetching_cpu + reading_cpu,
    )


def _fetch(address: str, paths: Sequence[str]) -> float:
    connection = http.client.HTTPConnection(address, timeout=60)
    began = time.perf_counter()
    connection.request(
        "POST", "/api/login", body=json.dumps(_ACCOUNT), headers={"Content-Type": "application/json"}
    )
    answer = connection.getresponse()
    answer.read()
    cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
    for path in paths:
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path} answers {answer.status}")
    taken = time.perf_counter() - began
    connection.close()
    return taken


async def _read(readings: Sequence[Reading], processes: int) -> tuple[float, float, float]:
    """Seconds of reading all documents, of reading the wanted rows to the end, and of CPU for both."""
    pool = OcrPool(processes)

    async def read(document: Reading) -> None:
        await pool.read(document.content, filename=document.filename, scope=ReadScope.IDENTITY)

    async def complete(document: Reading) -> None:
        await pool.complete(document.content, filename=document.filename, records=document.completed)

    try:
        await asyncio.gather(*(read(readings[0]) for _ in range(processes)))
        began, cpu_before = time.perf_counter(), _cpu_of_readers()
        await asyncio.gather(*map(read, readings))
        read_at = time.perf_counter()
        await asyncio.gather(*(complete(document) for document in readings if document.completed))
        return read_at - began, time.perf_counter() - read_at, _cpu_of_readers() - cpu_before
    finally:
        await pool.close()


def _cpu_of_readers() -> float:
    times = [process.cpu_times() for process in psutil.Process().children(recursive=True)]
    return sum(taken.user + taken.system for taken in times)


@contextmanager
def _exchange(world: PlayedWorld, drawn: Path) -> Iterator[str]:
    """The same site once more; gives its host and port."""
    command = [sys.executable, "-m", "sandbox.exchange", *world.options, f"--data={drawn}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            ready = process.stdout.readline() if process.stdout else ""
            yield ready.split()[-1].removeprefix("http://")
        finally:
            process.terminate()
