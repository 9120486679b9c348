"""What the file bank says about an order file: pain.002, or CSV where orders came so."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from sandbox.banks.orders import Status, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.banks.order_files import Item

ANSWERS_TO: Final = {
    "pain.001.001.03": "pain.002.001.03",
    "pain.008.001.02": "pain.002.001.03",
    "pain.001.001.09": "pain.002.001.10",
    "pain.008.001.08": "pain.002.001.10",
}
_CODES: Final = {
    Status.ACCEPTED: "ACCP",
    Status.SETTLED: "ACSC",
    Status.RETURNED: "ACSC",
    Status.REJECTED: "RJCT",
    Status.CANCELLED: "RJCT",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the bank says of one item."""

    item: Item
    status: Status
    code: str = ""
    reason: str = ""
    bank_reference: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What the bank says of one file."""

    identity: str
    created: str
    message_id: str
    version: str
    verdicts: Sequence[Verdict] = ()
    code: str = ""
    """Why the file is refused as a whole."""
    reason: str = ""

    @property
    def group_status(self) -> str:
        """ACCP or ACSC when all are, RJCT when none is, else PART."""
        codes = {_CODES[verdict.status] for verdict in self.verdicts}
        if self.code or codes == {"RJCT"} or not codes:
            return "RJCT"
        return codes.pop() if len(codes) == 1 else "PART"


def pain_002(report: Report) -> bytes:
    """The report in the version that goes with the file's."""
    version = ANSWERS_TO.get(report.version, "pain.002.001.10")
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><CstmrPmtStsRpt><GrpHdr>'
        f"<MsgId>{escape(report.identity)}</MsgId><CreDtTm>{report.created}</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{escape(report.message_id) or 'NOTPROVIDED'}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>{report.version or 'unknown'}</OrgnlMsgNmId>"
        f"<GrpSts>{report.group_status}</GrpSts>{_reason(report.code, report.reason)}</OrgnlGrpInfAndSts>\n"
    )
    parts = [head]
    for group, verdicts in groupby(report.verdicts, key=lambda verdict: verdict.item.group):
        parts.append(f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{escape(group)}</OrgnlPmtInfId>\n")
        parts += [_item(verdict) for verdict in verdicts]
        parts.append("</OrgnlPmtInfAndSts>\n")
    parts.append("</CstmrPmtStsRpt></Document>\n")
    return "".join(parts).encode()


def csv_report(report: Report) -> bytes:
    """The CSV dialect; a refused file is one line without a reference."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("reference", "status", "code", "reason", "bank_reference", "amount", "currency"))
    if report.code:
        writer.writerow(("", "RJCT", report.code, report.reason, "", "", ""))
    for verdict in report.verdicts:
        order = verdict.item.order
        amount = written(order.minor, order.currency)
        status = _CODES[verdict.status]
        writer.writerow(
            (
                order.reference,
                status,
                verdict.code,
                verdict.reason,
                verdict.bank_reference,
                amount,
                order.currency,
            )
        )
    return text.getvalue().encode()


def _item(verdict: Verdict) -> str:
    order, instruction = verdict.item.order, verdict.item.instruction
    amount = written(order.minor, order.currency)
    told = f"<OrgnlInstrId>{escape(instruction)}</OrgnlInstrId>" if instruction else ""
    booked = f"<AcctSvcrRef>{verdict.bank_reference}</AcctSvcrRef>" if verdict.bank_reference else ""
    return (
        f"<TxInfAndSts>{told}<OrgnlEndToEndId>{escape(order.reference)}</OrgnlEndToEndId>"
        f"<TxSts>{_CODES[verdict.status]}</TxSts>{_reason(verdict.code, verdict.reason)}{booked}"
        f'<OrgnlTxRef><Amt><InstdAmt Ccy="{order.currency}">{amount}</InstdAmt></Amt></OrgnlTxRef>'
        "</TxInfAndSts>\n"
    )


def _reason(code: str, reason: str) -> str:
    if not code:
        return ""
    words = f"<AddtlInf>{escape(reason[:105])}</AddtlInf>" if reason else ""
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn>{words}</StsRsnInf>"
