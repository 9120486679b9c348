"""Order files for banks that take no XML: CSV and fixed-width lines, as a profile's data describes them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.errors import InvalidInputError
from models.money import Money
from models.payments.bank_files.errors import InvalidBankOrderError
from models.payments.bank_files.orders import AccountParty, CreditTransferFile, DirectDebitFile
from models.payments.bank_files.profile_rules import FileKind
from models.payments.bank_files.profiles import FileProfile, OrderField, OrderLayout


@dataclass(frozen=True, slots=True)
class _Item:
    """What transfers and collections have in common."""

    end_to_end_id: str
    money: Money
    party: AccountParty
    remittance: str
    mandate_id: str


def write_order_file(batch: CreditTransferFile | DirectDebitFile, *, profile: FileProfile) -> bytes:
    """An order file in the layout of a profile; the same batch makes the same bytes.

    Raises:
        InvalidBankOrderError: the profile has no order layout, or a value does not fit its field.
    """
    layout = profile.order
    if layout is None:
        raise InvalidBankOrderError(
            f"profile {profile.name} describes no order file", remedy="Add an [order] table to it"
        )
    items = _items(batch)
    if not items:
        raise InvalidBankOrderError("the order file has no items", remedy="Do not send an empty batch")
    common = _common(batch, items, layout)
    rows = [_row(layout, layout.head, common, "head line")] if layout.head else []
    if layout.with_header and profile.kind is FileKind.CSV:
        rows.append([field.heading for field in layout.items])
    for number, item in enumerate(items, 1):
        values = {**common, **_item_values(item, number)}
        rows.append(_row(layout, layout.items, values, f"item {number} ({item.end_to_end_id})"))
    if layout.tail:
        rows.append(_row(layout, layout.tail, common, "tail line"))
    return _encoded(_text(rows, layout, is_fixed=profile.kind is FileKind.FIXED), layout)


def _items(batch: CreditTransferFile | DirectDebitFile) -> list[_Item]:
    if isinstance(batch, CreditTransferFile):
        return [_Item(i.end_to_end_id, i.money, i.creditor, i.remittance, "") for i in batch.items]
    return [_Item(i.end_to_end_id, i.money, i.debtor, i.remittance, i.mandate_id) for i in batch.items]


def _common(
    batch: CreditTransferFile | DirectDebitFile, items: Sequence[_Item], layout: OrderLayout
) -> dict[str, str]:
    """Values that head and tail lines may hold."""
    day: date
    if isinstance(batch, CreditTransferFile):
        own, day = batch.debtor, batch.execution_date
    else:
        own, day = batch.creditor, batch.collection_date
    total = items[0].money
    for item in items[1:]:
        total += item.money
    return {
        "message_id": batch.message_id,
        "date": day.strftime(layout.date_format),
        "count": str(len(items)),
        "total": str(total),
        "minor_total": str(total.minor),
        "own_account": own.account,
        "own_name": own.name,
        "own_bank_code": own.bank_code,
        "currency": total.currency,
    }


def _item_values(item: _Item, number: int) -> dict[str, str]:
    return {
        "sequence": str(number),
        "end_to_end_id": item.end_to_end_id,
        "name": item.party.name,
        "account": item.party.account,
        "bank_code": item.party.bank_code,
        "bank_name": item.party.bank_name,
        "amount": str(item.money),
        "minor_amount": str(item.money.minor),
        "currency": item.money.currency,
        "remittance": item.remittance,
        "mandate_id": item.mandate_id,
    }


def _row(
    layout: OrderLayout, fields: Sequence[OrderField], values: Mapping[str, str], where: str
) -> list[str]:
    return [_cell(layout, field, values, where) for field in fields]


def _cell(layout: OrderLayout, field: OrderField, values: Mapping[str, str], where: str) -> str:
    """One value, checked and padded.

    Raises:
        InvalidBankOrderError: it is unknown, too long, or not what the bank accepts.
    """
    try:
        text = field.value.format_map(values)
    except (KeyError, ValueError, IndexError, AttributeError, TypeError) as error:
        raise InvalidBankOrderError(
            f"order field {field.value!r} is not known in the {where}", remedy=f"Use {', '.join(values)}"
        ) from error
    label = field.heading or field.value
    if re.search(r"[\x00-\x1f]", text):
        raise InvalidBankOrderError(
            f"{where}: {label} {text!r} holds a line break or control character", remedy="Remove it"
        )
    if not re.fullmatch(field.allowed, text):
        raise InvalidBankOrderError(
            f"{where}: {label} {text!r} is not what the bank accepts ({field.allowed})", remedy="Correct it"
        )
    if field.width is None:
        return text
    length = _length(text, layout)
    if length > field.width:
        raise InvalidBankOrderError(
            f"{where}: {label} {text!r} is {length} {layout.width_unit} long, the field {field.width}",
            remedy="Shorten it",
        )
    padding = field.pad * (field.width - length)
    return padding + text if field.align == "right" else text + padding


def _length(text: str, layout: OrderLayout) -> int:
    return len(_encoded(text, layout)) if layout.width_unit == "bytes" else len(text)


def _text(rows: Sequence[Sequence[str]], layout: OrderLayout, *, is_fixed: bool) -> str:
    if is_fixed:
        return "".join("".join(row) + layout.line_end for row in rows)
    if '"' in layout.delimiter or len(layout.delimiter) != 1:
        raise InvalidInputError(
            f"delimiter {layout.delimiter!r} is not one plain character",
            remedy="Write one that is no quotation mark into the profile's [order]",
        )
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=layout.delimiter, lineterminator=layout.line_end).writerows(rows)
    return target.getvalue()


def _encoded(text: str, layout: OrderLayout) -> bytes:
    """Bytes in the bank's encoding.

    Raises:
        InvalidBankOrderError: a character does not exist in it, or the encoding is unknown.
    """
    try:
        return text.encode(layout.encoding)
    except UnicodeEncodeError as error:
        raise InvalidBankOrderError(
            f"character {text[error.start]!r} does not exist in {layout.encoding}", remedy="Replace it"
        ) from error
    except LookupError as error:
        raise InvalidBankOrderError(
            f"encoding {layout.encoding!r} is not known", remedy="Write utf-8 or gb18030 into the profile"
        ) from error
