"""Makes the played partner systems partners of the house: the shared key, and their profiles."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlmodel import Session

from activities.store import parameters
from models.parameters.partners import (
    HttpConnection,
    IncomingTopic,
    NatsConnection,
    OutgoingTopic,
    PartnerProfile,
)
from models.parameters.registry import NothingInForceError, partner_profile
from workers.settings import Settings
from workers.setup import open_database

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
    secrets_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = secrets_dir / "partner_finance_key"
    file.touch(mode=0o600)
    file.write_text(SANDBOX_KEY)
    database = open_database(settings, pool_size=1)
    try:
        with database.transaction() as session:
            for profile in _profiles(partners_url, nats_url):
                _enter(session, profile)
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


def _enter(session: Session, profile: PartnerProfile) -> None:
    """A new version only where the connection changed: a played partner's port moves now and then."""
    named = partner_profile(profile.code)
    now = datetime.now(UTC)
    try:
        known = parameters.in_force(session, named, now).value
    except NothingInForceError:
        known = None
    connected = (
        profile if known is None else known.model_copy(update={"http": profile.http, "nats": profile.nats})
    )
    if connected != known:
        parameters.change(
            session,
            named,
            connected.model_dump(mode="json"),
            effective_from=now,
            changed_by="leaseflow",
            reason="the played partners of the embedded stack",
        )
