"""The message catalogue: each sentence that users read, by key, in the language of the house."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from models.errors import InvalidInputError

Language = Literal["zh-CN", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh-CN", "en")


class Catalogue:
    """Texts of one language.

    Args:
        language: tag of the language, as HTML's ``lang`` has it.
        texts: sentences by section and name.
    """

    def __init__(self, language: Language, texts: dict[str, dict[str, str]]) -> None:
        self.language: Language = language
        self._texts = texts

    def text(self, key: str, /, **values: object) -> str:
        """A sentence with its places filled in.

        Args:
            key: ``section.name``.
            values: what the sentence names in braces.

        Raises:
            KeyError: the catalogue lacks the sentence, or a place is not filled: a programming error.
        """
        section, _, name = key.partition(".")
        sentence = self._texts[section][name]
        return sentence.format(**values) if values else sentence

    def section(self, name: str) -> dict[str, str]:
        """All sentences of one section."""
        return dict(self._texts[name])


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language.

    Raises:
        InvalidInputError: the house does not speak it.
    """
    for known in LANGUAGES:
        if language == known:
            source = files("activities.templates") / f"messages.{known}.toml"
            texts: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
            return Catalogue(known, texts)
    raise InvalidInputError(
        f"language {language!r} is not spoken here", remedy=f"Use one of {', '.join(LANGUAGES)}"
    )
