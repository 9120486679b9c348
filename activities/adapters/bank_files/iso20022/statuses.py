"""Statuses of pain.002 at the levels of group, payment information and transaction."""

from __future__ import annotations

from activities.adapters.bank_files.iso20022.branches import Branch
from activities.adapters.bank_files.iso20022.values import account_id, party_name, provided, read_amount
from activities.adapters.bank_files.notes import Notes
from models.payments.bank_files.instructions import PaymentStatusRead, StatusReason


def read_group_status(branch: Branch, message_id: str | None) -> PaymentStatusRead | None:
    """The status of the whole original message; None when only its identification is given."""
    status, reasons = branch.get("GrpSts"), _reasons(branch)
    if status is None and not reasons:
        return None
    return PaymentStatusRead(
        level="group",
        status=status,
        reasons=reasons,
        message_id=message_id,
        original_message_id=branch.get("OrgnlMsgId"),
        original_message_name=branch.get("OrgnlMsgNmId"),
        line=branch.line,
    )


def read_payment_status(
    branch: Branch, group: Branch | None, message_id: str | None
) -> PaymentStatusRead | None:
    """The status of one original payment information; None when there is none of its own."""
    status, reasons = branch.get("PmtInfSts"), _reasons(branch)
    if status is None and not reasons:
        return None
    return PaymentStatusRead(
        level="payment",
        status=status,
        reasons=reasons,
        message_id=message_id,
        original_message_id=_original(group, "OrgnlMsgId"),
        original_message_name=_original(group, "OrgnlMsgNmId"),
        original_payment_information_id=branch.get("OrgnlPmtInfId"),
        line=branch.line,
    )


def read_transaction_status(
    branch: Branch, payment: Branch | None, group: Branch | None, message_id: str | None, notes: Notes
) -> PaymentStatusRead:
    """The status of one original transaction, with what the answer repeats of it."""
    original = branch.at("OrgnlTxRef") or branch
    amount, currency = read_amount(
        original.at("Amt", "InstdAmt")
        or original.at("InstdAmt")
        or original.at("Amt", "EqvtAmt", "Amt")
        or original.at("IntrBkSttlmAmt"),
        notes,
    )
    return PaymentStatusRead(
        level="transaction",
        status=branch.get("TxSts"),
        reasons=_reasons(branch),
        message_id=message_id,
        original_message_id=branch.get("OrgnlGrpInf", "OrgnlMsgId") or _original(group, "OrgnlMsgId"),
        original_message_name=branch.get("OrgnlGrpInf", "OrgnlMsgNmId") or _original(group, "OrgnlMsgNmId"),
        original_payment_information_id=(payment.get("OrgnlPmtInfId") if payment else None)
        or branch.get("OrgnlPmtInfId"),
        original_instruction_id=provided(branch.get("OrgnlInstrId")),
        original_end_to_end_id=provided(branch.get("OrgnlEndToEndId")),
        original_transaction_id=provided(branch.get("OrgnlTxId")),
        status_id=branch.get("StsId"),
        amount=amount,
        currency=currency,
        debtor=party_name(original.at("Dbtr")),
        debtor_account=account_id(original.at("DbtrAcct")),
        creditor=party_name(original.at("Cdtr")),
        creditor_account=account_id(original.at("CdtrAcct")),
        mandate_id=provided(original.get("MndtRltdInf", "MndtId") or _later_mandate(original)),
        bank_reference=branch.get("AcctSvcrRef"),
        line=branch.line,
    )


def _later_mandate(original: Branch) -> str | None:
    return original.get("MndtRltdInf", "DrctDbtMndt", "MndtId")


def _original(group: Branch | None, name: str) -> str | None:
    return group.get(name) if group else None


def _reasons(branch: Branch) -> tuple[StatusReason, ...]:
    reasons = []
    for place in branch.all("StsRsnInf"):
        code = place.first(("Rsn", "Cd"), ("Rsn", "Prtry"), ("StsRsn", "Cd"), ("StsRsn", "Prtry"))
        information = (*place.texts("AddtlInf"), *place.texts("AddtlStsRsnInf"))
        if code or information:
            reasons.append(StatusReason(code, information))
    return tuple(reasons)
