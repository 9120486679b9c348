"""Validation against the message definitions of ISO 20022 that lie in ``schemas``."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import Any, Final, cast

from lxml import etree

from models.payments.bank_files.flags import Flag, FlagCode

_FOLDER: Final = resources.files("activities.adapters.bank_files") / "schemas"
_MOST: Final = 20
_LONGEST: Final = 300
_LARGEST_FOR_LINES: Final = 20_000_000
"""Bytes up to which a wrong file is parsed again as a whole, to tell lines."""


@cache
def schema_of(name: str) -> etree.XMLSchema | None:
    """The definition of a message; None when it is not among ours."""
    path = _FOLDER / f"{name}.xsd"
    if not path.is_file():
        return None
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


def schema_flags(content: bytes, name: str, encoding: str | None) -> Iterator[Flag]:
    """What the definition of a message does not allow, or that we have no definition of it."""
    schema = schema_of(name) if name else None
    if schema is None:
        told = f"{name} has no definition here" if name else "the file does not name its version"
        yield Flag(FlagCode.UNKNOWN_VERSION, f"{told}: read without validation")
        return
    if not _is_wrong(content, schema, encoding):
        return
    if len(content) > _LARGEST_FOR_LINES:
        yield Flag(FlagCode.SCHEMA_VIOLATION, f"{name}: the file does not follow its definition")
        return
    document = etree.fromstring(content, _parser(encoding))
    for message in _bodies(document, name):
        schema.validate(message)
        errors = _errors(schema, name)
        for line, reason in errors[:_MOST]:
            yield Flag(FlagCode.SCHEMA_VIOLATION, f"{name}: {reason}", line)
        if len(errors) > _MOST:
            yield Flag(FlagCode.SCHEMA_VIOLATION, f"{name}: and {len(errors) - _MOST} more")


def validation_errors(content: bytes, name: str) -> list[tuple[int, str]]:
    """Lines and reasons why a message that we wrote is not valid; none when it is."""
    schema = schema_of(name)
    if schema is None:
        return [(1, f"{name} has no definition here")]
    if schema.validate(etree.fromstring(content, _parser(None))):
        return []
    return _errors(schema, name)


def _errors(schema: etree.XMLSchema, name: str) -> list[tuple[int, str]]:
    """What the validator noted: lines, and sentences without the namespaces that make them unreadable."""
    log = cast("Iterable[Any]", schema.error_log)  # the stubs do not know that a log can be walked through
    space = f"{{urn:iso:std:iso:20022:tech:xsd:{name}}}"
    return [(error.line, str(error.message).replace(space, "")[:_LONGEST]) for error in log]


def _is_wrong(content: bytes, schema: etree.XMLSchema, encoding: str | None) -> bool:
    """Validate as a stream, which keeps memory flat; an envelope never validates so.

    Not in the same pass as reading: a validating stream of lxml ends a truncated file without an error.
    """
    stream = etree.iterparse(
        io.BytesIO(content),
        events=("end",),
        tag="{*}Ntry",
        schema=schema,
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
    )
    try:
        for _, element in stream:
            element.clear()
    except etree.XMLSyntaxError:
        return True
    return False


def _bodies(document: etree._Element, name: str) -> Iterator[etree._Element]:
    """The message roots of a file: itself, or those in an envelope."""
    tag = f"{{urn:iso:std:iso:20022:tech:xsd:{name}}}Document"
    found = [document] if document.tag == tag else list(document.iter(tag))
    yield from found or [document]


def _parser(encoding: str | None) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, encoding=encoding)
