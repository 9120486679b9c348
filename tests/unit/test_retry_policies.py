"""Errors that no repetition mends are named in retry policies; a name that nothing bears protects nothing."""

from __future__ import annotations

import ast
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import activities
import models
import workflows

_WORKFLOWS = Path(workflows.__file__ or "").parent


def _named() -> Iterator[tuple[str, str]]:
    """Every string in the workflows' code that is written like the name of an error, with its file."""
    for file in sorted(_WORKFLOWS.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            told = node.value if isinstance(node, ast.Constant) else None
            if isinstance(told, str) and told.isidentifier() and told.endswith("Error"):
                yield told, file.name


def _defined() -> set[str]:
    for package in (models, activities):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rpartition(".")[2] not in {"__main__", "env"}:
                import_module(module.name)
    found: set[str] = set()
    below = [Exception]
    while below:
        error = below.pop()
        found.add(error.__name__)
        below += error.__subclasses__()
    return found


def test_every_error_that_workflows_name_exists() -> None:
    defined = _defined()
    assert {(name, file) for name, file in _named() if name not in defined} == set()
