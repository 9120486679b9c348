"""Transactions behind an entry: ``TxDtls`` of camt.052, camt.053 and camt.054."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from activities.adapters.bank_files.iso20022.branches import Branch
from activities.adapters.bank_files.iso20022.values import (
    account_id,
    bank_id,
    is_yes,
    party_id,
    party_name,
    provided,
    read_amount,
    read_decimal,
    read_direction,
    structured_remittance,
)
from activities.adapters.bank_files.notes import Notes
from models.payments.bank_files.statements import Charge, Direction, TransactionDetail


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What a transaction takes from its entry where it says nothing itself."""

    amount: Decimal
    currency: str | None
    direction: Direction | None
    reversal: bool
    account: str | None
    """The statement's own account: the counterparty is the other one."""


def read_detail(branch: Branch, entry: EntryFacts, notes: Notes, *, only: bool) -> TransactionDetail:
    """One transaction.

    Args:
        branch: the ``TxDtls`` element.
        entry: the entry that it stands in.
        notes: takes remarks.
        only: whether the entry has no other transaction, so that the entry's amount is its amount.
    """
    amount, currency = _own_amount(branch, notes)
    if amount is None and only:
        amount, currency = entry.amount, entry.currency
    direction = read_direction(branch) or entry.direction
    if amount is not None and amount < 0:
        amount, direction = -amount, direction.opposite if direction else None
    original, original_currency, rate = _exchange(branch, notes)
    refs = branch.at("Refs") or branch
    side, bank, ultimate = _counterparty(branch, entry, direction)
    parties = branch.at("RltdPties")
    code, proprietary = bank_transaction_code(branch)
    returned = branch.at("RtrInf")
    return TransactionDetail(
        amount=amount,
        currency=currency or entry.currency,
        direction=direction,
        end_to_end_id=provided(refs.get("EndToEndId")),
        instruction_id=provided(refs.get("InstrId")),
        transaction_id=provided(refs.get("TxId")),
        mandate_id=provided(refs.get("MndtId")),
        bank_reference=provided(refs.get("AcctSvcrRef")),
        payment_information_id=provided(refs.get("PmtInfId")),
        message_id=provided(refs.get("MsgId")),
        uetr=refs.get("UETR"),
        counterparty=side[0],
        counterparty_account=side[1],
        counterparty_bank=bank,
        ultimate_counterparty=ultimate,
        creditor_id=party_id(parties.at("Cdtr")) if parties else None,
        remittance=branch.texts("RmtInf", "Ustrd"),
        structured_remittance=structured_remittance(branch),
        purpose=branch.first(("Purp", "Cd"), ("Purp", "Prtry")),
        return_reason=_reason(returned),
        return_information=_joined(returned, "AddtlInf", "AddtlRtrRsnInf"),
        charges=read_charges(branch, notes),
        bank_transaction_code=code,
        proprietary_code=proprietary,
        original_amount=original,
        original_currency=original_currency,
        exchange_rate=rate,
        additional_information=branch.get("AddtlTxInf"),
    )


def bank_transaction_code(branch: Branch) -> tuple[str | None, str | None]:
    """The ISO code as ``PMNT-RCDT-ESCT``, and the bank's own."""
    place = branch.at("BkTxCd")
    if place is None:
        return None, None
    parts = (
        place.get("Domn", "Cd"),
        place.get("Domn", "Fmly", "Cd"),
        place.get("Domn", "Fmly", "SubFmlyCd"),
    )
    code = "-".join(part for part in parts if part)
    return code or None, place.first(("Prtry", "Cd"), ("Prtry",))


def read_charges(branch: Branch, notes: Notes) -> tuple[Charge, ...]:
    """Charges: one element each up to version 02, records in one element from 03 on."""
    charges: list[Charge] = []
    for place in branch.all("Chrgs"):
        records = list(place.all("Rcrd")) or [place]
        for record in records:
            amount, currency = read_amount(record.at("Amt") or record.at("TtlChrgsAndTaxAmt"), notes)
            if amount is None:
                continue
            kind = record.first(("Tp", "Cd"), ("Tp", "Prtry", "Id"), ("Tp", "Prtry"))
            included = record.get("ChrgInclInd")
            charges.append(
                Charge(
                    amount,
                    currency,
                    read_direction(record),
                    kind,
                    is_yes(included) if included is not None else None,
                )
            )
    return tuple(charges)


def _own_amount(branch: Branch, notes: Notes) -> tuple[Decimal | None, str | None]:
    place = branch.at("Amt")
    if place is None or not place.text:
        place = (
            branch.at("AmtDtls", "TxAmt", "Amt")
            or branch.at("AmtDtls", "TxAmt")
            or branch.at("AmtDtls", "InstdAmt", "Amt")
        )
    return read_amount(place, notes)


def _exchange(branch: Branch, notes: Notes) -> tuple[Decimal | None, str | None, Decimal | None]:
    """The amount as it was instructed, when it differs in currency, and the rate."""
    place = branch.at("AmtDtls")
    if place is None:
        return None, None, None
    rate: Decimal | None = None
    for kind in ("TxAmt", "InstdAmt", "CntrValAmt", "AnncdPstngAmt"):
        found = place.at(kind, "CcyXchg", "XchgRate")
        if found is not None:
            rate = read_decimal(found.text or None, notes, found.line)
            break
    amount, currency = read_amount(place.at("InstdAmt", "Amt"), notes)
    if amount is None:
        return None, None, rate
    return amount, currency, rate


def _counterparty(
    branch: Branch, entry: EntryFacts, direction: Direction | None
) -> tuple[tuple[str | None, str | None], str | None, str | None]:
    """Name and account of the other side, its bank, and on whose behalf it acted.

    Money that comes in comes from the debtor. Returns and reversals keep the roles of the original
    payment, so there it is the other way round; the statement's own account settles doubts.
    """
    role = "Dbtr" if direction is Direction.CREDIT else "Cdtr"
    other = "Cdtr" if role == "Dbtr" else "Dbtr"
    if entry.reversal or branch.at("RtrInf") is not None:
        role, other = other, role
    side = _side(branch, role)
    own = entry.account
    if any(side[0]) and (own is None or side[0][1] != own):
        return side
    opposite = _side(branch, other)
    if any(opposite[0]) and (own is None or opposite[0][1] != own):
        return opposite
    return side


def _side(branch: Branch, role: str) -> tuple[tuple[str | None, str | None], str | None, str | None]:
    """Name and account of the debtor or creditor, its bank, and the ultimate party behind it."""
    parties, agents = branch.at("RltdPties"), branch.at("RltdAgts")
    name = account = ultimate = None
    if parties is not None:
        name, account = party_name(parties.at(role)), account_id(parties.at(f"{role}Acct"))
        ultimate = party_name(parties.at(f"Ultmt{role}"))
    bank = bank_id(agents.at(f"{role}Agt")) if agents is not None else None
    return (name or ultimate, account), bank, ultimate


def _reason(returned: Branch | None) -> str | None:
    if returned is None:
        return None
    return returned.first(("Rsn", "Cd"), ("Rsn", "Prtry"), ("RtrRsn", "Cd"), ("RtrRsn", "Prtry"))


def _joined(returned: Branch | None, *names: str) -> str | None:
    if returned is None:
        return None
    return " ".join(text for name in names for text in returned.texts(name)) or None
