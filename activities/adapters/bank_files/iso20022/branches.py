"""XML elements as plain branches: local names only, so that one reader serves every namespace.

ISO 20022 changes its namespace with each version while element names stay. A branch is made once per
entry and then asked by path; that is several times faster than searching the XML tree for each field.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

_LOCAL: Final[dict[str, str]] = {}
_NONE: Final[frozenset[str]] = frozenset()


class Branch:
    """An element: its text, the currency that it names, and its children by local name."""

    __slots__ = ("_children", "currency", "line", "text")

    def __init__(self, element: etree._Element, *, without: frozenset[str] = _NONE) -> None:
        self.line: int | None = element.sourceline  # type: ignore[assignment] # the stubs do not know it
        self.currency = element.get("Ccy")
        text = element.text
        self.text = text.strip() if text else ""
        self._children = _branches(element, without) if len(element) else _LEAF

    def at(self, *path: str) -> Branch | None:
        """The first branch along a path of local names."""
        here: Branch = self
        for name in path:
            if name not in here._children:
                return None
            here = here._children[name][0]
        return here

    def all(self, *path: str) -> Iterator[Branch]:
        """Every branch at the end of a path."""
        for found in self._children.get(path[0], ()):
            if len(path) == 1:
                yield found
            else:
                yield from found.all(*path[1:])

    def get(self, *path: str) -> str | None:
        """The text at a path; None when it is missing or blank."""
        here = self
        for name in path:
            if name not in here._children:
                return None
            here = here._children[name][0]
        return here.text or None

    def first(self, *paths: tuple[str, ...]) -> str | None:
        """The text of the first path that has any."""
        for path in paths:
            if text := self.get(*path):
                return text
        return None

    def texts(self, *path: str) -> tuple[str, ...]:
        """All texts at a path."""
        if path[0] not in self._children:
            return ()
        return tuple(found.text for found in self.all(*path) if found.text)


_LEAF: Final[dict[str, list[Branch]]] = {}
"""The children of elements that have none, shared and never written to."""


def _branches(element: etree._Element, without: frozenset[str]) -> dict[str, list[Branch]]:
    """Children by local name; comments and processing instructions have none."""
    children: dict[str, list[Branch]] = {}
    for child in element:
        tag: object = child.tag
        if not isinstance(tag, str):
            continue
        name = _LOCAL.get(tag) or local_name(tag)
        if name in without:
            continue
        if name in children:
            children[name].append(Branch(child))
        else:
            children[name] = [Branch(child)]
    return children


def local_name(tag: str) -> str:
    """A tag without its namespace, remembered because a file has few different ones."""
    name = tag.rpartition("}")[2]
    if len(_LOCAL) < 10_000:  # noqa: PLR2004 - a hostile file must not fill the memory
        _LOCAL[tag] = name
    return name
