"""The played outside world that a cycle is measured on: its size, its files drawn beforehand."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_SEED: Final = 20_251_231


@dataclass(frozen=True, slots=True)
class PlayedWorld:
    """How many acceptors and customers there are, and how the list is published.

    Args:
        acceptors: size of the newest list.
        customers: size of the leasing house's customer file.
        image_share: share of the list that comes as pictures and scans; the rest stands in on-line tables.
    """

    acceptors: int
    customers: int
    image_share: float

    @property
    def options(self) -> tuple[str, ...]:
        """The sandbox's options that make this world."""
        return (
            f"--seed={_SEED}",
            f"--acceptors={self.acceptors}",
            f"--image-share={self.image_share}",
            "--text-pdf-share=0",
        )

    def draw(self, folder: Path) -> None:
        """Draw the newest list's files; those drawn by an earlier run are kept, since drawing is not ours.

        In a process of its own: what drawing leaves in memory must not be measured.
        """
        _python("-c", _DRAW, str(folder), str(_SEED), str(self.acceptors), str(self.image_share))

    def write_customers(self, path: Path) -> dict[str, Any]:
        """Write the customer file, and give the truth about its overlaps with the newest list."""
        _python(
            "-m",
            "sandbox.exchange",
            "customers",
            *self.options,
            f"--customers={self.customers}",
            f"--out={path}",
        )
        truth: dict[str, Any] = json.loads(path.with_name("truth.json").read_text(encoding="utf-8"))
        return truth


_DRAW: Final = """
import sys
from pathlib import Path
from sandbox.exchange.population import WorldSettings
from sandbox.exchange.site import Site, SiteSettings
folder, seed, acceptors, share = sys.argv[1:]
world = WorldSettings(int(seed), acceptors=int(acceptors), image_share=float(share), text_pdf_share=0.0)
Site(SiteSettings(world=world, data=Path(folder))).warm()
"""


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
