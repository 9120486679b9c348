"""Runs the commands of a guide as they stand there, section by section."""

from __future__ import annotations

import itertools
import re
import shlex
import subprocess
import sysconfig
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.e2e.conftest import Stack

_REFUSED: Final = "# refused"
_TYPED: Final = re.compile(r"(leaseflow|python|pyhanko|curl) ")


@dataclass(frozen=True, slots=True)
class Said:
    """What a command of the guide said."""

    line: str
    out: str
    err: str


def sections(page: Path) -> dict[str, list[str]]:
    """The command lines under each heading, continued lines joined; "" for what stands before any."""
    found: dict[str, list[str]] = {"": []}
    heading, in_block, pending = "", False, ""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            in_block = not in_block
        elif not in_block and line.startswith("## "):
            heading = line.removeprefix("## ")
            found[heading] = []
        elif in_block:
            text = pending + line
            pending = text.removesuffix("\\") if text.endswith("\\") else ""
            if not pending and _TYPED.match(text):
                found[heading].append(text)
    return found


@dataclass(frozen=True, slots=True)
class Walker:
    """Types a guide's lines into a shell, as a reader would."""

    stack: Stack
    directory: Path
    """Where the reader stands."""

    def walk(self, lines: Sequence[str], instead: Mapping[str, str]) -> list[Said]:
        """Type each line.

        Args:
            lines: as the guide has them.
            instead: what here takes the place of what the guide shows: ports, hashes, the year.
        """
        return list(self._walk(lines, instead))

    def _walk(self, lines: Sequence[str], instead: Mapping[str, str]) -> Iterator[Said]:
        for shown in lines:
            line = shown
            for theirs, ours in instead.items():
                line = line.replace(theirs, ours)
            yield self._type(line)

    def _type(self, line: str) -> Said:
        if line.startswith("curl "):
            return Said(line, self._call(shlex.split(line)[1:]), "")
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=self.directory,
            env=self.stack.environment | {"PATH": f"{sysconfig.get_path('scripts')}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        wanted = 1 if line.endswith(_REFUSED) else 0
        assert done.returncode == wanted, f"{line}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return Said(line, done.stdout, done.stderr)

    def _call(self, words: list[str]) -> str:
        """What curl would do: a machine that runs tests need not have it."""
        url = next(word for word in words if word.startswith("http"))
        said = dict(itertools.pairwise(words))
        data = said["-d"].encode() if "-d" in said else None
        request = urllib.request.Request(url, data=data, method=said.get("-X"))
        with urllib.request.urlopen(request, timeout=60) as answer:
            content: bytes = answer.read()
        if "-o" in said:
            (self.directory / said["-o"]).write_bytes(content)
        return content.decode()
