"""Account reports as statements: ``Stmt``, ``Rpt`` and ``Ntfctn``, without their entries."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from activities.adapters.bank_files.iso20022.branches import Branch
from activities.adapters.bank_files.iso20022.values import (
    account_id,
    bank_id,
    party_name,
    read_amount,
    read_date,
    read_day,
    read_decimal,
    read_direction,
)
from activities.adapters.bank_files.notes import Notes
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.statements import Balance, Direction, Statement, StatementEntry, Totals


def read_statement(branch: Branch, entries: Sequence[StatementEntry], notes: Notes) -> Statement:
    """A statement from its element, whose entries were read before."""
    account = branch.at("Acct")
    balances = tuple(_balances(branch, notes))
    currency = account.get("Ccy") if account else None
    if currency is None:
        currency = _most_likely_currency(balances, entries)
    number = branch.first(("LglSeqNb",), ("ElctrncSeqNb",))
    period = branch.at("FrToDt")
    return Statement(
        account=account_id(account),
        id=branch.get("Id"),
        currency=currency,
        opening=_opening(balances),
        closing=_closing(balances),
        entries=tuple(entries),
        number=number,
        created=branch.get("CreDtTm"),
        from_date=read_date(period.first(("FrDtTm",), ("FrDt",)), notes, period.line) if period else None,
        to_date=read_date(period.first(("ToDtTm",), ("ToDt",)), notes, period.line) if period else None,
        owner=(account.get("Nm") or party_name(account.at("Ownr"))) if account else None,
        bank=bank_id(account.at("Svcr")) if account else None,
        balances=balances,
        declared=_declared(branch, currency, notes),
        additional_information=branch.first(("AddtlStmtInf",), ("AddtlRptInf",), ("AddtlNtfctnInf",)),
        line=branch.line,
    )


def _balances(branch: Branch, notes: Notes) -> list[Balance]:
    balances = []
    for place in branch.all("Bal"):
        kind = place.first(("Tp", "CdOrPrtry", "Cd"), ("Tp", "CdOrPrtry", "Prtry"), ("Tp", "Cd"), ("Tp",))
        amount, currency = read_amount(place.at("Amt"), notes)
        if amount is None:
            notes.add(FlagCode.MISSING_AMOUNT, f"balance {kind} has no amount; left out", place.line)
            continue
        if read_direction(place) is Direction.DEBIT and amount > 0:
            amount = -amount
        balances.append(Balance(kind or "", amount, currency, read_day(place.at("Dt"), notes)))
    return balances


def _opening(balances: Sequence[Balance]) -> Decimal | None:
    """The opening booked balance, else the previous closing one, else the first interim of several."""
    for kind in ("OPBD", "PRCD"):
        for balance in balances:
            if balance.kind == kind:
                return balance.amount
    interim = [balance.amount for balance in balances if balance.kind == "ITBD"]
    closed = any(balance.kind == "CLBD" for balance in balances)
    return interim[0] if interim and (closed or len(interim) > 1) else None


def _closing(balances: Sequence[Balance]) -> Decimal | None:
    """The closing booked balance, else the last interim booked one."""
    for kind in ("CLBD", "ITBD"):
        found = [balance.amount for balance in balances if balance.kind == kind]
        if found:
            return found[-1]
    return None


def _most_likely_currency(balances: Sequence[Balance], entries: Sequence[StatementEntry]) -> str | None:
    for balance in balances:
        if balance.currency:
            return balance.currency
    return next((entry.currency for entry in entries if entry.currency), None)


def _declared(branch: Branch, currency: str | None, notes: Notes) -> Totals:
    place = branch.at("TxsSummry")
    if place is None:
        return Totals()
    net = place.first(("TtlNtries", "TtlNetNtry", "Amt"), ("TtlNtries", "TtlNetNtryAmt"))
    sign = place.first(("TtlNtries", "TtlNetNtry", "CdtDbtInd"), ("TtlNtries", "CdtDbtInd"))
    net_amount = read_decimal(net, notes, place.line)
    if net_amount is not None and sign == "DBIT":
        net_amount = -net_amount

    def count(name: str) -> int | None:
        text = place.get(name, "NbOfNtries")
        return int(text) if text and text.isdecimal() else None

    def total(name: str) -> Decimal | None:
        return read_decimal(place.get(name, "Sum"), notes, place.line)

    return Totals(
        entries=count("TtlNtries"),
        sum=total("TtlNtries"),
        credit_entries=count("TtlCdtNtries"),
        credit_sum=total("TtlCdtNtries"),
        debit_entries=count("TtlDbtNtries"),
        debit_sum=total("TtlDbtNtries"),
        net=net_amount,
        currency=currency,
    )
