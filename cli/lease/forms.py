"""Forms from files, with single fields overruled on the command line."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import InvalidInputError
from models.lease.application.form import LeaseForm
from models.lease.application.written import form_as_read

_PART = re.compile(r"([a-z_]+)((?:\[\d+\])*)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file of many forms."""

    number: int
    form: LeaseForm | None
    fault: str = ""


def read_form(path: Path, overruled: Sequence[str] = ()) -> LeaseForm:
    """The form in a JSON or TOML file.

    Args:
        path: of the file.
        overruled: ``PATH=VALUE``, with paths as faults name them.

    Raises:
        InvalidInputError: the file cannot be read, or is no form; names each field that is wrong.
    """
    data = _data(path, _content(path))
    for each in overruled:
        _overrule(data, each)
    return form_as_read(data)


def read_lines(path: Path) -> Iterator[Line]:
    """The forms of a JSON-lines file; a line that is none says why, the others stand."""
    for number, text in enumerate(_content(path).splitlines(), start=1):
        if not text.strip():
            continue
        try:
            yield Line(number, form_as_read(_object(json.loads(text, parse_float=str))))
        except json.JSONDecodeError as error:
            yield Line(number, None, f"this line is no JSON: {error}")
        except InvalidInputError as error:
            yield Line(number, None, str(error))


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path} is no UTF-8 text", remedy="Save it as UTF-8") from error


def _data(path: Path, content: str) -> dict[str, Any]:
    toml = path.suffix == ".toml"
    try:  # numbers as they are written: 0.0888 never becomes a binary fraction
        loaded = tomllib.loads(content, parse_float=str) if toml else json.loads(content, parse_float=str)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        kind = "TOML" if toml else "JSON"
        raise InvalidInputError(
            f"{path} is no {kind}: {error}", remedy="See leaseflow lease form --example"
        ) from error
    return _object(loaded)


def _object(loaded: object) -> dict[str, Any]:
    if not isinstance(loaded, dict):
        raise InvalidInputError("this is no form: a form is an object of named fields")
    return loaded


def _overrule(data: dict[str, Any], assignment: str) -> None:
    path, equals, value = assignment.partition("=")
    keys = _keys(path)
    if not equals or not keys:
        raise InvalidInputError(
            f"--set {assignment!r} is no PATH=VALUE", remedy="Write it like --set financing.instalments=36"
        )
    place: Any = data
    try:
        for key in keys[:-1]:
            place = place.setdefault(key, {}) if isinstance(place, dict) else place[key]
        place[keys[-1]] = _value(value)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise InvalidInputError(
            f"--set {path}: the form has no such place", remedy="Parties and assets count from 0"
        ) from error


def _keys(path: str) -> list[str | int]:
    keys: list[str | int] = []
    for part in path.split("."):
        matched = _PART.fullmatch(part)
        if matched is None:
            return []
        keys.append(matched[1])
        keys += [int(number) for number in re.findall(r"\d+", matched[2])]
    return keys


def _value(text: str) -> object:
    """Truth values as such; everything else as text, which fields read as what they are."""
    return {"true": True, "false": False}.get(text, text)
