"""Invoices of the asset: digital VAT invoices, and the uniform invoice of motor-vehicle sales."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from models.lease.documents import values
from models.lease.documents.paper import Paper, PlacedLine, Sheet, cut
from models.lease.documents.reading import FieldName, ReadField

_VEHICLE: Final = re.compile("机动车销售统一发票")
_TAXPAYER: Final = r"纳税人识别号|统一社会信用代码"
_AMOUNT: Final = re.compile(r"-?\d[\d,]*\.\d{2}(?!\d)")


def read_invoice(paper: Paper) -> dict[FieldName, ReadField]:
    """Buyer, seller, amounts, date and number; of a vehicle's invoice the VIN and engine number as well."""
    sheet = Sheet(paper.lines)
    is_vehicle = bool(_VEHICLE.search(paper.text))
    buyer, seller = _parties(sheet, is_vehicle=is_vehicle)
    found = {
        FieldName.BUYER: values.name(buyer[0]),
        FieldName.BUYER_IDENTIFIER: values.uscc(buyer[1]),
        FieldName.SELLER: values.name(seller[0]),
        FieldName.SELLER_IDENTIFIER: values.uscc(seller[1]),
        FieldName.INVOICE_NUMBER: _number(sheet),
        FieldName.INVOICE_DATE: values.day(sheet.after("开票日期")),
        FieldName.TOTAL: _total(sheet),
        **(_vehicle(sheet) if is_vehicle else _sums(sheet)),
    }
    return _with_net({name: read for name, read in found.items() if read is not None})


_Side = tuple[PlacedLine | None, PlacedLine | None]


def _parties(sheet: Sheet, *, is_vehicle: bool) -> tuple[_Side, _Side]:
    """Name and code of buyer and seller.

    A VAT invoice sets both side by side under equal captions: the left one is the buyer. A vehicle's
    invoice has the buyer above and the selling unit below.
    """
    if is_vehicle:
        names = [sheet.after("^购买方名称|^购方名称"), sheet.after("^销货单位名称")]
    else:
        names = [_value(sheet, line, end) for line, end in _captions(sheet, "^名称")]
        names.sort(key=lambda each: each.box.left if each else 0)
    codes = [_value(sheet, line, end) for line, end in _captions(sheet, _TAXPAYER)]
    codes.sort(key=lambda each: (each.box.top if is_vehicle else each.box.left) if each else 0)
    names += [None, None]
    codes += [None, None]
    return (names[0], codes[0]), (names[1], codes[1])


def _captions(sheet: Sheet, caption: str) -> list[tuple[PlacedLine, str]]:
    """Lines that bear a caption, each with what stands behind it in the same piece of text."""
    found = []
    for line, match in sheet.find(caption):
        closed = re.sub(r"\s+", "", line.text)
        found.append(
            (line, re.sub(r"^[/:]?(?:纳税人识别号|统一社会信用代码)?[:：]?", "", closed[match.end() :]))
        )
    return found


def _value(sheet: Sheet, line: PlacedLine, rest: str) -> PlacedLine | None:
    return cut(line, rest) if rest else sheet.right_of(line)


def _number(sheet: Sheet) -> ReadField | None:
    found = sheet.after("发票号码")
    match = re.search(r"\d{8,20}", re.sub(r"\s", "", found.text)) if found else None
    return ReadField(match[0], round(found.line.confidence, 4)) if found and match else None


def _total(sheet: Sheet) -> ReadField | None:
    """The figure behind 小写 in the line of the total with tax."""
    for line, _ in sheet.find("价税合计"):
        beside = [each for each in sheet.lines if each is line or each.beside(line)]
        for each in sorted(beside, key=lambda one: one.box.left, reverse=True):
            if read := values.amount(each):
                return read
    return values.amount(sheet.after("小写"))


def _sums(sheet: Sheet) -> dict[FieldName, ReadField | None]:
    """Net amount and tax in the line of sums, left to right."""
    for line, _ in sheet.find("^合?计$"):
        beside = sorted((each for each in sheet.lines if each.beside(line)), key=lambda each: each.box.left)
        amounts = [read for each in beside if (read := values.amount(each))]
        if len(amounts) > 1:
            return {FieldName.NET_AMOUNT: amounts[-2], FieldName.TAX: amounts[-1]}
    return {}


def _vehicle(sheet: Sheet) -> dict[FieldName, ReadField | None]:
    return {
        FieldName.VIN: values.vin(sheet.after("车辆识别代号(?:/车架号码)?")),
        FieldName.ENGINE_NUMBER: values.plain(sheet.after("^发动机号码")),
        FieldName.TAX: values.amount(sheet.after("增值税税额")),
        FieldName.NET_AMOUNT: values.amount(sheet.after("不含税价(?:小写)?")),
    }


def _with_net(fields: dict[FieldName, ReadField]) -> dict[FieldName, ReadField]:
    """Net amount, tax and total confirm each other; where they do not, none is sure."""
    three = (FieldName.NET_AMOUNT, FieldName.TAX, FieldName.TOTAL)
    if all(name in fields for name in three):
        net, tax, total = (Decimal(fields[name].value) for name in three)
        confidence = 1.0 if net + tax == total else 0.6
        for name in three:
            fields[name] = ReadField(fields[name].value, max(confidence, 0.0) if confidence < 1 else 0.99)
    return fields
