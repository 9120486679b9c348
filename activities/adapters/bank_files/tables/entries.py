"""Rows of a table as entries, by the rules of a profile."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from activities.adapters.bank_files.notes import Notes
from activities.adapters.bank_files.tables.layouts import Layout
from activities.adapters.bank_files.tables.rows import Row
from activities.adapters.bank_files.tables.values import (
    DateReader,
    Number,
    begins_with,
    is_absent,
    read_number,
    read_time,
)
from models.payments.bank_files.amounts import minor_digits
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.profile_rules import ReversalSign, SignRule
from models.payments.bank_files.profiles import FieldName, FileProfile
from models.payments.bank_files.statements import (
    Charge,
    Direction,
    EntryStatus,
    StatementEntry,
    TransactionDetail,
)

_SUMMARY: Final = re.compile(
    r"合计|总计|小计|总额|汇总|共\s*\d*\s*笔|期初|期末|承前|上期|本期"
    r"|total|summe|sum\b|saldo|balance|solde|-{4,}|^#|^\*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Read:
    """An entry, and the account that its row names."""

    entry: StatementEntry
    account: str | None


class RowReader:
    """Turns rows into entries; remembers which rows were none, for facts may stand in them."""

    def __init__(self, layout: Layout, rows: Sequence[Row], currency: str | None, notes: Notes) -> None:
        self._layout = layout
        self._profile: FileProfile = layout.profile
        self._currency = currency or layout.currency or layout.profile.currency
        self._notes = notes
        self._dates = DateReader([self._text(row, "date") for row in rows], layout.profile.date_formats)
        self.other_rows: list[Row] = []

    def read(self, row: Row) -> Read | None:
        """The entry of a row; None when the row is none."""
        number = self._number(row)
        date_text = self._text(row, "date")
        if number is None or self._is_summary(row, date_text):
            self._pass_over(row, date_text)
            return None
        self._check_width(row)
        return Read(self._entry(row, number, date_text), self._text(row, "account") or None)

    def _entry(self, row: Row, number: Number, date_text: str) -> StatementEntry:
        day, clock = self._dates.read(date_text) if date_text else (None, None)
        clock = clock or read_time(self._text(row, "time"))
        value_text = self._text(row, "value_date")
        value_day = self._dates.read(value_text)[0] if value_text else None
        if day is None and date_text:
            self._notes.add(FlagCode.UNREADABLE_DATE, f"date {date_text!r} is no date; row kept", row.line)
        currency = self._currency_of(row, number)
        direction, status = self._direction_and_status(row, number)
        reversal = self._is_reversal(row)
        if reversal and self._profile.reversal_sign is ReversalSign.ORIGINAL and direction:
            direction = direction.opposite
        amount = abs(number.amount)
        detail = self._detail(row, amount, currency, direction)
        return StatementEntry(
            amount=amount,
            currency=currency,
            direction=direction,
            status=status,
            booking_date=day or value_day,
            value_date=value_day or day,
            reference=self._text(row, "reference") or self._text(row, "customer_reference") or None,
            end_to_end_id=detail.end_to_end_id,
            reversal=reversal,
            details=(detail,),
            booked_at=f"{day.isoformat()}T{clock}" if day and clock else None,
            bank_reference=self._text(row, "reference") or None,
            customer_reference=self._text(row, "customer_reference") or None,
            proprietary_code=self._text(row, "kind") or None,
            balance_after=self._balance(row),
            additional_information=self._text(row, "information") or None,
            charges=self._charges(row, currency),
            line=row.line,
        )

    def _text(self, row: Row, name: FieldName) -> str:
        """A field's text; empty when the column or the value is missing."""
        places = self._layout.places.get(name, ())
        found = [row.cells[place] for place in places if place < len(row.cells)]
        texts = [text for text in found if not is_absent(text)]
        text = " ".join(texts)
        pattern = self._profile.columns[name].pattern if texts else None
        if pattern:
            match = re.search(pattern, text)
            text = (match[1] or "").strip() if match else ""
        return text

    def _amount_in(self, row: Row, name: FieldName) -> Number | None:
        text = self._text(row, name)
        return read_number(text, self._profile.decimal_mark) if text else None

    def _number(self, row: Row) -> Number | None:
        """The signed amount of a row, by the profile's rule; money out is negative."""
        if self._profile.sign is SignRule.COLUMNS:
            credit, debit = self._amount_in(row, "credit"), self._amount_in(row, "debit")
            if debit is not None and (debit.amount or credit is None):
                # a column of its own for money out: some banks write the minus there all the same
                is_red = self._profile.red_entries and debit.amount < 0
                return Number(abs(debit.amount) if is_red else -abs(debit.amount), debit.currency)
            return credit
        number = self._amount_in(row, "amount")
        if number is not None and self._profile.minor_units:
            digits = minor_digits(self._currency_of(row, number))
            number = Number(number.amount.scaleb(-digits), number.currency, number.has_sign)
        return number

    def _direction_and_status(self, row: Row, number: Number) -> tuple[Direction | None, EntryStatus]:
        status = self._status(row)
        if self._profile.sign is not SignRule.WORDS:
            is_debit = (number.amount < 0) != self._profile.inverted
            return Direction.DEBIT if is_debit else Direction.CREDIT, status
        word = self._text(row, "direction")
        direction = _worded(word, self._profile)
        if direction is not None:
            is_turned = number.amount < 0 and (self._profile.red_entries or direction is Direction.CREDIT)
            return (direction.opposite if is_turned else direction), status
        hint = f"{self._text(row, 'kind')} {self._text(row, 'remittance')} {self._text(row, 'status')}"
        direction = _worded(hint, self._profile, hints=True)
        neutral = not word or any(word.startswith(known) for known in self._profile.neutral_words)
        if not neutral or (direction is None and not self._profile.neutral_words):
            self._notes.add(FlagCode.UNKNOWN_DIRECTION, f"direction {word!r} is not known", row.line)
        return direction, EntryStatus.INFO if status is EntryStatus.BOOKED else status

    def _status(self, row: Row) -> EntryStatus:
        text = self._text(row, "status")
        if not text or not self._profile.statuses:
            return EntryStatus.BOOKED
        fitting = [known for known in self._profile.statuses if text.casefold().startswith(known.casefold())]
        if not fitting:
            self._notes.add(
                FlagCode.UNKNOWN_STATUS, f"status {text!r} is not known: taken as booked", row.line
            )
            return EntryStatus.BOOKED
        return self._profile.statuses[max(fitting, key=len)]

    def _is_reversal(self, row: Row) -> bool:
        text = f"{self._text(row, 'kind')} {self._text(row, 'status')} {self._text(row, 'remittance')}"
        return any(word in text for word in self._profile.reversal_words)

    def _currency_of(self, row: Row, number: Number) -> str | None:
        text = self._text(row, "currency")
        known = self._profile.currency_words
        if text:
            return known.get(text) or (text.upper() if re.fullmatch(r"[A-Za-z]{3}", text) else self._currency)
        return number.currency or self._currency

    def _balance(self, row: Row) -> Decimal | None:
        number = self._amount_in(row, "balance")
        return number.amount if number else None

    def _charges(self, row: Row, currency: str | None) -> tuple[Charge, ...]:
        number = self._amount_in(row, "charge")
        if number is None or not number.amount:
            return ()
        direction = Direction.CREDIT if number.amount < 0 else Direction.DEBIT
        return (Charge(abs(number.amount), currency, direction),)

    def _detail(
        self, row: Row, amount: Decimal, currency: str | None, direction: Direction | None
    ) -> TransactionDetail:
        remittance = self._text(row, "remittance")
        name, account, bank = self._counterparty(row, direction)
        return TransactionDetail(
            amount=amount,
            currency=currency,
            direction=direction,
            end_to_end_id=self._text(row, "end_to_end_id") or None,
            transaction_id=self._text(row, "reference") or None,
            mandate_id=self._text(row, "mandate_id") or None,
            counterparty=name or None,
            counterparty_account=account or None,
            counterparty_bank=bank or None,
            remittance=(remittance,) if remittance else (),
            proprietary_code=self._text(row, "kind") or None,
        )

    def _counterparty(self, row: Row, direction: Direction | None) -> tuple[str, str, str]:
        """Name, account and bank of the other side: of payer and payee the one that is not us."""
        names: tuple[FieldName, FieldName, FieldName] = (
            "counterparty",
            "counterparty_account",
            "counterparty_bank",
        )
        if "payer" in self._layout.places:
            is_credit = direction is Direction.CREDIT
            names = (
                ("payer", "payer_account", "payer_bank")
                if is_credit
                else ("payee", "payee_account", "payee_bank")
            )
        return self._text(row, names[0]), self._text(row, names[1]), self._text(row, names[2])

    def _is_summary(self, row: Row, date_text: str) -> bool:
        """A row of totals: no date at all, or words of a total where the date should be."""
        if not date_text:
            return not self._text(row, "value_date")
        return bool(_SUMMARY.search(date_text)) and self._dates.read(date_text)[0] is None

    def _pass_over(self, row: Row, date_text: str) -> None:
        """A row without date or amount: a summary or a note, unless it begins like an entry."""
        self.other_rows.append(row)
        looks_like_entry = bool(date_text) and self._dates.read(date_text)[0] is not None
        if looks_like_entry and not _SUMMARY.search(row.text()):
            self._notes.add(
                FlagCode.UNREADABLE_AMOUNT,
                f"row without a readable amount is left out: {row.text()[:80]}",
                row.line,
            )

    def _check_width(self, row: Row) -> None:
        width = self._layout.width
        if any(row.cells[width:]):
            self._notes.add(
                FlagCode.EXTRA_COLUMNS,
                f"{len(row.cells)} columns where the header has {width}; row kept",
                row.line,
            )
        elif len(row.cells) < width:
            self._notes.add(
                FlagCode.SHORT_ROW,
                f"{len(row.cells)} columns where the header has {width}; row kept",
                row.line,
            )


def _worded(text: str, profile: FileProfile, *, hints: bool = False) -> Direction | None:
    """The direction that a word tells; hints are looked for anywhere in the text."""
    plain = text.strip().casefold()
    if not plain:
        return None
    credit_words = profile.credit_hints if hints else profile.credit_words
    debit_words = profile.debit_hints if hints else profile.debit_words
    for words, direction in ((credit_words, Direction.CREDIT), (debit_words, Direction.DEBIT)):
        for word in words:
            if (word.casefold() in plain) if hints else begins_with(plain, word):
                return direction
    return None
