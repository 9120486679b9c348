"""What stands in a message, taken element by element as the parser closes them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from lxml import etree

from activities.adapters.bank_files.iso20022.branches import Branch, branch_of
from activities.adapters.bank_files.iso20022.entries import read_entry
from activities.adapters.bank_files.iso20022.instructions import TRANSACTION_TAGS, read_instruction
from activities.adapters.bank_files.iso20022.statements import read_statement
from activities.adapters.bank_files.iso20022.statuses import (
    read_group_status,
    read_payment_status,
    read_transaction_status,
)
from activities.adapters.bank_files.iso20022.values import account_id, read_decimal
from activities.adapters.bank_files.notes import Notes
from models.payments.bank_files.checks import mismatches
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.instructions import PaymentInstructionRead, PaymentStatusRead
from models.payments.bank_files.statements import BankFile, EntryStatus, Statement, StatementEntry, Totals
from models.payments.bank_files.totals import totals_of_payments

_HEAVY: Final = frozenset({"Ntry", "TxInfAndSts"}) | TRANSACTION_TAGS


class Collector:
    """Gathers the values of one file; elements that were taken are emptied to keep memory flat."""

    def __init__(self, notes: Notes, *, flipped_reversals: bool) -> None:
        self._notes = notes
        self._flipped = flipped_reversals
        self._kind = ""
        self._message_id: str | None = None
        self._created: str | None = None
        self._declared = Totals()
        self._entries: list[StatementEntry] = []
        self._statements: list[Statement] = []
        self._payments: list[PaymentInstructionRead] = []
        self._first_of_payment = 0
        self._statuses: list[PaymentStatusRead] = []
        self._header: Branch | None = None
        self._header_of: etree._Element | None = None
        self._group: Branch | None = None
        self._takers: dict[str, Callable[[etree._Element], None]] = {
            "GrpHdr": self._take_group_header,
            "Ntry": self._take_entry,
            "Stmt": self._take_statement,
            "Rpt": self._take_statement,
            "Ntfctn": self._take_statement,
            "CdtTrfTxInf": self._take_instruction,
            "DrctDbtTxInf": self._take_instruction,
            "PmtInf": self._end_payment,
            "OrgnlGrpInfAndSts": self._take_group_status,
            "TxInfAndSts": self._take_transaction_status,
            "OrgnlPmtInfAndSts": self._end_payment_status,
        }

    def begin(self, kind: str) -> None:
        """A message of this kind starts."""
        self._kind = kind

    def take(self, name: str, element: etree._Element) -> None:
        """An element is complete."""
        self._takers[name](element)

    def bank_file(self, kind: str, version: str | None, name: str | None, encoding: str | None) -> BankFile:
        """Everything gathered; the rules of `models` have not looked at it yet."""
        return BankFile(
            format=kind,
            version=version,
            message=name,
            message_id=self._message_id,
            created=self._created,
            encoding=encoding,
            statements=tuple(self._statements),
            payments=tuple(self._payments),
            statuses=tuple(self._statuses),
            declared=self._declared,
            flags=self._notes.flags(),
        )

    def _take_group_header(self, element: etree._Element) -> None:
        header = branch_of(element)
        self._message_id = self._message_id or header.get("MsgId")
        self._created = self._created or header.get("CreDtTm")
        self._declare(header.get("NbOfTxs"), header.get("CtrlSum"), header.line)

    def _declare(self, count: str | None, total: str | None, line: int | None) -> None:
        """Add the totals that a header declares; a file may hold several messages."""
        number = int(count) if count and count.isdecimal() else None
        amount = read_decimal(total, self._notes, line)
        before = self._declared
        self._declared = Totals(
            entries=number if before.entries is None else before.entries + (number or 0),
            sum=amount if before.sum is None else before.sum + (amount or Decimal(0)),
        )

    def _take_entry(self, element: etree._Element) -> None:
        header = self._header_for(element)
        account = header.at("Acct")
        entry = read_entry(
            branch_of(element),
            account=account_id(account),
            currency=(account.get("Ccy") if account else None) or _balance_currency(header),
            flipped_reversals=self._flipped,
            unstated=EntryStatus.BOOKED if self._kind == "camt.053" else EntryStatus.UNKNOWN,
            notes=self._notes,
        )
        if entry is not None:
            self._entries.append(entry)
        _drop(element)

    def _take_statement(self, element: etree._Element) -> None:
        self._statements.append(
            read_statement(branch_of(element, without=_HEAVY), self._entries, self._notes)
        )
        self._entries = []
        _drop(element)

    def _take_instruction(self, element: etree._Element) -> None:
        self._payments.append(
            read_instruction(
                branch_of(element),
                self._header_for(element),
                is_debit=self._kind == "pain.008",
                message_id=self._message_id,
                notes=self._notes,
            )
        )
        _drop(element)

    def _end_payment(self, element: etree._Element) -> None:
        """Compare what a payment information declares with the transactions that stood in it."""
        header = branch_of(element, without=_HEAVY)
        inside = totals_of_payments(self._payments[self._first_of_payment :])
        count, total = header.get("NbOfTxs"), read_decimal(header.get("CtrlSum"), self._notes, header.line)
        declared = Totals(int(count) if count and count.isdecimal() else None, total)
        for _, problem in mismatches(declared, inside):
            message = f"payment information {header.get('PmtInfId')}: {problem}"
            self._notes.add(FlagCode.DECLARED_TOTAL_MISMATCH, message, header.line)
        self._first_of_payment = len(self._payments)
        _drop(element)

    def _take_group_status(self, element: etree._Element) -> None:
        self._group = branch_of(element)
        self._declare(self._group.get("OrgnlNbOfTxs"), self._group.get("OrgnlCtrlSum"), self._group.line)
        status = read_group_status(self._group, self._message_id)
        if status is not None:
            self._statuses.append(status)

    def _take_transaction_status(self, element: etree._Element) -> None:
        payment = self._header_of_payment_status(element.getparent())
        self._statuses.append(
            read_transaction_status(branch_of(element), payment, self._group, self._message_id, self._notes)
        )
        _drop(element)

    def _end_payment_status(self, element: etree._Element) -> None:
        self._header_of_payment_status(element)
        _drop(element)

    def _header_of_payment_status(self, parent: etree._Element | None) -> Branch | None:
        """The payment that transactions answer; its own status goes before theirs."""
        if parent is None or parent is self._header_of:
            return self._header
        self._header, self._header_of = branch_of(parent, without=_HEAVY), parent
        status = read_payment_status(self._header, self._group, self._message_id)
        if status is not None:
            self._statuses.append(status)
        return self._header

    def _header_for(self, element: etree._Element) -> Branch:
        """What stands before the entries or transactions of the element's parent, read once."""
        parent = element.getparent()
        if self._header is None or parent is not self._header_of:
            holder = element if parent is None else parent
            self._header, self._header_of = branch_of(holder, without=_HEAVY), holder
        return self._header


def _balance_currency(header: Branch) -> str | None:
    amount = header.at("Bal", "Amt")
    return amount.currency if amount else None


def _drop(element: etree._Element) -> None:
    """Empty an element, and remove those before it that were emptied: the parser still needs this one."""
    element.clear()
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    while before is not None and before.tag == element.tag:
        parent.remove(before)
        before = element.getprevious()
