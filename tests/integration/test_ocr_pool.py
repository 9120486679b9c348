"""The pool of reading processes: it survives a killed child, and no child survives it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from activities.adapters.ocr.pool import OcrPool, ReadingProcessDiedError
from activities.ports.reading import UnreadableDocumentError
from models.bill_monitoring.reading import ReadScope
from tests.factories.documents import make

pytestmark = [pytest.mark.ocr, pytest.mark.slow]


def reading_processes(of: int) -> list[psutil.Process]:
    children = psutil.Process(of).children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


async def test_documents_are_read_side_by_side_and_a_killed_process_is_replaced():
    pool = OcrPool(1)
    made = make("ruled/clean", 3, rows=3)
    expected = [truth["uscc"] for truth in made.records]
    try:
        reading = await pool.read(made.content, filename="a.png", scope=ReadScope.IDENTITY)
        assert [r.uscc for r in reading.records] == expected
        completed = await pool.complete(made.content, filename="a.png", records=reading.records[:1])
        assert str(completed[0].overdue_balance) == made.records[0]["overdue_balance"]
        with pytest.raises(UnreadableDocumentError, match=r"bad\.png"):
            await pool.read(b"nothing", filename="bad.png", scope=ReadScope.IDENTITY)
        for child in reading_processes(os.getpid()):
            child.kill()
        with pytest.raises(ReadingProcessDiedError):
            await pool.read(made.content, filename="a.png", scope=ReadScope.IDENTITY)
        again = await pool.read(made.content, filename="a.png", scope=ReadScope.IDENTITY)
        assert [r.uscc for r in again.records] == expected
    finally:
        await pool.close()


async def test_a_long_document_is_shared_out_and_comes_back_in_page_order():
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("helvetica", size=10)
    for number in range(18):
        pdf.add_page()
        rows = [("Acceptor name", "USCC", "Overdue balance (CNY)")] if not number else []
        rows += [(f"Company {number} {n} Ltd", "91350100M000100Y43", f"{number + 1}.00") for n in "AB"]
        for row in rows:
            for text in row:
                pdf.cell(w=60, h=8, text=text, border=1)
            pdf.ln()
        pdf.cell(w=60, h=8, text="Continued overleaf")
    content, pool = bytes(pdf.output()), OcrPool(2)
    try:
        reading = await pool.read(content, filename="long.pdf", scope=ReadScope.EVERYTHING)
        part = await pool.read(
            content, filename="long.pdf", scope=ReadScope.EVERYTHING, first_page=10, last_page=11
        )
    finally:
        await pool.close()
    assert reading.pages == 18
    assert [r.locator.page for r in reading.records] == [n for n in range(1, 19) for _ in "AB"]
    assert part.records == reading.records[18:22]


PARENT = """
import asyncio, sys
from activities.adapters.ocr.pool import OcrPool
from activities.ports.reading import UnreadableDocumentError
from models.bill_monitoring.reading import ReadScope

async def main():
    pool = OcrPool(1)
    try:
        await pool.read(b"nothing", filename="x", scope=ReadScope.IDENTITY)
    except UnreadableDocumentError:
        print("ready", flush=True)
    sys.stdin.read()

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_reading_processes_die_with_a_parent_that_is_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(  # noqa: ASYNC220 - it is waited for in a thread
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert await asyncio.to_thread(parent.stdout.readline) == b"ready\n"
        children = reading_processes(parent.pid)
        assert children
        parent.send_signal(signal.SIGKILL)
        gone, alive = await asyncio.to_thread(psutil.wait_procs, children, timeout=10)
        assert len(gone) == len(children)
        assert not alive
