"""What the documents tell people to type is what the command line takes, and what they point at exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.app import COMMANDS, LazyCommand
from models.identifiers import is_valid_uscc
from tests.factories.command_lines import NotACommandError, check, command_lines, commands_of

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

ROOMS = "tests|benchmarks|docs|cli|console|workers|workflows|activities|models|sandbox"

# what must never get into a document: places of the machine that it was written on
PRIVATE = re.compile(r"/root/|/home/|/work/|/tmp/")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_are_real(page: Path) -> None:
    wrong = []
    for number, line in command_lines(page):
        try:
            check(line)
        except NotACommandError as error:
            wrong.append(f"{page.name}:{number}: {error}")
    assert not wrong, "\n".join(wrong)


def test_readme_shows_the_two_commands() -> None:
    lines = [line for _, line in command_lines(README)]
    assert any(line.startswith("./run demo ") for line in lines)
    assert any(line.startswith("./run test ") for line in lines)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("leaseflow bill scan", "no command 'bill'"),
        ("leaseflow bills scans-all", "no command 'scans-all'"),
        ("leaseflow lease sign L1", "no command 'sign'"),
        ("leaseflow lease submit L1 --now", "--now"),
        ("leaseflow bills ack F1 --sacn 1", "--sacn"),
        ("leaseflow bills report --format docx", "docx"),
        ("LEASEFLOW_HOME=x ./run up --detached", "--detached"),
    ],
)
def test_wrong_commands_are_found(line: str, reason: str) -> None:
    with pytest.raises(NotACommandError, match=re.escape(reason)):
        check(line)


def examples() -> Iterator[tuple[str, str]]:
    """Each command of the command line with the example in its help."""

    def leaves(command: Any, path: str) -> Iterator[tuple[str, str]]:
        command = command.load() if isinstance(command, LazyCommand) else command
        several = commands_of(command)
        if not several:
            yield path, command.help or ""
            return
        for name, inner in several.items():
            yield from leaves(inner, f"{path} {name}")

    for name, entry in COMMANDS.items():
        yield from leaves(LazyCommand(name, entry), name)


@pytest.mark.parametrize(("path", "text"), [pytest.param(*example, id=example[0]) for example in examples()])
def test_help_has_an_example_that_works(path: str, text: str) -> None:
    _, found, example = text.partition("Example: ")
    assert found, f"leaseflow {path} --help shows no example"
    line = " ".join(example.split())
    assert f"leaseflow {path}" in line
    check(line, complete=True)


CODE = re.compile(r"\b9[0-9]{7}[0-9A-Z]{10}\b")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_firms_in_commands_have_codes_that_check(page: Path) -> None:
    typed = [code for _, line in command_lines(page) for code in CODE.findall(line)]
    assert [code for code in typed if not is_valid_uscc(code)] == []


def test_firms_in_examples_have_codes_that_check() -> None:
    typed = [code for _, text in examples() for code in CODE.findall(text)]
    assert typed
    assert [code for code in typed if not is_valid_uscc(code)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    missing = [
        target
        for target in targets
        if "://" not in target and not (page.parent / target.partition("#")[0]).exists()
    ]
    assert not missing


def test_paths_named_in_the_readme_exist() -> None:
    named = re.findall(rf"`((?:{ROOMS})/[\w/.-]+)`", README.read_text())
    assert named
    assert not [path for path in named if not (ROOT / path).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_place_of_a_machine_is_named(page: Path) -> None:
    assert not PRIVATE.findall(page.read_text())
