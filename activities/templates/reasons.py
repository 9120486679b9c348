"""The engine's reasons in the language of the house.

Rules state their reasons in English phrases; readers get them translated phrase by phrase. A phrase
that the glossary lacks stays as it is: a reason in English is better than none.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

_SEPARATOR: Final = "; "
_REST: Final = "rest"
"""Name of a place that is filled by another phrase."""


def reason_in(language: str, reason: str) -> str:
    """A reason as readers of a language have it."""
    phrases = _phrases(language)
    if not phrases:
        return reason
    return "；".join(_translated(phrase, phrases) for phrase in reason.split(_SEPARATOR))


def _translated(phrase: str, phrases: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, translation in phrases:
        found = pattern.fullmatch(phrase)
        if found is not None:
            named = found.groupdict()
            if _REST in named:
                named[_REST] = _translated(named[_REST], phrases)
            return translation.format(**named)
    return phrase


@cache
def _phrases(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of a language's glossary, the most particular first; none for English."""
    source = files("activities.templates") / f"reasons.{language}.toml"
    if not source.is_file():
        return ()
    glossary: dict[str, str] = tomllib.loads(source.read_text(encoding="utf-8"))["phrases"]
    return tuple((_pattern(phrase), glossary[phrase]) for phrase in sorted(glossary, key=_generality))


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(phrase)))


def _generality(phrase: str) -> tuple[int, str]:
    return phrase.count("{"), phrase
