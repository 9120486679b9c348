"""Makes the played partner systems partners of the house: the shared key, and their profiles."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from models.parameters.partners import (
    HttpConnection,
    IncomingTopic,
    NatsConnection,
    OutgoingTopic,
    PartnerProfile,
)
from models.parameters.registry import partner_profile
from workers.settings import Settings
from workers.setup import open_database
from workers.stack.playing import enter_profile, write_secret

SANDBOX_KEY: Final = "sandbox"
"""What the played partners sign with, and expect from us."""


def meet_partners(settings: Settings, *, partners_url: str, nats_url: str, secrets_dir: Path) -> None:
    """Enter the played partners' profiles where they changed, and put their key among the secrets.

    Args:
        settings: where the database is.
        partners_url: base URL of the played partners.
        nats_url: of the stack's NATS server.
        secrets_dir: where the key is put.
    """
    write_secret(secrets_dir, "partner_finance_key", SANDBOX_KEY)
    database = open_database(settings, pool_size=1)
    try:
        with database.transaction() as session:
            for profile in _profiles(partners_url, nats_url):
                enter_profile(session, partner_profile(profile.code), profile, connection=("http", "nats"))
    finally:
        database.close()


def _profiles(partners_url: str, nats_url: str) -> tuple[PartnerProfile, ...]:
    """A finance system that takes vouchers over HTTP, and a core system behind NATS."""
    return (
        PartnerProfile(
            code="finance",
            name="财务系统",
            transport="http",
            http=HttpConnection(address=f"{partners_url}/finance"),
            outgoing={"vouchers": OutgoingTopic(), "notes": OutgoingTopic(dead_letter="passes")},
            incoming={"voucher-taken": IncomingTopic(handler="finance.voucher-taken")},
            feeds=("vouchers",),
        ),
        PartnerProfile(
            code="core",
            name="核心系统",
            transport="nats",
            nats=NatsConnection(
                address=nats_url,
                outgoing="leaseflow.core",
                incoming="core.leaseflow",
                consistency="core.consistency",
            ),
            outgoing={"loans": OutgoingTopic(), "notes": OutgoingTopic(dead_letter="passes")},
            incoming={"repayments": IncomingTopic(handler="keep")},
        ),
    )
