"""Command lines as people write them in documents, parsed by the real command line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.app import COMMANDS, LazyCommand, LazyGroup

_PROGRAM = re.compile(r"(?:[A-Z][A-Z_]*=\S+\s+)*(?:leaseflow|\./run)\b")
_OPERATORS = ("|", ">", "&&", ";")
_RUN_ONLY = ("test",)
"""What `./run` does by itself; everything else it hands to `leaseflow`."""


class NotACommandError(Exception):
    """The line would be refused; the message says why."""


def command_lines(document: Path) -> Iterator[tuple[int, str]]:
    """Each command in the code blocks and code spans of a Markdown file, with its line number."""
    in_block, pending = False, ""
    for number, line in enumerate(document.read_text().splitlines(), start=1):
        if line.lstrip().startswith("```"):
            in_block = not in_block
            continue
        if not in_block:
            yield from ((number, span) for span in re.findall(r"`([^`]+)`", line) if _PROGRAM.match(span))
            continue
        text = f"{pending} {line.strip()}".strip()
        pending = text.removesuffix("\\") if text.endswith("\\") else ""
        if not pending and _PROGRAM.match(text):
            yield number, text


def check(line: str, *, complete: bool = False) -> None:
    """Parse a line as its command would, without running it.

    Args:
        line: as typed, with or without variables in front.
        complete: required arguments must be there, too.

    Raises:
        NotACommandError: no such command, an unknown flag, or a value that it does not take.
    """
    words = shlex.split(line, comments=True)
    while "=" in words[0]:
        words.pop(0)
    program, *words = words
    end = next((at for at, word in enumerate(words) if word in _OPERATORS), len(words))
    if program == "./run" and words[:1] and words[0] in _RUN_ONLY:
        return
    check_arguments(words[:end], complete=complete)


def check_arguments(words: list[str], *, complete: bool = False) -> None:
    """The same for what stands behind `leaseflow`.

    Raises:
        NotACommandError: as for `check`.
    """
    if not words or words == ["--help"]:
        return
    name, *rest = words
    if name not in COMMANDS:
        raise NotACommandError(f"leaseflow has no command {name!r}")
    command: Any = LazyCommand(name, COMMANDS[name]).load()
    while (several := commands_of(command)) and rest:
        name, *rest = rest
        if name not in several:
            raise NotACommandError(f"{command.name} has no command {name!r}; it has {', '.join(several)}")
        command = several[name]
    if "--help" in rest or commands_of(command):
        return
    _parse(command, name, rest, complete=complete)


def commands_of(command: Any) -> dict[str, Any]:
    """The commands of a group, those that are loaded only when they are called among them."""
    if isinstance(command, LazyGroup):
        return {name: LazyCommand(name, entry).load() for name, entry in command.entries.items()}
    loaded: dict[str, Any] = getattr(command, "commands", {})
    return loaded


def _parse(command: Any, name: str, words: list[str], *, complete: bool) -> None:
    try:
        command.make_context(name, list(words))
    except Exception as error:  # Typer keeps its usage errors private
        told = getattr(error, "format_message", None)
        reason = told() if told is not None else str(error)
        if type(error).__name__ == "MissingParameter" and not complete:
            return
        raise NotACommandError(f"{name} {shlex.join(words)}: {reason}") from error
