"""EasyOCR for real, where it is installed: codes and amounts, alone and as a second opinion."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.factories.documents import make

PYTHON = os.environ.get("LEASEFLOW_EASYOCR_PYTHON") or (sys.executable if find_spec("easyocr") else "")
"""An interpreter that has EasyOCR; in the same process it would bring torch and its warnings along."""

pytestmark = [
    pytest.mark.ocr,
    pytest.mark.slow,
    pytest.mark.skipif(
        not PYTHON,
        reason="EasyOCR is an optional extra and not installed; in a venv of its own it will do as well, "
        "its python named in LEASEFLOW_EASYOCR_PYTHON (see docs/guides/ocr.md)",
    ),
]


def read(path, engine):
    command = [PYTHON, "-m", "cli.ocr", "read", str(path), "--engine", engine]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["records"]


@pytest.mark.parametrize("engine", ["easyocr", "both"])
def test_codes_and_amounts_are_read_or_flagged(tmp_path, engine):
    made = make("ruled/clean", 3, rows=3)
    path = tmp_path / made.filename
    path.write_bytes(made.content)
    records = read(path, engine)
    assert len(records) == len(made.records)
    for record, truth in zip(records, made.records, strict=True):
        for field in ("uscc", "overdue_balance"):
            flagged = any(sentence.startswith(f"{field}:") for sentence in record["review"])
            assert record[field] == truth[field] or flagged, field
        if engine == "both":
            assert (record["name"], record["uscc"]) == (truth["name"], truth["uscc"])
            assert record["uscc_valid"]
