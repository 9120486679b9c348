"""Makes the played banks partners of the house: keys, profiles, opening balances."""

from __future__ import annotations

import json
import urllib.request
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session

from activities.ledger.chart import open_chart
from activities.store.ledger.posting import post
from models.ledger.journals import JournalOrder, Line
from models.money import Money
from models.parameters.banks import (
    BankProfile,
    DebitRules,
    Fees,
    FeeStep,
    FileConnection,
    HttpConnection,
    Inquiry,
)
from models.parameters.registry import bank_profile
from workers.settings import Settings
from workers.setup import open_database
from workers.stack.playing import enter_profile, write_secret

_OPENING: Final = Money.of("10000000000.00")
"""What a played bank opens our account with."""
_FEE: Final = Money.of("5.00")
_OPENING_DAY: Final = date(2026, 1, 1)
_OWN_NAME: Final = "示例融资租赁有限公司"
_OWN_ACCOUNTS: Final = {"harbour": "31001520313050000001", "river": "11001018100059000002"}


def meet_banks(settings: Settings, *, admin_url: str, secrets_dir: Path) -> None:
    """Take over the banks' keys, enter their profiles where they changed, and open our accounts.

    Args:
        settings: where the database is.
        admin_url: of the played banks.
        secrets_dir: where the keys are put.
    """
    keys = _get(f"{admin_url}/admin/keys")
    _write_secrets(keys, secrets_dir)
    database = open_database(settings, pool_size=1)
    try:
        with database.transaction() as session:
            open_chart(session, opened_by="leaseflow")
            for profile in _profiles(keys):
                enter_profile(session, bank_profile(profile.code), profile, connection=("http", "files"))
                _open_account(session, profile)
    finally:
        database.close()
    for code, number in _OWN_ACCOUNTS.items():
        _post(f"{admin_url}/admin/{code}/accounts", {"account": number})
    _post(
        f"{admin_url}/admin/harbour/settings", {"callback": f"{settings.console_url}/banks/harbour/notices"}
    )


def _profiles(keys: dict[str, Any]) -> tuple[BankProfile, ...]:
    """An HTTP bank for single payments and a bank of files for bulk debits."""
    return (
        BankProfile(
            code="harbour",
            name="港湾银行",
            ledger_account="1002.01",
            own_account=_OWN_ACCOUNTS["harbour"],
            own_name=_OWN_NAME,
            http=HttpConnection(address=keys["harbour"]["address"], client_id="leaseflow"),
            fees=Fees(steps=(FeeStep(up_to=Decimal(1_000_000_000), fee=_FEE.amount),)),
            inquiry=Inquiry(pauses_seconds=(1, 2, 5, 15, 60), unheard_of_final_seconds=30),
        ),
        BankProfile(
            code="river",
            name="江河银行",
            ledger_account="1002.02",
            own_account=_OWN_ACCOUNTS["river"],
            own_name=_OWN_NAME,
            files=FileConnection(
                address=keys["river"]["address"],
                host_key=keys["river"]["host_key"],
                poll_seconds=1.0,
                settled_seconds=0,
            ),
            debits=DebitRules(creditor_id="LSFL0001"),
        ),
    )


def _write_secrets(keys: dict[str, Any], directory: Path) -> None:
    client = keys["harbour"]["clients"]["leaseflow"]
    secrets = {
        "bank_harbour_key": client["key"],
        "bank_harbour_public_key": client["public_key"],
        "bank_river_sftp_key": keys["river"]["client_key"],
    }
    for name, value in secrets.items():
        write_secret(directory, name, value)


def _open_account(session: Session, profile: BankProfile) -> None:
    lines = (Line(profile.ledger_account, _OPENING), Line("4001", -_OPENING))
    order = JournalOrder(
        key=f"opening/{profile.code}",
        kind="opening",
        business_date=_OPENING_DAY,
        value_date=_OPENING_DAY,
        lines=lines,
        narrative=f"opening balance at {profile.name}",
        posted_by="leaseflow",
    )
    post(session, order)


def _get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own loopback address
        found: dict[str, Any] = json.load(answer)
        return found


def _post(url: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - the same
        pass
