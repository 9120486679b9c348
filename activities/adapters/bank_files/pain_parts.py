"""Pieces of pain messages: parties, accounts and banks of Europe and of China.

Names stay as they are, Chinese included: a bank compares them with its own, letter by letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from models.payments.account_numbers import is_iban
from models.payments.bank_files.errors import InvalidBankOrderError
from models.payments.bank_files.orders import AccountParty

_BIC: Final = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_FORBIDDEN: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUOTES: Final = {'"': "&quot;"}


def escaped(text: str) -> str:
    """Text as XML holds it.

    Raises:
        InvalidBankOrderError: a character that XML cannot hold.
    """
    if found := _FORBIDDEN.search(text):
        raise InvalidBankOrderError(
            f"text {text[:40]!r} holds the character U+{ord(found[0]):04X}, which XML cannot hold",
            remedy="Remove it",
        )
    return escape(text, _QUOTES)


def element(name: str, text: str) -> str:
    """An element with text; nothing when the text is empty."""
    return f"<{name}>{escaped(text)}</{name}>" if text else ""


def account_xml(role: str, account: str) -> str:
    """An account: an IBAN as such, anything else as the bank's own number."""
    plain = account.replace(" ", "")
    if is_iban(plain):
        return f"<{role}><Id><IBAN>{plain}</IBAN></Id></{role}>"
    return f"<{role}><Id><Othr><Id>{escaped(plain)}</Id></Othr></Id></{role}>"


def party_xml(role: str, name: str) -> str:
    """A party by its name."""
    return f"<{role}><Nm>{escaped(name)}</Nm></{role}>"


def agent_xml(role: str, party: AccountParty, *, bicfi: bool, clearing_system: str) -> str:
    """A party's bank: by BIC, by its code in a clearing system, or as not provided."""
    code = party.bank_code
    name = element("Nm", party.bank_name)
    if not code:
        inner = name or "<Othr><Id>NOTPROVIDED</Id></Othr>"
    elif _BIC.fullmatch(code):
        tag = "BICFI" if bicfi else "BIC"
        inner = f"<{tag}>{code}</{tag}>{name}"
    else:
        system = f"<ClrSysId><Cd>{escaped(clearing_system)}</Cd></ClrSysId>"
        inner = f"<ClrSysMmbId>{system}<MmbId>{escaped(code)}</MmbId></ClrSysMmbId>{name}"
    return f"<{role}><FinInstnId>{inner}</FinInstnId></{role}>"


def service_xml(level: str, instrument: str = "", sequence: str = "") -> str:
    """Service level, local instrument and sequence type, as far as they are told."""
    inner = f"<SvcLvl><Cd>{escaped(level)}</Cd></SvcLvl>" if level else ""
    inner += f"<LclInstrm><Cd>{escaped(instrument)}</Cd></LclInstrm>" if instrument else ""
    inner += element("SeqTp", sequence)
    return f"<PmtTpInf>{inner}</PmtTpInf>" if inner else ""


@dataclass(frozen=True, slots=True)
class CreditorScheme:
    """The creditor's identifier in a direct debit scheme."""

    id: str
    is_sepa: bool

    def xml(self) -> str:
        """``CdtrSchmeId``, naming the scheme when it is SEPA."""
        scheme = "<SchmeNm><Prtry>SEPA</Prtry></SchmeNm>" if self.is_sepa else ""
        other = f"<Othr><Id>{escaped(self.id)}</Id>{scheme}</Othr>"
        return f"<CdtrSchmeId><Id><PrvtId>{other}</PrvtId></Id></CdtrSchmeId>"
