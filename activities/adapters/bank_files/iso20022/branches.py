"""XML elements as plain branches: local names only, so that one reader serves every namespace.

ISO 20022 changes its namespace with each version while element names stay. A branch is made once per
entry and then asked by path; that is several times faster than searching the XML tree for each field.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, cast

from lxml import etree

_LOCAL: Final[dict[str, str]] = {}


class Branch(NamedTuple):
    """An element: its text, the currency that it names, where it stands, and its children by local name.

    A named tuple, because the third of a million that a large statement makes are then built without a call.
    """

    text: str
    currency: str | None
    line: int | None
    children: dict[str, list[Branch]]

    def at(self, *path: str) -> Branch | None:
        """The first branch along a path of local names."""
        here: Branch = self
        for name in path:
            if name not in here.children:
                return None
            here = here.children[name][0]
        return here

    def all(self, *path: str) -> Iterator[Branch]:
        """Every branch at the end of a path."""
        for found in self.children.get(path[0], ()):
            if len(path) == 1:
                yield found
            else:
                yield from found.all(*path[1:])

    def get(self, *path: str) -> str | None:
        """The text at a path; None when it is missing or blank."""
        here = self
        for name in path:
            if name not in here.children:
                return None
            here = here.children[name][0]
        return here.text or None

    def first(self, *paths: tuple[str, ...]) -> str | None:
        """The text of the first path that has any."""
        for path in paths:
            if text := self.get(*path):
                return text
        return None

    def texts(self, *path: str) -> tuple[str, ...]:
        """All texts at a path."""
        if path[0] not in self.children:
            return ()
        return tuple(found.text for found in self.all(*path) if found.text)


_LEAF: Final[dict[str, list[Branch]]] = {}
"""The children of elements that have none, shared and never written to."""


def branch_of(element: etree._Element, *, without: frozenset[str] = frozenset()) -> Branch:
    """An element as a branch; comments and processing instructions are passed over.

    Args:
        element: what to take over.
        without: local names of children to leave out.
    """
    children: dict[str, list[Branch]] = {}
    for child in element:
        tag: object = child.tag
        if not isinstance(tag, str):
            continue
        name = _LOCAL.get(tag) or local_name(tag)
        if name in without:
            continue
        if len(child):
            branch = branch_of(child)
        else:
            text, line = child.text, cast("int | None", child.sourceline)
            branch = Branch(text.strip() if text else "", child.get("Ccy"), line, _LEAF)
        if name in children:
            children[name].append(branch)
        else:
            children[name] = [branch]
    line = cast("int | None", element.sourceline)
    return Branch((element.text or "").strip(), element.get("Ccy"), line, children)


def local_name(tag: str) -> str:
    """A tag without its namespace, remembered because a file has few different ones."""
    name = tag.rpartition("}")[2]
    if len(_LOCAL) < 10_000:  # noqa: PLR2004 - a hostile file must not fill the memory
        _LOCAL[tag] = name
    return name
