"""Reads the order files that the file bank takes: pain.001, pain.008 and its own CSV.

The bank's own code, so that a mistake in the engine's writers cannot hide behind the same mistake here.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from lxml import etree

from sandbox.banks.orders import COLLECTION, KINDS, PAY_OUT, Order, minor_units, written

VERSIONS: Final = {
    "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03": "pain.001.001.03",
    "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09": "pain.001.001.09",
    "urn:iso:std:iso:20022:tech:xsd:pain.008.001.02": "pain.008.001.02",
    "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08": "pain.008.001.08",
}
CSV_COLUMNS: Final = (
    "reference",
    "kind",
    "account",
    "account_name",
    "counterparty",
    "counterparty_name",
    "counterparty_bank",
    "amount",
    "currency",
    "execution_date",
    "purpose",
    "mandate",
)


class BadFileError(ValueError):
    """A file that is refused as a whole."""

    def __init__(self, code: str, reason: str, *, message_id: str = "", version: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.message_id = message_id
        self.version = version


@dataclass(frozen=True, slots=True)
class Item:
    """One order with its place in the file."""

    order: Order
    group: str
    instruction: str


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A file that may be executed."""

    message_id: str
    version: str
    """``pain…`` or ``csv``."""
    items: tuple[Item, ...]


def read_order_file(name: str, content: bytes) -> OrderFile:
    """Read and check a file.

    Raises:
        BadFileError: it is no order file, or does not add up.
    """
    return _csv_file(name, content) if name.endswith(".csv") else _xml_file(content)


def _xml_file(content: bytes) -> OrderFile:
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise BadFileError("FF01", f"no well-formed XML: {error}") from None
    version = VERSIONS.get(etree.QName(root).namespace or "", "")
    if not version:
        raise BadFileError("FF01", f"namespace {etree.QName(root).namespace} is not taken here")
    reader = _Reader(root, version)
    items = tuple(reader.items())
    reader.check_totals(items)
    return OrderFile(reader.message_id, version, items)


class _Reader:
    """Finds the parts of one pain message."""

    def __init__(self, root: etree._Element, version: str) -> None:
        self._ns = {"p": etree.QName(root).namespace or ""}
        self._debit = version.startswith("pain.008")
        self._version = version
        if not len(root):
            raise self._bad("FF01", "the document is empty")
        self._message = root[0]
        self.message_id = self._text(self._message, "p:GrpHdr/p:MsgId")
        if not self.message_id:
            raise self._bad("FF01", "GrpHdr/MsgId is missing")

    def items(self) -> list[Item]:
        return [
            item for group in self._message.iterfind("p:PmtInf", self._ns) for item in self._items_of(group)
        ]

    def check_totals(self, items: tuple[Item, ...]) -> None:
        """Declared number and sum must be those of the items."""
        declared = self._text(self._message, "p:GrpHdr/p:NbOfTxs")
        if declared != str(len(items)):
            raise self._bad("AM18", f"NbOfTxs says {declared!r}, the file holds {len(items)}")
        total = self._text(self._message, "p:GrpHdr/p:CtrlSum")
        currencies = {item.order.currency for item in items}
        if total and len(currencies) == 1:
            (currency,) = currencies
            sum_of_items = written(sum(item.order.minor for item in items), currency)
            if not _same_amount(total, sum_of_items):
                raise self._bad("AM10", f"CtrlSum says {total}, the items add up to {sum_of_items}")

    def _items_of(self, group: etree._Element) -> list[Item]:
        own, other = ("Cdtr", "Dbtr") if self._debit else ("Dbtr", "Cdtr")
        name = self._text(group, "p:PmtInfId")
        account, account_name = self._account(group, own), self._text(group, f"p:{own}/p:Nm")
        day = next(
            (
                found
                for path in ("p:ReqdColltnDt", "p:ReqdExctnDt/p:Dt", "p:ReqdExctnDt")
                if (found := self._text(group, path))
            ),
            "",
        )
        kind, tag = (COLLECTION, "p:DrctDbtTxInf") if self._debit else (PAY_OUT, "p:CdtTrfTxInf")
        return [
            self._item(part, name, other, (kind, account, account_name, day))
            for part in group.iterfind(tag, self._ns)
        ]

    def _item(self, part: etree._Element, group: str, other: str, shared: tuple[str, str, str, str]) -> Item:
        amount = part.find(".//p:InstdAmt", self._ns)
        reference = self._text(part, "p:PmtId/p:EndToEndId")
        if amount is None or not reference:
            raise self._bad("FF01", f"an item of {group} has no InstdAmt or no EndToEndId")
        kind, account, account_name, day = shared
        currency = amount.get("Ccy", "")
        try:
            minor = minor_units(amount.text or "", currency)
        except ValueError as error:
            raise self._bad("AM12", f"{reference}: {error}") from None
        order = Order(
            reference=reference,
            kind=kind,
            account=account,
            account_name=account_name,
            counterparty=self._account(part, other),
            counterparty_name=self._text(part, f"p:{other}/p:Nm"),
            counterparty_bank=self._agent(part, other),
            minor=minor,
            currency=currency,
            execution_date=day,
            purpose=self._text(part, "p:RmtInf/p:Ustrd"),
            mandate=self._text(part, "p:DrctDbtTx/p:MndtRltdInf/p:MndtId"),
        )
        return Item(order, group, self._text(part, "p:PmtId/p:InstrId"))

    def _account(self, part: etree._Element, side: str) -> str:
        place = f"p:{side}Acct/p:Id/"
        return self._text(part, f"{place}p:IBAN") or self._text(part, f"{place}p:Othr/p:Id")

    def _agent(self, part: etree._Element, side: str) -> str:
        place = f"p:{side}Agt/p:FinInstnId/"
        names = ("p:BICFI", "p:BIC", "p:ClrSysMmbId/p:MmbId", "p:Othr/p:Id")
        return next((found for n in names if (found := self._text(part, place + n))), "")

    def _text(self, part: etree._Element, path: str) -> str:
        return (part.findtext(path, "", self._ns) or "").strip()

    def _bad(self, code: str, reason: str) -> BadFileError:
        identity = getattr(self, "message_id", "")
        return BadFileError(code, reason, message_id=identity, version=self._version)


def _same_amount(left: str, right: str) -> bool:
    try:
        return Decimal(left) == Decimal(right)
    except InvalidOperation:
        return False


def _csv_file(name: str, content: bytes) -> OrderFile:
    """The CSV dialect: UTF-8, comma, a heading line; the file's name is its message's identity."""
    identity = name.removesuffix(".csv")
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        items = tuple(Item(_csv_order(row), identity, "") for row in rows)
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise BadFileError("FF01", str(error), message_id=identity, version="csv") from None
    return OrderFile(identity, "csv", items)


def _csv_order(row: dict[str, str]) -> Order:
    missing = [column for column in CSV_COLUMNS if row.get(column) is None]
    if missing:
        raise ValueError(f"column {missing[0]!r} is missing")
    if row["kind"] not in KINDS:
        raise ValueError(f"kind {row['kind']!r} is none of {', '.join(KINDS)}")
    taken = {column: row[column] for column in CSV_COLUMNS if column != "amount"}
    return Order(minor=minor_units(row["amount"], row["currency"]), **taken)
