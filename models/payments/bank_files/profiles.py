"""How a bank writes its files, as data: adding a bank is adding a TOML file, never code."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from models.payments.bank_files.profile_rules import FileKind, ReversalSign, SignRule
from models.payments.bank_files.statements import EntryStatus

FieldName = Literal[
    "date",
    "time",
    "value_date",
    "amount",
    "credit",
    "debit",
    "direction",
    "status",
    "kind",
    "currency",
    "balance",
    "account",
    "reference",
    "customer_reference",
    "end_to_end_id",
    "mandate_id",
    "counterparty",
    "counterparty_account",
    "counterparty_bank",
    "payer",
    "payer_account",
    "payer_bank",
    "payee",
    "payee_account",
    "payee_bank",
    "remittance",
    "information",
    "charge",
]
"""What a column can hold."""


def _is_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression ({error})") from error
    return text


Pattern = Annotated[str, AfterValidator(_is_pattern)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Data):
    """Where a field stands in a row."""

    names: tuple[str, ...] = ()
    """Headings, compared without blanks, case and width; the first that is there is taken."""
    join: bool = False
    """Take every column with one of these headings, and join the texts."""
    position: int | None = Field(default=None, ge=1)
    """Counted from 1, where a file has no header."""
    start: int | None = Field(default=None, ge=1)
    """First character of a fixed-width field, counted from 1."""
    width: int | None = Field(default=None, ge=1)
    pattern: Pattern | None = None
    """Only what this expression's first group catches is the value."""


class Patterns(_Data):
    """Facts that stand in the lines before the header and after the rows; the first group is the value."""

    account: Pattern | None = None
    owner: Pattern | None = None
    id: Pattern | None = None
    currency: Pattern | None = None
    opening: Pattern | None = None
    closing: Pattern | None = None
    from_date: Pattern | None = None
    to_date: Pattern | None = None
    entries: Pattern | None = None
    sum: Pattern | None = None
    credit_entries: Pattern | None = None
    credit_sum: Pattern | None = None
    debit_entries: Pattern | None = None
    debit_sum: Pattern | None = None


class OrderField(_Data):
    """A field of an order file that we write."""

    value: str
    """``{end_to_end_id}``, ``{name}``, ``{account}``, ``{bank_code}``, ``{bank_name}``, ``{amount}``,
    ``{minor_amount}``, ``{currency}``, ``{remittance}``, ``{mandate_id}``, ``{date}``, ``{sequence}``; in the
    head and tail lines ``{message_id}``, ``{count}``, ``{total}``, ``{minor_total}``, ``{own_account}``,
    ``{own_name}``, ``{own_bank_code}``."""
    heading: str = ""
    width: int | None = Field(default=None, ge=1)
    align: Literal["left", "right"] = "left"
    pad: str = Field(default=" ", min_length=1, max_length=1)
    allowed: Pattern = ".*"
    """What the bank accepts here; anything else is refused before the file is made."""


class OrderLayout(_Data):
    """How an order file for a bank that takes no XML is written."""

    items: tuple[OrderField, ...] = Field(min_length=1)
    head: tuple[OrderField, ...] = ()
    tail: tuple[OrderField, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","
    with_header: bool = True
    line_end: Literal["\n", "\r\n"] = "\r\n"
    date_format: str = "%Y%m%d"
    width_unit: Literal["characters", "bytes"] = "characters"
    """What widths count: Chinese banks often count bytes of GB 18030."""


class FileProfile(_Data):
    """Everything that reading, and writing, the files of one bank needs to know."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
    title: str = ""
    kind: FileKind = FileKind.CSV
    priority: int = 0
    """Of two profiles that fit equally well the higher is taken; generic ones are negative."""
    marks: tuple[Pattern, ...] = ()
    """Expressions that only this bank's files match, anywhere in their first lines."""
    needs_mark: bool = False
    """Whether a file without any of the marks is not this bank's."""
    encodings: tuple[str, ...] = ()
    delimiters: str = ",;\t|"
    header: bool = True
    required: tuple[FieldName, ...] = ("date",)
    columns: dict[FieldName, Column] = {}
    facts: Patterns = Patterns()
    width_in_bytes: bool = False
    """Fixed-width positions count bytes in the file's encoding, not characters."""
    row_pattern: Pattern | None = None
    """Which lines of a fixed-width file are entries."""
    skip: tuple[Pattern, ...] = ()
    """Rows to pass over silently."""
    stop: tuple[Pattern, ...] = ()
    """Rows at which the entries end."""
    date_formats: tuple[str, ...] = ()
    """As of strptime, tried before the usual ones."""
    decimal_mark: Literal[".", ","] = "."
    minor_units: bool = False
    """Amounts are whole fen or cents without any mark."""
    sign: SignRule = SignRule.SIGNED
    inverted: bool = False
    """A positive amount is money out, as on card bills."""
    red_entries: bool = False
    """A negative amount beside a word or in a column turns the direction round (a red entry); otherwise only
    a negative amount on the credit side does."""
    credit_words: tuple[str, ...] = ()
    debit_words: tuple[str, ...] = ()
    neutral_words: tuple[str, ...] = ()
    """Rows between a person's own pockets: they get the status ``info``."""
    credit_hints: tuple[str, ...] = ()
    """Words in kind, text or status of a neutral row that tell money in."""
    debit_hints: tuple[str, ...] = ()
    statuses: dict[str, EntryStatus] = {}
    """Words in the status column, matched as beginnings; the longest that fits is taken."""
    reversal_words: tuple[str, ...] = ()
    """Words in the columns ``kind`` and ``status`` that make a row a reversal."""
    reversal_sign: ReversalSign = ReversalSign.AS_WRITTEN
    currency: str | None = None
    currency_words: dict[str, str] = {}
    balance_is_booked: bool = True
    """Opening and closing follow from the balance column."""
    order: OrderLayout | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.kind is FileKind.CSV:
            self._demand_amount()
        if self.kind is FileKind.FIXED:
            self._demand_amount()
            loose = [name for name, column in self.columns.items() if not (column.start and column.width)]
            if loose:
                raise ValueError(f"fixed-width columns need start and width: {', '.join(loose)}")
        return self

    def _demand_amount(self) -> None:
        if self.order is not None and not self.columns:
            return
        wanted = {"credit", "debit"} if self.sign is SignRule.COLUMNS else {"amount"}
        missing = sorted(({"date"} | wanted) - set(self.columns))
        if missing:
            raise ValueError(f"columns lack {', '.join(missing)}")
