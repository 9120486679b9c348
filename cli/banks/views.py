"""Bank files as a person at a treasury desk reads them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import typer

from cli.output import print_table
from models.payments.bank_files.amounts import plain
from models.payments.bank_files.instructions import PaymentInstructionRead, PaymentStatusRead
from models.payments.bank_files.statements import BankFile, Direction, Statement, StatementEntry

_LONGEST_TEXT: Final = 60
_MOST_ROWS: Final = 200
_SIGNS: Final = {Direction.CREDIT: "+", Direction.DEBIT: "-", None: ""}


def print_bank_file(name: str, file: BankFile) -> None:
    """Statements, payments, statuses, totals and remarks of one file."""
    title = file.message or (f"{file.format} {file.version}" if file.version else file.format)
    typer.echo(f"{name}: {title}")
    for statement in file.statements:
        _print_statement(statement)
    if file.payments:
        _print_payments(file.payments)
    if file.statuses:
        _print_statuses(file.statuses)
    _print_flags(file)


def _print_statement(statement: Statement) -> None:
    period = " to ".join(str(day) for day in (statement.from_date, statement.to_date) if day)
    facts = (statement.account or "account not named", statement.owner, statement.id, period)
    typer.echo("\n" + "  ".join(fact for fact in facts if fact))
    typer.echo(f"opening {_money(statement.opening, statement.currency)}")
    print_table(
        ["booked", "value", "amount", "", "status", "counterparty", "text", "reference"],
        [_row(entry) for entry in statement.entries[:_MOST_ROWS]],
        right=["amount"],
        empty="no entries",
    )
    if len(statement.entries) > _MOST_ROWS:
        typer.echo(f"... {len(statement.entries) - _MOST_ROWS} more entries (all of them with --json)")
    typer.echo(f"closing {_money(statement.closing, statement.currency)}")


def _row(entry: StatementEntry) -> list[object]:
    first = entry.details[0] if entry.details else None
    texts = (*first.remittance, *first.structured_remittance) if first else ()
    text = " ".join(texts) or entry.additional_information or ""
    if len(entry.details) > 1:
        counterparty = f"{len(entry.details)} transactions"
    else:
        counterparty = (first.counterparty or first.counterparty_account or "") if first else ""
    status = f"{entry.status.value}{' reversal' if entry.reversal else ''}"
    amount = f"{_SIGNS[entry.direction]}{plain(entry.amount, entry.currency)}"
    return [
        entry.booking_date,
        entry.value_date if entry.value_date != entry.booking_date else None,
        amount,
        entry.currency,
        status,
        counterparty,
        _short(text),
        entry.end_to_end_id or entry.reference,
    ]


def _print_payments(payments: Iterable[PaymentInstructionRead]) -> None:
    rows = list(payments)
    print_table(
        ["date", "amount", "", "debtor", "creditor", "end-to-end id", "text"],
        [
            [
                payment.execution_date or payment.collection_date,
                plain(payment.amount, payment.currency) if payment.amount is not None else None,
                payment.currency,
                payment.debtor or payment.debtor_account,
                payment.creditor or payment.creditor_account,
                payment.end_to_end_id,
                _short(" ".join((*payment.remittance, *payment.structured_remittance))),
            ]
            for payment in rows[:_MOST_ROWS]
        ],
        right=["amount"],
        empty="",
    )
    if len(rows) > _MOST_ROWS:
        typer.echo(f"... {len(rows) - _MOST_ROWS} more payments (all of them with --json)")


def _print_statuses(statuses: Iterable[PaymentStatusRead]) -> None:
    print_table(
        ["level", "status", "reason", "original id", "amount", ""],
        [
            [
                status.level,
                status.status,
                _short(" ".join(" ".join((r.code or "", *r.information)).strip() for r in status.reasons)),
                status.original_end_to_end_id
                or status.original_instruction_id
                or status.original_payment_information_id
                or status.original_message_id,
                plain(status.amount, status.currency) if status.amount is not None else None,
                status.currency,
            ]
            for status in statuses
        ],
        right=["amount"],
        empty="",
    )


def _print_flags(file: BankFile) -> None:
    totals = file.computed
    total = f", sum {plain(totals.sum, totals.currency)}" if totals.sum is not None else ""
    typer.echo(f"\n{totals.entries} entries{total}")
    for flag in file.flags:
        where = f" (line {flag.line})" if flag.line else ""
        typer.secho(f"! {flag.code.value}: {flag.message}{where}", fg="yellow")


def _money(amount: Decimal | None, currency: str | None) -> str:
    return "not told" if amount is None else f"{plain(amount, currency)} {currency or ''}".strip()


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
