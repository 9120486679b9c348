"""What can be told wrong about parties and accounts without asking anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from models.identifiers import is_valid_uscc, phone_fault, resident_birth_date, resident_id_fault
from models.lease.application.form import LeaseForm
from models.lease.application.messages import Fault
from models.lease.parties import Party, PartyKind, PartyRole
from models.payments.account_numbers import account_number_fault, bank_id_fault
from models.payments.banking import BankAccount

YOUNGEST: Final = 18
OLDEST: Final = 70
"""Age in whole years within which a natural person may sign (full legal capacity; house rule above)."""
MOST_PARTIES: Final = 20

_E_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def party_faults(form: LeaseForm, today: date) -> Iterator[Fault]:
    """Every fault of the parties, with its path in the form."""
    lessees = [party for party in form.parties if party.role is PartyRole.LESSEE]
    if len(lessees) != 1:
        yield Fault("parties", str(len(lessees)), f"there must be exactly one lessee, not {len(lessees)}")
    if len(form.parties) > MOST_PARTIES:
        yield Fault("parties", str(len(form.parties)), f"more than {MOST_PARTIES} parties")
    yield from _repeated(form.parties)
    for number, party in enumerate(form.parties):
        path = f"parties[{number}]"
        yield from _statements(party, path)
        yield from _identity(party, path, today)
        if party.account is not None:
            yield from account_faults(party.account, f"{path}.account")


def account_faults(account: BankAccount, path: str) -> Iterator[Fault]:
    """Faults of a bank account."""
    if fault := account_number_fault(account.number):
        yield Fault(f"{path}.number", account.number, f"the account number cannot be right: {fault}")
    if not account.name.strip():
        yield Fault(f"{path}.name", account.name, "the account's owner has no name")
    if account.bank and (fault := bank_id_fault(account.bank)):
        yield Fault(f"{path}.bank", account.bank, f"the bank cannot be right: {fault}")


def age_on(born: date, today: date) -> int:
    """Age in whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _repeated(parties: tuple[Party, ...]) -> Iterator[Fault]:
    """One who guarantees for themselves, or is named twice."""
    first: dict[str, Party] = {}
    for number, party in enumerate(parties):
        before = first.setdefault(party.identifier, party)
        if before is not party and party.identifier:
            sentence = f"{party.name} is {before.role} already and cannot be {party.role} as well"
            yield Fault(f"parties[{number}].identifier", party.identifier, sentence)


def _statements(party: Party, path: str) -> Iterator[Fault]:
    if not party.name.strip():
        yield Fault(f"{path}.name", party.name, "the name is empty")
    if not party.phone:
        yield Fault(f"{path}.phone", "", "a telephone number is needed: the contract is signed with it")
    elif fault := phone_fault(party.phone):
        yield Fault(f"{path}.phone", party.phone, f"the telephone number cannot be right: {fault}")
    if party.email and not _E_MAIL.fullmatch(party.email):
        yield Fault(f"{path}.email", party.email, "this is no e-mail address")


def _identity(party: Party, path: str, today: date) -> Iterator[Fault]:
    if party.kind is PartyKind.PERSON:
        yield from _resident(party.identifier, f"{path}.identifier", today)
        return
    if not is_valid_uscc(party.identifier):
        sentence = "this is no unified social credit code: 18 characters, the last one checks (GB 32100)"
        yield Fault(f"{path}.identifier", party.identifier, sentence)
    if not party.legal_representative.strip():
        yield Fault(f"{path}.legal_representative", "", "an organisation signs by its legal representative")
    if party.representative_identifier:
        yield from _resident(party.representative_identifier, f"{path}.representative_identifier", today)


def _resident(number: str, path: str, today: date) -> Iterator[Fault]:
    if fault := resident_id_fault(number, today=today):
        yield Fault(path, number, f"the resident identity number cannot be right: {fault}")
        return
    age = age_on(resident_birth_date(number), today)
    if not YOUNGEST <= age <= OLDEST:
        yield Fault(path, number, f"this person is {age} years old, not {YOUNGEST} to {OLDEST}")
