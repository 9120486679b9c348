"""Every rule between rooms holds, and each one is proved to bite by a planted violation."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("cli", "console", "workers", "workflows", "activities", "models", "sandbox", "benchmarks")

VIOLATIONS = {
    "rooms": ("models/money.py", "import workers.settings"),
    "sandbox-outside": ("workers/settings.py", "import sandbox.mail"),
    "sandbox-alone": ("sandbox/mail.py", "import models.money"),
    "models-pure": ("models/calendar.py", "import structlog"),
    "workflows-clean": ("workflows/bill_monitoring/scan.py", "import sqlmodel"),
    "activities-steps-only": ("activities/bill_monitoring/books.py", "import workflows.bill_monitoring.scan"),
    "sql-in-store": ("activities/adapters/mail.py", "import sqlalchemy"),
    "ports-bare": ("activities/ports/delivery.py", "import activities.adapters.mail"),
    "wiring-knows": ("activities/bill_monitoring/robot.py", "import activities.adapters.exchange.gateway"),
}


def contracts() -> set[str]:
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]}


def lint(root: Path, contract: str) -> subprocess.CompletedProcess[str]:
    program = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports; "
        f"sys.exit(lint_imports(limit_to_contracts=('{contract}',), no_cache=True))"
    )
    return subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )


def test_every_contract_has_its_violation() -> None:
    assert set(VIOLATIONS) == contracts()


@pytest.mark.parametrize("contract", sorted(VIOLATIONS))
def test_planted_violation_is_found(contract: str, tmp_path: Path) -> None:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    place, line = VIOLATIONS[contract]
    file = tmp_path / place
    file.write_text(file.read_text() + f"\n{line}\n")
    outcome = lint(tmp_path, contract)
    assert outcome.returncode != 0
    assert "BROKEN" in outcome.stdout
