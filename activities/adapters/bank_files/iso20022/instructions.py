"""Orders read back: transactions of pain.001 and pain.008 with the header of their payment information."""

from __future__ import annotations

from datetime import date
from typing import Final

from activities.adapters.bank_files.iso20022.branches import Branch
from activities.adapters.bank_files.iso20022.values import (
    account_id,
    bank_id,
    is_yes,
    party_id,
    party_name,
    provided,
    read_amount,
    read_day,
    structured_remittance,
)
from activities.adapters.bank_files.notes import Notes
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.instructions import PaymentInstructionRead

TRANSACTION_TAGS: Final = frozenset({"CdtTrfTxInf", "DrctDbtTxInf"})


def read_instruction(
    branch: Branch, header: Branch, *, is_debit: bool, message_id: str | None, notes: Notes
) -> PaymentInstructionRead:
    """One transaction; what it does not say itself stands in the header of its payment information."""
    amount, currency = read_amount(
        branch.at("InstdAmt")
        or branch.at("Amt", "InstdAmt")
        or branch.at("Amt", "EqvtAmt", "Amt")
        or branch.at("Amt"),
        notes,
    )
    if amount is None:
        notes.add(FlagCode.MISSING_AMOUNT, "transaction without an amount", branch.line)
    elif currency is None:
        notes.add(FlagCode.MISSING_CURRENCY, "transaction without a currency", branch.line)
    mandate = branch.at("DrctDbtTx", "MndtRltdInf")
    kinds = branch.at("PmtTpInf") or header.at("PmtTpInf")
    return PaymentInstructionRead(
        kind="direct-debit" if is_debit else "credit-transfer",
        message_id=message_id,
        payment_information_id=header.get("PmtInfId"),
        end_to_end_id=provided(branch.get("PmtId", "EndToEndId")),
        amount=amount,
        currency=currency,
        instruction_id=provided(branch.get("PmtId", "InstrId")),
        uetr=branch.get("PmtId", "UETR"),
        debtor=_name(branch, header, "Dbtr"),
        debtor_account=_account(branch, header, "DbtrAcct"),
        debtor_bank=_bank(branch, header, "DbtrAgt"),
        ultimate_debtor=_name(branch, header, "UltmtDbtr"),
        creditor=_name(branch, header, "Cdtr"),
        creditor_account=_account(branch, header, "CdtrAcct"),
        creditor_bank=_bank(branch, header, "CdtrAgt"),
        ultimate_creditor=_name(branch, header, "UltmtCdtr"),
        creditor_id=_creditor_id(branch, header),
        execution_date=_day(branch, header, "ReqdExctnDt", notes),
        collection_date=_day(branch, header, "ReqdColltnDt", notes),
        mandate_id=provided(mandate.get("MndtId")) if mandate else None,
        mandate_signed=read_day(mandate.at("DtOfSgntr"), notes) if mandate else None,
        sequence_type=kinds.get("SeqTp") if kinds else None,
        service_level=kinds.first(("SvcLvl", "Cd"), ("SvcLvl", "Prtry")) if kinds else None,
        local_instrument=kinds.first(("LclInstrm", "Cd"), ("LclInstrm", "Prtry")) if kinds else None,
        batch_booking=_indicator(header.get("BtchBookg")),
        charge_bearer=branch.get("ChrgBr") or header.get("ChrgBr"),
        purpose=branch.first(("Purp", "Cd"), ("Purp", "Prtry")),
        remittance=branch.texts("RmtInf", "Ustrd"),
        structured_remittance=structured_remittance(branch),
        line=branch.line,
    )


def _indicator(text: str | None) -> bool | None:
    return None if text is None else is_yes(text)


def _name(branch: Branch, header: Branch, role: str) -> str | None:
    return party_name(branch.at(role)) or party_name(header.at(role))


def _account(branch: Branch, header: Branch, role: str) -> str | None:
    return account_id(branch.at(role)) or account_id(header.at(role))


def _bank(branch: Branch, header: Branch, role: str) -> str | None:
    return bank_id(branch.at(role)) or bank_id(header.at(role))


def _creditor_id(branch: Branch, header: Branch) -> str | None:
    return party_id(branch.at("DrctDbtTx", "CdtrSchmeId")) or party_id(header.at("CdtrSchmeId"))


def _day(branch: Branch, header: Branch, name: str, notes: Notes) -> date | None:
    return read_day(branch.at(name) or header.at(name), notes)
