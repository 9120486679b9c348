"""What the file bank says about its accounts: camt.054 as it books, camt.053 at the end of a day.

A reversal follows ISO 20022's reading: ``CdtDbtInd`` is the way the money goes now, and ``RvslInd`` marks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from sandbox.banks.orders import written

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = dict[str, Any]
"""An entry of the books."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose entries they are."""

    number: str
    currency: str

    def xml(self) -> str:
        is_iban = self.number[:2].isalpha() and self.number[2:4].isdigit()
        inner = f"<IBAN>{self.number}</IBAN>" if is_iban else f"<Othr><Id>{escape(self.number)}</Id></Othr>"
        return f"<Acct><Id>{inner}</Id><Ccy>{self.currency}</Ccy></Acct>"


@dataclass(frozen=True, slots=True)
class Balances:
    """At the beginning and the end of a day, in minor units."""

    day: str
    opening: int
    closing: int


@dataclass(frozen=True, slots=True)
class Head:
    """What begins a report."""

    identity: str
    created: str
    sequence: int
    account: Account
    batched: bool
    """One entry for all orders of a file."""

    def group(self) -> str:
        return f"<GrpHdr><MsgId>{self.identity}</MsgId><CreDtTm>{self.created}</CreDtTm></GrpHdr>\n"

    def report(self) -> str:
        return (
            f"<Id>{self.identity}</Id><ElctrncSeqNb>{self.sequence}</ElctrncSeqNb>"
            f"<CreDtTm>{self.created}</CreDtTm>{self.account.xml()}\n"
        )


def camt_054(head: Head, rows: Sequence[Row]) -> bytes:
    """A notification of what was booked."""
    body = "".join(_entries(rows, batched=head.batched))
    message = f"{head.group()}<Ntfctn>{head.report()}{body}</Ntfctn>"
    return _document("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", message)


def camt_053(head: Head, balances: Balances, rows: Sequence[Row]) -> bytes:
    """The statement of a day."""
    currency = head.account.currency
    opening = _balance("OPBD", balances.opening, currency, balances.day)
    closing = _balance("CLBD", balances.closing, currency, balances.day)
    body = "".join(_entries(rows, batched=head.batched))
    message = f"{head.group()}<Stmt>{head.report()}{opening}{closing}\n{body}</Stmt>"
    return _document("camt.053.001.08", "BkToCstmrStmt", message)


def _document(version: str, message: str, body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><{message}>'
        f"{body}</{message}></Document>\n"
    ).encode()


def _balance(kind: str, minor: int, currency: str, day: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{written(abs(minor), currency)}</Amt>'
        f"<CdtDbtInd>{_side(minor)}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _entries(rows: Sequence[Row], *, batched: bool) -> list[str]:
    """One entry for each row, or one for all orders of a file that were booked together."""
    if not batched:
        return [_entry([row]) for row in rows]
    groups = groupby(rows, key=lambda row: row["batch"] if row["kind"] == "order" else row["id"])
    return [_entry(list(group)) for _, group in groups]


def _entry(rows: Sequence[Row]) -> str:
    first, total = rows[0], sum(row["minor"] for row in rows)
    day, currency = first["booking_day"], first["currency"]
    reference = first["bank_reference"] if len(rows) == 1 else first["batch"]
    batch = f"<Btch><NbOfTxs>{len(rows)}</NbOfTxs></Btch>" if len(rows) > 1 else ""
    reversal = "<RvslInd>true</RvslInd>" if first["kind"] == "return" else ""
    return (
        f'<Ntry><NtryRef>{first["id"]}</NtryRef><Amt Ccy="{currency}">{written(abs(total), currency)}</Amt>'
        f"<CdtDbtInd>{_side(total)}</CdtDbtInd>{reversal}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"<AcctSvcrRef>{escape(reference[:35])}</AcctSvcrRef>{_kind(first)}"
        f"<NtryDtls>{batch}{''.join(map(_details, rows))}</NtryDtls></Ntry>\n"
    )


def _details(row: Row) -> str:
    end_to_end = escape(row["reference"]) or "NOTPROVIDED"
    reason = f"<RtrInf><Rsn><Cd>{row['code']}</Cd></Rsn></RtrInf>" if row["kind"] == "return" else ""
    words = f"<RmtInf><Ustrd>{escape(row['text'][:140])}</Ustrd></RmtInf>" if row["text"] else ""
    return (
        f"<TxDtls><Refs><AcctSvcrRef>{row['bank_reference']}</AcctSvcrRef>"
        f"<EndToEndId>{end_to_end}</EndToEndId></Refs>"
        f'<Amt Ccy="{row["currency"]}">{written(abs(row["minor"]), row["currency"])}</Amt>'
        f"<CdtDbtInd>{_side(row['minor'])}</CdtDbtInd>{_other_side(row)}{words}{reason}</TxDtls>"
    )


def _other_side(row: Row) -> str:
    if row["kind"] == "fee" or not row["counterparty_name"]:
        return ""
    # the original payer or payee, also of a return
    side = "Dbtr" if (row["minor"] > 0) is (row["kind"] != "return") else "Cdtr"
    number = f"<Othr><Id>{escape(row['counterparty'])}</Id></Othr>"
    account = f"<{side}Acct><Id>{number}</Id></{side}Acct>" if row["counterparty"] else ""
    name = escape(row["counterparty_name"])
    return f"<RltdPties><{side}><Pty><Nm>{name}</Nm></Pty></{side}>{account}</RltdPties>"


def _kind(row: Row) -> str:
    """ISO 20022's bank transaction code, by what was booked."""
    family, sub = {
        ("order", True): ("RDDT", "PMDD"),
        ("order", False): ("ICDT", "DMCT"),
        ("return", True): ("ICDT", "RRTN"),
        ("return", False): ("RDDT", "UPDD"),
        ("incoming", True): ("RCDT", "DMCT"),
        ("fee", False): ("MDOP", "CHRG"),
    }.get((row["kind"], row["minor"] > 0), ("NTAV", "NTAV"))
    inner = f"<Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly>"
    return f"<BkTxCd><Domn>{inner}</Domn></BkTxCd>"


def _side(minor: int) -> str:
    return "CRDT" if minor >= 0 else "DBIT"
