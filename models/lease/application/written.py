"""How an application is written in a file: amounts and rates as decimal strings, unknown names refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError

from models.errors import InvalidInputError, LeaseflowError
from models.lease.application.form import Financing, LeaseForm
from models.lease.application.messages import Fault
from models.lease.application.texts import text_faults
from models.lease.parties import Asset, AssetKind, Party, PartyKind, PartyRole
from models.lease.plan.term_parts import PatternRule, Steps
from models.money import Money
from models.payments.banking import BankAccount


def _money(value: object) -> Money:
    if isinstance(value, Money):
        return value
    if isinstance(value, float) or not isinstance(value, str | int):
        raise ValueError('write the amount as a text, like "100000.00"')  # noqa: TRY004 - for pydantic
    try:
        return Money.of(value)
    except LeaseflowError as error:
        raise ValueError(str(error)) from error


def _exact(value: object) -> object:
    if isinstance(value, float):
        raise ValueError('write the rate as a text, like "0.0888"')  # noqa: TRY004 - for pydantic
    return value


Amount = Annotated[Money, BeforeValidator(_money), PlainSerializer(str)]
Exact = Annotated[Decimal, BeforeValidator(_exact)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenAccount(_Written):
    """An account at a bank."""

    number: str
    name: str
    bank: str = ""


class WrittenParty(_Written):
    """A lessee, co-lessee or guarantor."""

    role: PartyRole
    kind: PartyKind
    name: str
    identifier: str
    phone: str = ""
    email: str = ""
    address: str = ""
    legal_representative: str = ""
    representative_identifier: str = ""
    account: WrittenAccount | None = None


class WrittenAsset(_Written):
    """One thing that is to be leased."""

    kind: AssetKind
    description: str
    identifier: str
    price: Amount
    make: str = ""
    model: str = ""
    year: int | None = None
    used: bool = False


class WrittenFinancing(_Written):
    """The terms; what is left out is the product's."""

    instalments: int
    rate: Exact | None = None
    down_payment: Amount | None = None
    deposit: Amount | None = None
    residual: Amount | None = None
    method: str = ""
    first_due: date | None = None
    steps: Steps | None = None
    pattern: tuple[PatternRule, ...] = ()


class WrittenForm(_Written):
    """A whole application, as its file has it."""

    application_id: str
    product: str
    branch: str
    region: str
    dealer: str = ""
    parties: tuple[WrittenParty, ...]
    assets: tuple[WrittenAsset, ...]
    financing: WrittenFinancing
    payee: WrittenAccount
    accept_unchanged: bool = False
    note: str = ""


class UnreadableFormError(InvalidInputError):
    """What is written is no form; says every field that is wrong."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        told = "; ".join(f"{fault.field} = {fault.value}: {fault.sentence}" for fault in faults)
        super().__init__(told, remedy="See leaseflow lease form --example for names and values")
        self.faults = faults


def form_as_read(data: dict[str, Any]) -> LeaseForm:
    """A form from the plain data of a file; blanks inside identifiers and numbers are taken out.

    Raises:
        UnreadableFormError: a field is missing, unknown, or not what it must be.
    """
    if unfit := tuple(text_faults(data)):
        raise UnreadableFormError(unfit)
    try:
        written = WrittenForm.model_validate(data)
    except ValidationError as error:
        raise UnreadableFormError(
            tuple(
                Fault(_path(each["loc"]), _value(each["input"]), _sentence(each)) for each in error.errors()
            )
        ) from None
    return LeaseForm(
        application_id=written.application_id,
        product=written.product,
        branch=written.branch,
        region=written.region,
        dealer=written.dealer,
        parties=tuple(_party(party) for party in written.parties),
        assets=tuple(
            Asset(**{**vars(asset), "identifier": _compact(asset.identifier)}) for asset in written.assets
        ),
        financing=Financing(**vars(written.financing)),
        payee=_account(written.payee),
        accept_unchanged=written.accept_unchanged,
        note=written.note,
    )


def as_written(form: LeaseForm) -> dict[str, Any]:
    """A form as the plain data of a file; reading it back gives the same form."""
    written = WrittenForm(
        application_id=form.application_id,
        product=form.product,
        branch=form.branch,
        region=form.region,
        dealer=form.dealer,
        parties=tuple(
            WrittenParty(**{**vars(party), "account": party.account and _written(party.account)})
            for party in form.parties
        ),
        assets=tuple(WrittenAsset(**vars(asset)) for asset in form.assets),
        financing=WrittenFinancing(**vars(form.financing)),
        payee=_written(form.payee),
        accept_unchanged=form.accept_unchanged,
        note=form.note,
    )
    return written.model_dump(mode="json", exclude_defaults=True)


_FORGIVEN: Final = str.maketrans("", "", " \u3000")


def _compact(identifier: str) -> str:
    return identifier.translate(_FORGIVEN).upper()


def _party(party: WrittenParty) -> Party:
    return Party(
        **{
            **vars(party),
            "identifier": _compact(party.identifier),
            "representative_identifier": _compact(party.representative_identifier),
            "account": party.account and _account(party.account),
        }
    )


def _account(account: WrittenAccount) -> BankAccount:
    return BankAccount(_compact(account.number), account.name, account.bank)


def _written(account: BankAccount) -> WrittenAccount:
    return WrittenAccount(number=account.number, name=account.name, bank=account.bank)


def _path(location: tuple[int | str, ...]) -> str:
    """``parties[0].identifier`` for ("parties", 0, "identifier")."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


_SENTENCES: Final = {
    "missing": "it is missing",
    "extra_forbidden": "nobody knows this name",
    "decimal_parsing": "write it as a decimal fraction, like 0.0888 for 8.88 %",
    "int_parsing": "write it as a whole number",
    "int_from_float": "write it as a whole number",
    "date_from_datetime_parsing": "write the day like 2026-12-31",
    "date_parsing": "write the day like 2026-12-31",
    "tuple_type": "it must be a list",
    "string_type": "it must be a text",
    "model_type": "it must be an object of named fields",
    "bool_parsing": "it must be true or false",
}
"""What to do about a field, by pydantic's name of what is wrong with it."""


def _value(value: object) -> str:
    return "" if isinstance(value, dict) else repr(value)[:80]


def _sentence(error: Any) -> str:  # noqa: ANN401 - pydantic's own mapping
    return _SENTENCES.get(error["type"]) or (
        str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "it should be")
    )
