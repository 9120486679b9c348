"""The profiles that leaseflow ships, and those that a house adds: TOML files, read and checked."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from models.payments.bank_files.errors import UnknownProfileError
from models.payments.bank_files.profiles import FileProfile


@cache
def shipped_profiles() -> dict[str, FileProfile]:
    """All profiles of this package by name."""
    folder = resources.files(__name__)
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    profiles = [parse_profile(file.read_text(encoding="utf-8"), where=file.name) for file in files]
    return {profile.name: profile for profile in profiles}


def find_profile(name_or_path: str) -> FileProfile:
    """A shipped profile by name, or a house's own by the path of its TOML file.

    Raises:
        UnknownProfileError: there is no such profile, or its data is wrong.
    """
    shipped = shipped_profiles()
    if name_or_path in shipped:
        return shipped[name_or_path]
    path = Path(name_or_path)
    if not path.is_file():
        raise UnknownProfileError(
            f"profile {name_or_path!r} is neither shipped nor a file",
            remedy=f"Use the path of a TOML file or one of {', '.join(shipped)}",
        )
    try:
        return parse_profile(path.read_text(encoding="utf-8"), where=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UnknownProfileError(
            f"profile {path} cannot be read ({error})", remedy="Give a readable TOML file in UTF-8"
        ) from error


def parse_profile(text: str, *, where: str) -> FileProfile:
    """A profile from the text of a TOML file.

    Raises:
        UnknownProfileError: the text is no TOML, or does not describe a profile; names every wrong field.
    """
    try:
        return FileProfile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UnknownProfileError(
            f"profile {where} is not TOML: {error}", remedy="See docs/guides/bank-files.md"
        ) from error
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'profile'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise UnknownProfileError(
            f"profile {where}: {wrong}", remedy="See docs/guides/bank-files.md"
        ) from error
