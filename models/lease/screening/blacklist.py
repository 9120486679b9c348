"""The blacklist: what stands on it, and which statements of an application are looked up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from models.errors import InvalidInputError, RefusedByRuleError
from models.identifiers import is_valid_uscc, phone_fault, resident_id_fault
from models.lease.application.form import LeaseForm
from models.lease.parties import Party, PartyKind
from models.payments.account_numbers import account_number_fault


class BlacklistKind(StrEnum):
    """What an entry is about."""

    PERSON = "person"
    """Resident identity number."""
    FIRM = "firm"
    """Unified social credit code."""
    PHONE = "phone"
    VIN = "vin"
    """Or the serial number of equipment."""
    ACCOUNT = "account"


class Concerns(StrEnum):
    """Which fact of screening a hit counts into."""

    PARTIES = "parties"
    ASSETS = "assets"
    CONTACTS = "contacts"


CONCERNS: Final = {
    BlacklistKind.PERSON: Concerns.PARTIES,
    BlacklistKind.FIRM: Concerns.PARTIES,
    BlacklistKind.PHONE: Concerns.CONTACTS,
    BlacklistKind.VIN: Concerns.ASSETS,
    BlacklistKind.ACCOUNT: Concerns.CONTACTS,
}


class UnknownEntryError(InvalidInputError):
    """No blacklist entry has this number."""

    def __init__(self, entry_id: int) -> None:
        super().__init__(f"blacklist entry {entry_id} does not exist", remedy="See leaseflow blacklist list")


class EntryExistsError(RefusedByRuleError):
    """The same stands on the list already."""

    def __init__(self, entry_id: int, value: str) -> None:
        super().__init__(
            f"{value} is on the blacklist already (entry {entry_id})",
            remedy="Lift that entry first to enter another",
        )


class EntryLiftedError(RefusedByRuleError):
    """An entry is lifted once."""

    def __init__(self, entry_id: int, by: str) -> None:
        super().__init__(
            f"blacklist entry {entry_id} was lifted by {by} already", remedy="Nothing was changed"
        )


@dataclass(frozen=True)
class NewEntry:
    """What is to be put on the list."""

    kind: BlacklistKind
    value: str
    reason: str
    from_: date
    name: str = ""
    until: date | None = None

    def checked(self) -> NewEntry:
        """The same, if it can be.

        Raises:
            InvalidInputError: value or reason is empty, it would end before it begins, or fit nobody.
        """
        for field in ("value", "reason"):
            if not getattr(self, field).strip():
                raise InvalidInputError(
                    f"{field} of the entry is empty", remedy="Say it; nothing was entered"
                )
        if self.until is not None and self.until < self.from_:
            raise InvalidInputError(
                f"until {self.until} is before from {self.from_}", remedy="Nothing was entered"
            )
        require_fit(self.kind, self.value, self.from_, remedy="Check it; nothing was entered")
        return self


@dataclass(frozen=True)
class Lookup:
    """A statement of an application that is looked up, and the rule by which."""

    kind: BlacklistKind
    value: str
    """As compared, see `compared`."""
    rule: str
    """``lessee``, ``representative of lessee``, ``phone of guarantor``, ``asset 1``, ``payee``."""


def compared(value: str) -> str:
    """A value as entries and statements are compared: capitals, without blanks and hyphens."""
    return "".join(value.upper().split()).replace("-", "")


def require_fit(kind: BlacklistKind, value: str, today: date, *, remedy: str) -> None:
    """That something of this kind may have this value; of a mistyped one nobody could say that it is clean.

    Raises:
        InvalidInputError: it could fit nobody.
    """
    if fault := _fault(kind, compared(value), today):
        raise InvalidInputError(f"{kind} {value!r} would fit nobody: {fault}", remedy=remedy)


def _fault(kind: BlacklistKind, value: str, today: date) -> str:
    """Why an entry could never fit anybody; empty where it may. Serial numbers (``vin``) have no rule."""
    match kind:
        case BlacklistKind.PERSON:
            return resident_id_fault(value, today=today)
        case BlacklistKind.FIRM:
            return "" if is_valid_uscc(value) else "it is no unified social credit code of 18 characters"
        case BlacklistKind.PHONE:
            return phone_fault(value)
        case BlacklistKind.ACCOUNT:
            return account_number_fault(value)
        case BlacklistKind.VIN:
            return ""


def lookups(form: LeaseForm) -> tuple[Lookup, ...]:
    """Everything of a form that is looked up: parties and who signs for them, assets, phones, accounts."""
    wanted = [look for party in form.parties for look in _of_party(party)]
    wanted += [
        Lookup(BlacklistKind.VIN, asset.identifier, f"asset {number}")
        for number, asset in enumerate(form.assets, start=1)
    ]
    wanted.append(Lookup(BlacklistKind.ACCOUNT, form.payee.number, "payee"))
    return tuple(Lookup(look.kind, value, look.rule) for look in wanted if (value := compared(look.value)))


def _of_party(party: Party) -> Iterator[Lookup]:
    person = party.kind is PartyKind.PERSON
    yield Lookup(BlacklistKind.PERSON if person else BlacklistKind.FIRM, party.identifier, party.role)
    yield Lookup(BlacklistKind.PERSON, party.representative_identifier, f"representative of {party.role}")
    yield Lookup(BlacklistKind.PHONE, party.phone, f"phone of {party.role}")
    if party.account is not None:
        yield Lookup(BlacklistKind.ACCOUNT, party.account.number, f"account of {party.role}")
