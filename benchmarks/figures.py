"""How figures are shown: measured, floor, aim, and whether the floor is held."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    measured: float
    floor: float
    """The worst value that is good enough; the best one if ``at_least``."""
    aim: float | None = None
    unit: str = "s"
    at_least: bool = False
    comparable: bool = True
    """False where the floor is meant for another size than was measured."""

    @property
    def held(self) -> bool:
        return self.measured >= self.floor if self.at_least else self.measured <= self.floor

    @property
    def verdict(self) -> str:
        if not self.comparable:
            return "(small)"
        return "pass" if self.held else "FAIL"


def print_figures(figures: Sequence[Figure]) -> None:
    """The table, with the machine's load now."""
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"\n{'figure':<58}{'measured':>12}{'floor':>12}{'aim':>10}")
    for figure in figures:
        sign = "≥" if figure.at_least else "≤"
        aim = f"{figure.aim:g}" if figure.aim is not None else ""
        print(
            f"{figure.name:<58}{figure.measured:>9.2f} {figure.unit:<3}{sign:>4}{figure.floor:>7g}"
            f"{aim:>10}  {figure.verdict}"
        )
    print(f"{cores} cores; load average {load:.1f} at the end")


def run_parts(
    program: str, parts: Mapping[str, Callable[..., list[Figure]]], arguments: Sequence[str] | None = None
) -> NoReturn:
    """Measure the parts that the command line names, print, and end with 1 when a floor is not held.

    Args:
        program: how it is called.
        parts: each takes ``small``, for sizes that only show that everything works.
        arguments: of the command line; the process's own without.
    """
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("--only", default=",".join(parts), help="parts, separated by commas")
    parser.add_argument("--small", action="store_true", help="small sizes, to see that everything works")
    options = parser.parse_args(arguments)
    unknown = [part for part in options.only.split(",") if part not in parts]
    if unknown:
        parser.error(f"--only {unknown[0]!r} is not one of {', '.join(parts)}")
    figures = [figure for part in options.only.split(",") for figure in parts[part](small=options.small)]
    print_figures(figures)
    sys.exit(any(figure.verdict == "FAIL" for figure in figures))
