"""Values as people type them: NAME=VALUE, or a whole set in a TOML or JSON file."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from models.errors import InvalidInputError
from models.parameters.registry import shipped_names

_SHOWN: Final = {"set", "version", "parameters"}
"""What `params show --json` prints."""


def leaves(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every parameter of a set with its dotted name."""
    for name, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield from leaves(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner


def apply(value: dict[str, Any], changes: Iterable[str]) -> None:
    """Set parameters by NAME=VALUE; a new name is added where its parent is there.

    Raises:
        InvalidInputError: no NAME=VALUE, or no parameter of that name.
    """
    for change in changes:
        name, equals, text = change.partition("=")
        if not equals:
            raise InvalidInputError(f"{change!r} sets no parameter", remedy="Write NAME=VALUE")
        *path, last = name.split(".")
        inner: Any = value
        for step in path:
            inner = inner.get(step) if isinstance(inner, dict) else None
        # what the last part may be called, the set's own check knows
        if not last or not isinstance(inner, dict) or (not path and last not in value):
            raise _unknown(name, value)
        inner[last] = _plain(text)


def read_file(path: Path, set_name: str = "") -> dict[str, Any]:
    """A whole parameter set: its table alone, or as ``params show --json`` prints it.

    Raises:
        InvalidInputError: the file cannot be read, holds no table of parameters, or was shown of another set.
    """
    suffix = path.suffix.lower()
    if suffix not in {".toml", ".json"}:
        raise InvalidInputError(
            f"{path} is neither .toml nor .json", remedy="Write parameters in one of these"
        )
    try:
        text = path.read_text("utf-8-sig")
        # numbers stay as they are written: no float on an amount's way
        found = (
            tomllib.loads(text, parse_float=str) if suffix == ".toml" else json.loads(text, parse_float=str)
        )
    except OSError as error:
        raise InvalidInputError(
            f"{path} cannot be read ({error.strerror})", remedy="Check the path"
        ) from error
    except ValueError as error:  # TOMLDecodeError, JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise InvalidInputError(f"{path}: {error}", remedy="Nothing was proposed") from error
    if not isinstance(found, dict):
        raise InvalidInputError(f"{path} holds no table of parameters", remedy="Write NAME = VALUE in it")
    if found.keys() != _SHOWN or not isinstance(found["parameters"], dict):
        return found
    if set_name and found["set"] != set_name:
        raise InvalidInputError(
            f"{path} holds the set {found['set']!r}, not {set_name}", remedy="Nothing was proposed"
        )
    return found["parameters"]


def _plain(text: str) -> Any:  # noqa: ANN401 - JSON of any shape
    try:
        return json.loads(text, parse_float=str)
    except json.JSONDecodeError:
        return text


def _unknown(name: str, value: dict[str, Any]) -> InvalidInputError:
    other, _, rest = name.partition(".")
    if rest and other in shipped_names():
        return InvalidInputError(
            f"{name!r} is no parameter of this set: {other} is a set of its own",
            remedy=f"See leaseflow params show {other}, then leaseflow params propose {other} {rest}=VALUE",
        )
    known = [leaf for leaf, _ in leaves(value)]
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Use one of {', '.join(known)}"
    return InvalidInputError(f"{name!r} is no parameter of this set", remedy=hint)
