"""Draw the papers of an application: ``python -m sandbox.papers form.json --out papers``."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from sandbox.papers.doctoring import WAYS
from sandbox.papers.portfolio import papers_for


def main() -> None:
    """Write every paper that a form needs into a directory, and print their names."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.papers", description=__doc__)
    parser.add_argument("form", type=Path, help="the application as JSON")
    parser.add_argument("--out", type=Path, required=True, help="directory for the papers")
    parser.add_argument("--today", type=date.fromisoformat, default=None, help="as of this day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--doctored", default="", choices=[w.__name__.replace("_", "-") for w in WAYS])
    asked = parser.parse_args()
    form = json.loads(asked.form.read_text(encoding="utf-8"))
    asked.out.mkdir(parents=True, exist_ok=True)
    today = asked.today or date.today()  # noqa: DTZ011 - the day on the table clock
    for name, content in papers_for(form, today=today, seed=asked.seed, doctored=asked.doctored):
        (asked.out / name).write_bytes(content)
        sys.stdout.write(f"{asked.out / name}\n")


if __name__ == "__main__":
    main()
