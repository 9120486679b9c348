"""What a paper states against what the form states, and against the calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from models.identifiers import bank_card_fault, is_valid_uscc, resident_id_fault, vin_fault
from models.lease.application.form import LeaseForm
from models.lease.documents.messages import DocumentKind
from models.lease.documents.reading import Doubt, FieldName, ReadField, Side
from models.lease.parties import Party, PartyKind
from models.money import Money

_CONFIDENT: Final = 0.8
"""A needed field that is read less surely is for a person."""
_NEEDED: Final[dict[DocumentKind, tuple[FieldName, ...]]] = {
    DocumentKind.BUSINESS_LICENCE: (FieldName.NAME, FieldName.IDENTIFIER, FieldName.LEGAL_REPRESENTATIVE),
    DocumentKind.RESIDENT_ID: (FieldName.NAME, FieldName.IDENTIFIER),
    DocumentKind.INVOICE: (FieldName.SELLER, FieldName.TOTAL, FieldName.INVOICE_NUMBER),
    DocumentKind.BANK_STATEMENT: (FieldName.NAME, FieldName.ACCOUNT),
}
_NEEDED_ON_BACK: Final = (FieldName.AUTHORITY, FieldName.VALID_UNTIL)
_STALE_DAYS: Final = 45
"""A statement that ends longer ago says little of now."""

Fields = Mapping[FieldName, ReadField]


def owner_of(kind: DocumentKind, fields: Fields, form: LeaseForm) -> str:
    """Identifier of the party (or asset) that a paper is about; "" if nothing on it tells."""
    said = {name: fields[name].value for name in fields}
    for party in form.parties:
        mine = {party.identifier, party.representative_identifier} - {""}
        if said.get(FieldName.IDENTIFIER) in mine:
            return said[FieldName.IDENTIFIER]
    for asset in form.assets:
        if said.get(FieldName.VIN) == asset.identifier:
            return asset.identifier
    if kind is DocumentKind.INVOICE:
        return ""
    by_name = {_plain(party.name): party.identifier for party in form.parties}
    named = by_name.get(_plain(said.get(FieldName.NAME, "")))
    if named is not None:
        return named
    persons = [party.identifier for party in form.parties if party.kind is PartyKind.PERSON]
    is_nameless = FieldName.NAME not in said and FieldName.IDENTIFIER not in said
    if kind in {DocumentKind.RESIDENT_ID, DocumentKind.FACE_PHOTO} and is_nameless and len(persons) == 1:
        return persons[0]
    return ""


def doubts_of(
    kind: DocumentKind, fields: Fields, of: str, form: LeaseForm, *, today: date, side: Side
) -> Iterator[Doubt]:
    """Everything about a paper's statements that a person should look at."""
    yield from _legibility(kind, fields, side)
    yield from _check_characters(fields)
    if not of and kind not in {DocumentKind.INVOICE, DocumentKind.OTHER, DocumentKind.INSURANCE}:
        yield Doubt("whose", "nothing on it names a party of the application; say whose it is with --of")
    party = next((p for p in form.parties if of in {p.identifier, p.representative_identifier} and of), None)
    if party is not None and kind is not DocumentKind.INVOICE:
        yield from _party_doubts(kind, fields, party, of)
    if kind is DocumentKind.RESIDENT_ID:
        yield from _validity(fields, today)
    if kind is DocumentKind.INVOICE:
        yield from _invoice_doubts(fields, form, today)
    if kind is DocumentKind.BANK_STATEMENT:
        yield from _statement_doubts(fields, today)


def _legibility(kind: DocumentKind, fields: Fields, side: Side) -> Iterator[Doubt]:
    needed = _NEEDED_ON_BACK if side is Side.BACK else _NEEDED.get(kind, ())
    if side is Side.BOTH:
        needed = (*needed, *_NEEDED_ON_BACK)
    for name in needed:
        read = fields.get(name)
        if read is None:
            yield Doubt("not-found", f"{name} could not be read", name)
        elif read.confidence < _CONFIDENT:
            yield Doubt("hard-to-read", f"{name} {read.value!r} was read with {read.confidence:.0%}", name)


def _check_characters(fields: Fields) -> Iterator[Doubt]:
    for name in (FieldName.IDENTIFIER, FieldName.BUYER_IDENTIFIER, FieldName.SELLER_IDENTIFIER):
        read = fields.get(name)
        if read is None or is_valid_uscc(read.value):
            continue
        fault = resident_id_fault(read.value)
        if fault:
            sentence = f"{name} {read.value!r} does not check: {fault}"
            if not read.value.isdigit():
                sentence = f"{name} {read.value!r} is no valid USCC or resident number"
            yield Doubt("check-character", sentence, name)
    vin = fields.get(FieldName.VIN)
    if vin and (fault := vin_fault(vin.value)):
        yield Doubt("check-character", f"VIN {vin.value!r} does not check: {fault}", FieldName.VIN)


def _party_doubts(kind: DocumentKind, fields: Fields, party: Party, of: str) -> Iterator[Doubt]:
    is_representative = of == party.representative_identifier and of != party.identifier
    name = party.legal_representative if is_representative else party.name
    yield from _differs(fields, FieldName.NAME, name)
    yield from _differs(fields, FieldName.IDENTIFIER, of)
    if kind is DocumentKind.BUSINESS_LICENCE and party.legal_representative:
        yield from _differs(fields, FieldName.LEGAL_REPRESENTATIVE, party.legal_representative)
    if kind is DocumentKind.BANK_STATEMENT and party.account is not None:
        yield from _differs(fields, FieldName.ACCOUNT, party.account.number)


def _differs(fields: Fields, name: FieldName, stated: str) -> Iterator[Doubt]:
    read = fields.get(name)
    if read is not None and stated and _plain(read.value) != _plain(stated):
        sentence = f"{name} is {read.value!r} on the paper and {stated!r} in the application"
        yield Doubt("differs-from-form", sentence, name)


def _plain(text: str) -> str:
    return "".join(text.split()).upper().translate(str.maketrans("()[]【】", "（）（）（）"))


def _validity(fields: Fields, today: date) -> Iterator[Doubt]:
    until = fields.get(FieldName.VALID_UNTIL)
    if until is None or not until.value[:1].isdigit():
        return
    if date.fromisoformat(until.value) < today:
        yield Doubt("expired", f"the card was valid until {until.value}", FieldName.VALID_UNTIL)


def _invoice_doubts(fields: Fields, form: LeaseForm, today: date) -> Iterator[Doubt]:
    yield from _differs(fields, FieldName.SELLER, form.payee.name)
    vin, total, issued = (fields.get(n) for n in (FieldName.VIN, FieldName.TOTAL, FieldName.INVOICE_DATE))
    assets = {asset.identifier: asset for asset in form.assets}
    if vin is not None and vin.value not in assets:
        yield Doubt("differs-from-form", f"VIN {vin.value} is no asset of the application", FieldName.VIN)
    if total is not None:
        price = assets[vin.value].price if vin is not None and vin.value in assets else form.price
        if Money.of(Decimal(total.value)) != price:
            sentence = f"the invoice is over {total.value} and the application over {price}"
            yield Doubt("differs-from-form", sentence, FieldName.TOTAL)
    if issued is not None and date.fromisoformat(issued.value) > today:
        yield Doubt("in-the-future", f"the invoice is dated {issued.value}", FieldName.INVOICE_DATE)


def _statement_doubts(fields: Fields, today: date) -> Iterator[Doubt]:
    end, account = fields.get(FieldName.PERIOD_END), fields.get(FieldName.ACCOUNT)
    if end is not None and (today - date.fromisoformat(end.value)).days > _STALE_DAYS:
        yield Doubt("stale", f"the statement ends on {end.value}", FieldName.PERIOD_END)
    is_card = account is not None and account.value.startswith("62") and len(account.value) in {16, 19}
    if account is not None and is_card and (fault := bank_card_fault(account.value)):
        yield Doubt("check-character", f"card {account.value}: {fault}", FieldName.ACCOUNT)
