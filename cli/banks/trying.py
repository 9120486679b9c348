"""Whether a bank's profile works: keys, sign-in, directories, formats. Nothing is ordered or taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from secrets import token_hex
from typing import Final, get_args, get_type_hints

import typer

from activities.adapters.bank_files.profiles import find_profile
from activities.adapters.banks.doors import BankDoors
from cli.banks.known import Code, profile_in_force
from cli.house import reading
from cli.output import ExitCode, Json, print_json, print_table
from models.errors import LeaseflowError
from models.parameters.banks import BankProfile
from models.payments.bank_files.dialects import CreditTransferDialect, DirectDebitDialect
from models.payments.banking import BankSaid
from workers.settings import load_settings
from workers.wiring import Wiring

_FILE_WAY: Final = "files"

app = typer.Typer(add_completion=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """What trying one thing came to."""

    what: str
    works: bool
    sentence: str


@app.command("try")
def try_(code: Code, as_json: Json = False) -> None:
    """Check that the connections, keys and formats of a bank's profile in force work.

    It signs in, asks for an order that cannot be there, asks for our balance and lists the directory: nothing
    is ordered, fetched or put away.

    Example: leaseflow banks try harbour
    """
    with reading() as session:
        profile = profile_in_force(session, code).value
    findings = asyncio.run(_try(profile))
    if as_json:
        print_json([asdict(each) for each in findings])
    else:
        rows = [(each.what, "works" if each.works else "FAILS", each.sentence) for each in findings]
        print_table(("what", "", "how"), rows, empty="")
    if not all(each.works for each in findings):
        raise typer.Exit(ExitCode.REFUSED)


async def _try(profile: BankProfile) -> list[Finding]:
    findings = [Finding("active", profile.active, "takes payments" if profile.active else "active = false")]
    async with Wiring(load_settings()) as wiring:
        if profile.http is not None:
            findings += [each async for each in _service(profile, wiring.bank_doors)]
        if profile.files is not None:
            findings.append(await _mailbox(profile, wiring.bank_doors))
    return [*findings, *_formats(profile)]


async def _service(profile: BankProfile, doors: BankDoors) -> AsyncIterator[Finding]:
    """Keys, sign-in and balance; what stands behind a failure is not tried."""
    try:
        service = doors.service(profile)
    except LeaseflowError as error:
        yield Finding("http keys", works=False, sentence=str(error))
        return
    yield Finding("http keys", works=True, sentence="ours and the bank's are there")
    reference = f"TRY{token_hex(8).upper()}"
    try:
        answer = await service.inquire(reference)
    except LeaseflowError as error:
        yield Finding("http sign-in", works=False, sentence=str(error))
        return
    signed_in = answer.said is BankSaid.UNHEARD_OF
    told = "it knows no order that was never given" if signed_in else f"{answer.said}: {answer.reason}"
    yield Finding("http sign-in", signed_in, told)
    if signed_in:
        try:
            balance = await service.balance(profile.own_account)
        except LeaseflowError as error:
            yield Finding("http account", works=False, sentence=str(error))
        else:
            yield Finding("http account", works=True, sentence=f"{balance} {balance.currency}")


async def _mailbox(profile: BankProfile, doors: BankDoors) -> Finding:
    try:
        waiting = await doors.mailbox(profile).waiting()
    except LeaseflowError as error:
        return Finding(_FILE_WAY, works=False, sentence=str(error))
    return Finding(_FILE_WAY, works=True, sentence=f"{len(waiting)} files wait for us")


def _formats(profile: BankProfile) -> Iterator[Finding]:
    known = {
        "credit_transfer": _versions(CreditTransferDialect, "pain.001."),
        "direct_debit": _versions(DirectDebitDialect, "pain.008."),
        "statement": (),
    }
    for field, versions in known.items():
        name: str = getattr(profile.formats, field)
        if not name:
            continue
        what = f"formats.{field}"
        if name.startswith("pain."):
            wrong = f"{name} is none of {', '.join(versions)}"
            yield Finding(what, name in versions, name if name in versions else wrong)
            continue
        try:
            yield Finding(what, works=True, sentence=f"profile {find_profile(name).name}")
        except LeaseflowError as error:
            yield Finding(what, works=False, sentence=str(error))


def _versions(dialect: type, prefix: str) -> tuple[str, ...]:
    """The pain versions that we write."""
    return tuple(prefix + version for version in get_args(get_type_hints(dialect)["version"]))
