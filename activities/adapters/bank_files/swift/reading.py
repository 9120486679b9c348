"""MT940 and MT942 files as statements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from activities.adapters.bank_files.encodings import decode
from activities.adapters.bank_files.notes import Notes
from activities.adapters.bank_files.swift.entries import read_entry
from activities.adapters.bank_files.swift.messages import Field, Message, messages_of
from activities.adapters.bank_files.swift.values import SwiftBalance, read_balance, swift_decimal
from models.payments.account_numbers import is_iban
from models.payments.bank_files.errors import UnreadableBankFileError
from models.payments.bank_files.flags import FlagCode
from models.payments.bank_files.statements import Balance, BankFile, Statement, StatementEntry, Totals

_INTERIM_TAGS: Final = ("34F", "13", "13D", "90C", "90D")
_IBAN: Final = re.compile(r"([A-Z]{2}\d{2}[A-Z0-9]{11,30}?)(?:[A-Z]{3})?")
_COUNT: Final = re.compile(r"(\d{1,5})([A-Z]{3})([\d.,]+)")
_KINDS: Final = {"64": "CLAV", "65": "FWAV"}
_REMEDY: Final = "Ask the bank for the whole message"

if TYPE_CHECKING:
    from models.payments.bank_files.profiles import FileProfile


def read_swift(content: bytes, *, profile: FileProfile | None = None) -> BankFile:
    """Read every message of a file; each becomes a statement.

    Raises:
        UnreadableBankFileError: a message lacks its reference, account or opening balance.
    """
    decoded = decode(content, preferred=profile.encodings if profile else ())
    notes = Notes()
    if decoded.guessed:
        notes.add(FlagCode.ENCODING_GUESSED, f"not UTF-8: read as {decoded.encoding}")
    messages = messages_of(decoded.text)
    if not messages:
        raise UnreadableBankFileError("no SWIFT field in the file", line=1, remedy=_REMEDY)
    kinds = [_kind(message) for message in messages]
    statements = [_statement(message, kind, notes) for message, kind in zip(messages, kinds, strict=True)]
    return BankFile(
        format=kinds[0],
        version=None,
        message=None,
        message_id=statements[0].id,
        profile=profile.name if profile else None,
        encoding=decoded.encoding,
        statements=tuple(statements),
        flags=notes.flags(),
    )


def _kind(message: Message) -> str:
    """The envelope's type, else what only an interim report holds.

    Raises:
        UnreadableBankFileError: the envelope says that this is another message.
    """
    if message.type in {"940", "942", "950"}:
        return "mt942" if message.type == "942" else "mt940"
    if message.type is not None:
        raise UnreadableBankFileError(
            f"MT{message.type} is no account statement", line=message.line, remedy="Give an MT940 or MT942"
        )
    if message.first("60F", "60M"):
        return "mt940"
    return "mt942" if message.first(*_INTERIM_TAGS) else "mt940"


def _statement(message: Message, kind: str, notes: Notes) -> Statement:
    opening_field = message.first("60F", "60M")
    _demand(message, opening_field, kind)
    opening = read_balance(opening_field, notes)
    closing = read_balance(message.last("62F", "62M"), notes)
    if kind == "mt940" and closing is None:
        notes.add(FlagCode.TRUNCATED, "the message ends without :62F: or :62M:", message.line)
    floor = message.first("34F")
    currency = opening.currency if opening else closing.currency if closing else None
    if currency is None and floor:
        currency = floor.text.strip()[:3]
    reference, number = message.first("20"), message.first("28C", "28")
    account, bank = _account(message.first("25", "25P"))
    return Statement(
        account=account,
        id=_line(reference),
        currency=currency,
        opening=opening.amount if opening else None,
        closing=closing.amount if closing else None,
        entries=tuple(_entries(message, currency, notes)),
        number=_line(number),
        created=_line(message.first("13D", "13")),
        from_date=opening.day if opening else None,
        to_date=closing.day if closing else None,
        bank=bank,
        balances=tuple(_balances(message, opening, closing, notes)),
        declared=_declared(message, currency),
        additional_information=_own_narrative(message),
        line=message.line,
    )


def _demand(message: Message, opening: Field | None, kind: str) -> None:
    """Stop where a message lacks what every entry depends on: whose it is, and in which currency.

    Raises:
        UnreadableBankFileError: a mandatory field is missing.
    """
    wanted = [(":20:", message.first("20")), (":25:", message.first("25", "25P"))]
    if kind == "mt940":
        wanted.append((":60F:", opening))
    missing = [tag for tag, found in wanted if found is None]
    if missing:
        raise UnreadableBankFileError(
            f"{kind.upper()} message without {', '.join(missing)}",
            line=message.fields[0].line,
            remedy=_REMEDY,
        )


def _account(field: Field | None) -> tuple[str | None, str | None]:
    """The account as given, an IBAN without the currency that some banks append; and the bank, if told."""
    if field is None:
        return None, None
    first, _, second = field.text.strip().partition("\n")
    plain = first.strip()
    found = _IBAN.fullmatch(plain.replace(" ", ""))
    if found and is_iban(found[1]):
        return found[1], second.strip() or None
    return plain or None, second.strip() or None


def _entries(message: Message, currency: str | None, notes: Notes) -> list[StatementEntry]:
    """Each ``:61:`` with the ``:86:`` fields that follow it."""
    entries = []
    fields = message.fields
    for place, field in enumerate(fields):
        if field.tag != "61":
            continue
        narratives = []
        for following in fields[place + 1 :]:
            if following.tag not in {"86", "NS"}:
                break
            narratives.append(following.text)
        entry = read_entry(field, "\n".join(narratives) or None, currency, notes)
        if entry is not None:
            entries.append(entry)
    return entries


def _own_narrative(message: Message) -> str | None:
    """``:86:`` after the balances, which is about the statement."""
    found = []
    owner = ""
    for field in message.fields:
        if field.tag not in {"86", "NS"}:
            owner = field.tag
        elif owner != "61" and field.text.strip():
            found.append(field.text.strip())
    return "\n".join(found) or None


def _balances(
    message: Message, opening: SwiftBalance | None, closing: SwiftBalance | None, notes: Notes
) -> list[Balance]:
    is_interim = message.last("62M") is not None
    balances = []
    if opening:
        balances.append(Balance("OPBD", opening.amount, opening.currency, opening.day))
    if closing:
        kind = "ITBD" if is_interim else "CLBD"
        balances.append(Balance(kind, closing.amount, closing.currency, closing.day))
    later = [(field.tag, read_balance(field, notes)) for field in message.fields if field.tag in _KINDS]
    balances += [
        Balance(_KINDS[tag], found.amount, found.currency, found.day) for tag, found in later if found
    ]
    return balances


def _declared(message: Message, currency: str | None) -> Totals:
    """``:90D:`` and ``:90C:`` of an MT942: number and sum of debits and credits."""
    debits = _COUNT.match(field.text.strip()) if (field := message.first("90D")) else None
    credits_ = _COUNT.match(field.text.strip()) if (field := message.first("90C")) else None
    if not (debits or credits_):
        return Totals()
    return Totals(
        credit_entries=int(credits_[1]) if credits_ else None,
        credit_sum=swift_decimal(credits_[3]) if credits_ else None,
        debit_entries=int(debits[1]) if debits else None,
        debit_sum=swift_decimal(debits[3]) if debits else None,
        currency=currency,
    )


def _line(field: Field | None) -> str | None:
    """A reference, which banks sometimes break over lines."""
    return ("".join(field.text.split("\n")).strip() or None) if field else None
