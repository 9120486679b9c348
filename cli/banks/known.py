"""What commands about a bank share: its profile, and the way to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlmodel import Session

from activities.adapters.banks.http import HttpBank
from activities.store import parameters
from cli.house import reading
from models.parameters.banks import BankProfile
from models.parameters.registry import NothingInForceError, bank_profile
from models.payments.errors import UnknownBankError
from workers.settings import load_settings
from workers.wiring import Wiring

Code = Annotated[str, typer.Argument(metavar="CODE", help="As shown by banks list.")]


def profile_in_force(session: Session, code: str) -> parameters.ParametersInForce[BankProfile]:
    """A bank's profile as it holds now.

    Raises:
        UnknownBankError: the bank has none.
    """
    try:
        return parameters.in_force(session, bank_profile(code), datetime.now(UTC))
    except NothingInForceError as error:
        raise UnknownBankError(code) from error


@asynccontextmanager
async def service_of(code: str) -> AsyncIterator[tuple[BankProfile, HttpBank]]:
    """A bank's profile and its open service interface.

    Raises:
        UnknownBankError: the bank has no profile.
        InvalidInputError: it has no service interface, or a key is missing.
    """
    with reading() as session:
        profile = profile_in_force(session, code).value
    async with Wiring(load_settings()) as wiring:
        yield profile, wiring.bank_doors.service(profile)
