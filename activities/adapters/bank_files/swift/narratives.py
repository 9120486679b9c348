"""``:86:`` in its dialects: German subfields, code words between slashes, SEPA words, free text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_SUBFIELDS: Final = re.compile(r"(\d{3})?([^\w\s/:])(?=\d\d)")
_KNOWN_WORDS: Final = "EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|COAM|OAMT|PURP|RREF|RTRN|SQTP|ANAM"
_SEPA_WORD: Final = re.compile(
    rf"\n([A-Z]{{4}}|BIC)[+:]|(?<![A-Za-z0-9])(?=(?:{_KNOWN_WORDS})[+:])([A-Z]{{3,4}})[+:]"
)
_BEGINS_WITH_WORD: Final = re.compile(r"(?:[A-Z]{4}|BIC)[+:]")
_SEPA_FACTS: Final = {
    "EREF": "end_to_end_id",
    "KREF": "customer_reference",
    "MREF": "mandate_id",
    "CRED": "creditor_id",
    "DEBT": "creditor_id",
    "IBAN": "account",
    "BIC": "bank",
    "ANAM": "name",
    "ABWA": "ultimate",
    "ABWE": "ultimate",
    "PURP": "purpose",
    "RTRN": "return_reason",
}
"""Words of German banks before the facts of a SEPA payment; SVWZ and unknown ones are remittance."""
_SLASH_WORDS: Final = (
    "TRTP|IBAN|BIC|NAME|REMI|EREF|KREF|MARF|MREF|CSID|CRED|ORDP|BENM|CNTP|PREF|TRCD|ISDT|PURP|ULTB|ULTD|ULTC|ADDR|"
    "RTRN|SVCL|TRAN|ID|INIT|CDTRREFTP|CDTRREF|OCMT|EXCH|CHGS|CTRY|PHIL|RREF|IREF|NRTX|CREF|TXID|SALA|UDTR|UCRD"
)
_SLASH: Final = re.compile(rf"/({_SLASH_WORDS})/")
_SLASH_FACTS: Final = {
    "NAME": "name",
    "IBAN": "account",
    "BIC": "bank",
    "EREF": "end_to_end_id",
    "KREF": "customer_reference",
    "PREF": "customer_reference",
    "MARF": "mandate_id",
    "MREF": "mandate_id",
    "CSID": "creditor_id",
    "CRED": "creditor_id",
    "PURP": "purpose",
    "TRTP": "kind",
}
_RETURN: Final = re.compile(r"\b([A-Z]{2}\d{2})\b")


@dataclass(slots=True)
class Narrative:
    """What a narrative says."""

    code: str | None = None
    """The business transaction code that German banks put first."""
    kind: str | None = None
    name: str | None = None
    account: str | None = None
    bank: str | None = None
    end_to_end_id: str | None = None
    customer_reference: str | None = None
    mandate_id: str | None = None
    creditor_id: str | None = None
    purpose: str | None = None
    return_reason: str | None = None
    ultimate: str | None = None
    remittance: list[str] = field(default_factory=list)


def read_narrative(text: str) -> Narrative:
    """The facts of a narrative, whatever its dialect; free text becomes remittance, line by line."""
    text = text.strip()
    head = _SUBFIELDS.match(text)
    if head and (head[1] or head[2] in "?<>~") and text.count(head[2]) > 1:
        return _subfields(head[1], head[2], text)
    joined = text.replace("\n", "")
    if _SLASH.search(joined):
        return _slashed(joined)
    if _SEPA_WORD.search(joined) and len(_SEPA_WORD.findall(joined)) > 1:
        narrative = Narrative()
        _sepa_words(joined, narrative)
        return narrative
    return Narrative(remittance=[line.strip() for line in text.split("\n") if line.strip()])


def _subfields(code: str | None, mark: str, text: str) -> Narrative:
    """``166?00...?20...?32...``: the mark may be any character, and line breaks mean nothing."""
    parts: dict[str, str] = {}
    pieces = re.split(rf"{re.escape(mark)}(?=\d\d)", text.replace("\n", ""))
    for piece in pieces[1:]:
        parts[piece[:2]] = parts.get(piece[:2], "") + piece[2:]
    narrative = Narrative(code=code, kind=parts.get("00") or None)
    narrative.bank = parts.get("30", "").strip() or None
    narrative.account = (parts.get("31") or parts.get("38") or "").strip() or None
    narrative.name = (parts.get("32", "") + parts.get("33", "")).strip() or None
    keys = [key for key in sorted(parts) if "20" <= key <= "29" or "60" <= key <= "65"]
    wording = [parts[key] for key in keys if parts[key].strip()]
    # a word that begins a subfield begins a fact, known or not; other subfields go on with the one before
    joined = "".join(f"\n{part}" if _BEGINS_WITH_WORD.match(part) else part for part in wording)
    if _SEPA_WORD.search(joined):
        _sepa_words(joined, narrative)
    else:
        narrative.remittance = [line.strip() for line in wording]
    return narrative


def _sepa_words(text: str, narrative: Narrative) -> None:
    """``EREF+...SVWZ+...``: each word's fact reaches to the next word."""
    found = list(_SEPA_WORD.finditer(text))
    before = text[: found[0].start()].strip()
    if before:
        narrative.remittance.append(before)
    ends = [match.start() for match in found[1:]] + [len(text)]
    for match, end in zip(found, ends, strict=True):
        word, value = match[1] or match[2], text[match.end() : end].strip()
        fact = _SEPA_FACTS.get(word)
        if not value:
            continue
        if fact is None:
            narrative.remittance.append(value if word == "SVWZ" else f"{word}: {value}")
        elif getattr(narrative, fact) is None:
            setattr(narrative, fact, value.replace(" ", "") if word == "IBAN" else value)


def _slashed(text: str) -> Narrative:
    """``/EREF/.../BENM//NAME/.../REMI/...``: words between slashes, a party's words following its own."""
    narrative = Narrative()
    pieces = _SLASH.split(text)
    if pieces[0].strip(" /"):
        narrative.remittance.append(pieces[0].strip(" /"))
    party = ""
    for word, raw in zip(pieces[1::2], pieces[2::2], strict=True):
        value = raw.strip(" /")
        if word in {"ORDP", "BENM", "CNTP", "ULTB", "ULTD", "ULTC"}:
            party = word
        if value:
            _slash_word(word, value, narrative, is_ultimate=party.startswith("ULT"))
    return narrative


def _slash_word(word: str, value: str, narrative: Narrative, *, is_ultimate: bool) -> None:
    if word == "CNTP":
        # account, bank, name and city follow each other without words
        parts = [part.strip() or None for part in value.split("/")] + [None, None, None]
        narrative.account, narrative.bank, narrative.name = parts[:3]
    elif word == "REMI":
        narrative.remittance.append(re.sub(r"^(USTD|STRD)/+", "", value).strip(" /"))
    elif word == "NAME" and is_ultimate:
        narrative.ultimate = value
    elif word == "RTRN":
        found = _RETURN.search(value)
        narrative.return_reason = found[1] if found else value
    elif (fact := _SLASH_FACTS.get(word)) and getattr(narrative, fact) is None:
        setattr(narrative, fact, re.sub(r"^(CD|PRTRY)/", "", value))
