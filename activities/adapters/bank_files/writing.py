"""Order files for banks: pain.001 and pain.008, strict and deterministic.

The same batch makes the same bytes: nothing here asks a clock or draws an id. What leaves was validated
against the message's definition; what does not validate raises an error that names item and field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from activities.adapters.bank_files.iso20022.schemas import validation_errors
from activities.adapters.bank_files.pain_parts import (
    CreditorScheme,
    account_xml,
    agent_xml,
    element,
    escaped,
    party_xml,
    service_xml,
)
from models.money import Money
from models.payments.bank_files.dialects import CreditTransferDialect, DirectDebitDialect
from models.payments.bank_files.errors import InvalidBankOrderError
from models.payments.bank_files.orders import (
    CreditTransferFile,
    CreditTransferItem,
    DirectDebitFile,
    DirectDebitItem,
    SequenceType,
)

_SINCE_BICFI = ("001.09", "001.08")
"""Versions that call a BIC ``BICFI``, and wrap dates in a choice."""


def write_pain001(batch: CreditTransferFile, *, dialect: CreditTransferDialect) -> bytes:
    """A credit transfer initiation, valid by its definition.

    Raises:
        InvalidBankOrderError: the batch is empty, repeats a reference, or a field does not fit.
    """
    _demand_sound([(item.end_to_end_id, item.money) for item in batch.items])
    is_new = dialect.version in _SINCE_BICFI
    name = f"pain.001.{dialect.version}"
    day = batch.execution_date.isoformat()
    header = [
        element("PmtInfId", batch.payment_information_id),
        element("PmtMtd", "TRF"),
        element("BtchBookg", "true" if batch.batch_booking else "false"),
        *_count_and_sum([item.money for item in batch.items]),
        service_xml(dialect.service_level),
        f"<ReqdExctnDt><Dt>{day}</Dt></ReqdExctnDt>" if is_new else element("ReqdExctnDt", day),
        party_xml("Dbtr", batch.debtor.name),
        account_xml("DbtrAcct", batch.debtor.account),
        agent_xml("DbtrAgt", batch.debtor, bicfi=is_new, clearing_system=dialect.clearing_system),
        element("ChrgBr", dialect.charge_bearer),
    ]
    items = (_credit_transfer(item, dialect, bicfi=is_new) for item in batch.items)
    body = [
        "<CstmrCdtTrfInitn>",
        *_group_header(batch.message_id, batch.created, batch.initiator, batch.items),
    ]
    body += ["<PmtInf>", *header, "\n", *items, "</PmtInf></CstmrCdtTrfInitn>"]
    return _validated(name, body, [item.end_to_end_id for item in batch.items])


def write_pain008(batch: DirectDebitFile, *, dialect: DirectDebitDialect) -> bytes:
    """A direct debit initiation, valid by its definition.

    Items of different sequence types go into payment informations of their own, as the message demands;
    their ids are the batch's with the sequence type behind it when there are several.

    Raises:
        InvalidBankOrderError: the batch is empty, repeats a reference, or a field does not fit.
    """
    _demand_sound([(item.end_to_end_id, item.money) for item in batch.items])
    name = f"pain.008.{dialect.version}"
    present = [kind for kind in SequenceType if any(item.sequence_type is kind for item in batch.items)]
    body = [
        "<CstmrDrctDbtInitn>",
        *_group_header(batch.message_id, batch.created, batch.initiator, batch.items),
    ]
    order: list[str] = []
    for kind in present:
        items = [item for item in batch.items if item.sequence_type is kind]
        payment_id = batch.payment_information_id + (f"-{kind.value}" if len(present) > 1 else "")
        body += _collection(batch, items, kind, payment_id, dialect)
        order += [item.end_to_end_id for item in items]
    body.append("</CstmrDrctDbtInitn>")
    return _validated(name, body, order)


def _credit_transfer(item: CreditTransferItem, dialect: CreditTransferDialect, *, bicfi: bool) -> str:
    return "".join(
        (
            "<CdtTrfTxInf>",
            _payment_id(item.instruction_id, item.end_to_end_id),
            f"<Amt>{_instructed(item.money)}</Amt>",
            agent_xml("CdtrAgt", item.creditor, bicfi=bicfi, clearing_system=dialect.clearing_system),
            party_xml("Cdtr", item.creditor.name),
            account_xml("CdtrAcct", item.creditor.account),
            f"<Purp><Cd>{escaped(item.purpose)}</Cd></Purp>" if item.purpose else "",
            _remittance(item.remittance),
            "</CdtTrfTxInf>\n",
        )
    )


def _collection(
    batch: DirectDebitFile,
    items: Sequence[DirectDebitItem],
    kind: SequenceType,
    payment_id: str,
    dialect: DirectDebitDialect,
) -> Iterator[str]:
    is_new = dialect.version in _SINCE_BICFI
    yield "<PmtInf>"
    yield element("PmtInfId", payment_id)
    yield element("PmtMtd", "DD")
    yield element("BtchBookg", "true" if batch.batch_booking else "false")
    yield from _count_and_sum([item.money for item in items])
    yield service_xml(dialect.service_level, dialect.local_instrument, kind.value)
    yield element("ReqdColltnDt", batch.collection_date.isoformat())
    yield party_xml("Cdtr", batch.creditor.name)
    yield account_xml("CdtrAcct", batch.creditor.account)
    yield agent_xml("CdtrAgt", batch.creditor, bicfi=is_new, clearing_system=dialect.clearing_system)
    yield element("ChrgBr", dialect.charge_bearer)
    yield CreditorScheme(batch.creditor_id, is_sepa=dialect.service_level == "SEPA").xml()
    yield "\n"
    for item in items:
        yield _direct_debit(item, dialect, bicfi=is_new)
    yield "</PmtInf>"


def _direct_debit(item: DirectDebitItem, dialect: DirectDebitDialect, *, bicfi: bool) -> str:
    mandate = element("MndtId", item.mandate_id) + element("DtOfSgntr", item.mandate_signed.isoformat())
    return "".join(
        (
            "<DrctDbtTxInf>",
            _payment_id(item.instruction_id, item.end_to_end_id),
            _instructed(item.money),
            f"<DrctDbtTx><MndtRltdInf>{mandate}</MndtRltdInf></DrctDbtTx>",
            agent_xml("DbtrAgt", item.debtor, bicfi=bicfi, clearing_system=dialect.clearing_system),
            party_xml("Dbtr", item.debtor.name),
            account_xml("DbtrAcct", item.debtor.account),
            _remittance(item.remittance),
            "</DrctDbtTxInf>\n",
        )
    )


def _group_header(
    message_id: str, created: datetime, initiator: str, items: Sequence[CreditTransferItem | DirectDebitItem]
) -> Iterator[str]:
    yield "<GrpHdr>"
    yield element("MsgId", message_id)
    yield element("CreDtTm", created.isoformat(timespec="seconds"))
    yield from _count_and_sum([item.money for item in items])
    yield party_xml("InitgPty", initiator)
    yield "</GrpHdr>\n"


def _count_and_sum(amounts: Sequence[Money]) -> Iterator[str]:
    total = sum((money.amount for money in amounts), Decimal(0))
    yield element("NbOfTxs", str(len(amounts)))
    yield element("CtrlSum", f"{total:f}")


def _payment_id(instruction_id: str, end_to_end_id: str) -> str:
    return f"<PmtId>{element('InstrId', instruction_id)}{element('EndToEndId', end_to_end_id)}</PmtId>"


def _instructed(money: Money) -> str:
    return f'<InstdAmt Ccy="{escaped(money.currency)}">{money}</InstdAmt>'


def _remittance(text: str) -> str:
    return f"<RmtInf><Ustrd>{escaped(text)}</Ustrd></RmtInf>" if text else ""


def _demand_sound(items: Sequence[tuple[str, Money]]) -> None:
    """What no definition checks: something to do, no reference twice, amounts above zero.

    Raises:
        InvalidBankOrderError: one of these is not so.
    """
    if not items:
        raise InvalidBankOrderError("the order file has no items", remedy="Do not send an empty batch")
    seen: set[str] = set()
    for number, (reference, money) in enumerate(items, 1):
        if reference in seen:
            raise InvalidBankOrderError(
                f"item {number}: end_to_end_id {reference!r} stands twice", remedy="Give each item its own"
            )
        seen.add(reference)
        if money.minor <= 0:
            raise InvalidBankOrderError(
                f"item {number} ({reference}): amount {money} is not above zero", remedy="Leave the item out"
            )


def _validated(name: str, body: Iterable[str], references: Sequence[str]) -> bytes:
    """The message as bytes, once its definition accepts it.

    Each item stands on a line of its own, so that a validator's line names the item.

    Raises:
        InvalidBankOrderError: the definition does not accept it.
    """
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{name}">{"".join(body)}</Document>\n'
    ).encode()
    errors = validation_errors(content, name)
    if not errors:
        return content
    line, reason = errors[0]
    reason = reason.rstrip(".")
    lines = content.decode().split("\n")
    before = sum(text.startswith(("<CdtTrfTxInf>", "<DrctDbtTxInf>")) for text in lines[: line - 1])
    is_item = line <= len(lines) and lines[line - 1].startswith(("<CdtTrfTxInf>", "<DrctDbtTxInf>"))
    where = f"item {before + 1} ({references[before]})" if is_item else "the header"
    raise InvalidBankOrderError(
        f"{where} cannot be written as {name}: {reason}", remedy="Correct that field; nothing was written"
    )
