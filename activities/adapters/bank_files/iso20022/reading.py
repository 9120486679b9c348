"""An ISO 20022 file read as a stream: each entry or transaction becomes a value and leaves the memory."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from activities.adapters.bank_files.iso20022.branches import local_name
from activities.adapters.bank_files.iso20022.collecting import Collector
from activities.adapters.bank_files.iso20022.schemas import schema_flags
from activities.adapters.bank_files.notes import Notes
from models.payments.bank_files.errors import UnreadableBankFileError
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.statements import BankFile

_MESSAGE: Final = re.compile(r"(?<![a-z])([a-z]{4})\.(\d{3})\.(\d{3}(?:\.\d{3})?)\.(\d{2})")
_ROOTS: Final = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
    "CstmrCdtTrfInitn": "pain.001",
    "CstmrPmtStsRpt": "pain.002",
    "CstmrDrctDbtInitn": "pain.008",
    "BkToCstmrAcctRptV01": "camt.052",
    "BkToCstmrStmtV01": "camt.053",
    "BkToCstmrDbtCdtNtfctnV01": "camt.054",
}
_OLD_ROOT: Final = re.compile(r"(pain\.00[128])\.001\.0[12]")
_TAGS: Final = (
    "Ntry",
    "Stmt",
    "Rpt",
    "Ntfctn",
    "GrpHdr",
    "PmtInf",
    "CdtTrfTxInf",
    "DrctDbtTxInf",
    "OrgnlGrpInfAndSts",
    "OrgnlPmtInfAndSts",
    "TxInfAndSts",
)
_PLAUSIBLE_ENCODINGS: Final = ("gb18030", "cp1252")
_WIDE_LABEL: Final = re.compile(rb"<\?xml[^>]*encoding=[\"'](?:utf-?16|ucs-?2)", re.IGNORECASE)
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_ENCODING_ERRORS: Final = frozenset(
    {
        etree.ErrorTypes.ERR_INVALID_CHAR,
        etree.ErrorTypes.ERR_INVALID_ENCODING,
        etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
    }
)


def read_iso20022(content: bytes, *, flipped_reversals: bool = False) -> BankFile:
    """Read a camt or pain message, alone or in an envelope.

    Args:
        content: the file.
        flipped_reversals: the bank marks a reversal with the direction of what it reverses.

    Raises:
        UnreadableBankFileError: it is not well-formed XML, or holds no message of these kinds.
    """
    content = content.lstrip()
    if not content.startswith(_WIDE_MARKS):
        content = content.rstrip(b"\x1a \r\n\t")
    # a label of 16 bits that can be read as bytes is wrong: a transfer changed the encoding, not the label
    labelled_wrongly = _other_encoding(content) if _WIDE_LABEL.match(content) else None
    try:
        return _read(content, labelled_wrongly, flipped_reversals=flipped_reversals)
    except etree.XMLSyntaxError as error:
        encoding = _other_encoding(content) if getattr(error, "code", None) in _ENCODING_ERRORS else None
        if encoding is None:
            raise _broken(error) from error
    try:
        return _read(content, encoding, flipped_reversals=flipped_reversals)
    except etree.XMLSyntaxError as error:
        raise _broken(error) from error


def _read(content: bytes, encoding: str | None, *, flipped_reversals: bool) -> BankFile:
    notes = Notes()
    if encoding:
        notes.add(FlagCode.ENCODING_GUESSED, f"bytes do not fit the declared encoding: read as {encoding}")
    collector = Collector(notes, flipped_reversals=flipped_reversals)
    kind, name = "", ""
    for event, element in _events(content, encoding):
        if event == "start":
            found = _message_of(element)
            if found[0] and not kind:
                kind, name = found
                collector.begin(kind)
            continue
        if kind:
            collector.take(local_name(element.tag), element)
    if not kind:
        raise UnreadableBankFileError(
            _what_else(content), line=1, remedy="Give a camt.052/053/054 or pain.001/002/008"
        )
    for flag in schema_flags(content, name, encoding):
        notes.add(flag.code, flag.message, flag.line)
    return collector.bank_file(kind, version_of(name, kind), name or None, encoding)


def _events(content: bytes, encoding: str | None) -> Iterator[tuple[str, etree._Element]]:
    """Starts of message roots and ends of what is collected.

    Entities, document types and the network are off: no bank sends them, an attacker does.
    """
    roots = [f"{{*}}{name}" for name in (*_ROOTS, "Document")]
    old = [f"{{*}}{kind}.001.0{v}" for kind in ("pain.001", "pain.002", "pain.008") for v in (1, 2)]
    stream = etree.iterparse(
        io.BytesIO(content),
        events=("start", "end"),
        tag=[*roots, *old, *(f"{{*}}{tag}" for tag in _TAGS)],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding=encoding,
    )
    wanted = frozenset(_TAGS)
    for event, element in stream:
        is_collected = local_name(element.tag) in wanted
        if is_collected == (event == "end"):
            yield event, element


def refuse_document_type(content: bytes) -> None:
    """Stop at a document type declaration: it can only hide entities.

    Raises:
        UnreadableBankFileError: there is one.
    """
    found = re.search(rb"<!\s*(DOCTYPE|ENTITY)", content.replace(b"\0", b"")[:100_000])
    if found:
        line = content[: found.start()].count(b"\n") + 1
        raise UnreadableBankFileError(
            "the file declares a document type or entities, which no bank message does",
            line=line,
            remedy="Do not trust this file; ask the bank for it again",
        )


def _message_of(element: etree._Element) -> tuple[str, str]:
    """Kind and whole name of a message by its root: from the namespace, else from the element's name."""
    name = local_name(element.tag)
    space = str(element.tag).rpartition("}")[0].lstrip("{")
    kind = _ROOTS.get(name) or ""
    if not kind and (old := _OLD_ROOT.fullmatch(name)):
        kind = old[1]
        return kind, name
    found = _MESSAGE.search(space)
    if not kind:
        return "", ""
    if found and f"{found[1]}.{found[2]}" == kind:
        return kind, found[0]
    return kind, f"{kind}.001.01" if name.endswith("V01") else ""


def version_of(name: str, kind: str) -> str | None:
    """``001.02`` of ``camt.053.001.02``."""
    return name.removeprefix(f"{kind}.") or None


def _other_encoding(content: bytes) -> str | None:
    declared = content[:100].lower()
    candidates = _PLAUSIBLE_ENCODINGS if b"gb" in declared else _PLAUSIBLE_ENCODINGS[::-1]
    for encoding in ("utf-8", *candidates):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


def _broken(error: etree.XMLSyntaxError) -> UnreadableBankFileError:
    reason = (error.msg or "unreadable").partition(", line ")[0]
    return UnreadableBankFileError(
        f"not well-formed XML: {reason}", line=error.lineno or 1, remedy="Ask the bank for the whole file"
    )


def _what_else(content: bytes) -> str:
    """What an XML file without our messages is instead."""
    found = _MESSAGE.search(content[:5_000].replace(b"\0", b"").decode("latin-1"))
    if found:
        return f"message {found[0]} is none that is read here, or its body is missing"
    _, root = next(etree.iterparse(io.BytesIO(content), events=("start",), resolve_entities=False))
    return f"XML with root <{local_name(str(root.tag))[:60]}> is no bank message"
