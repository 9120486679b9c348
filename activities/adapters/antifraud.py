"""The pool of anti-fraud data behind its signed HTTP interface: ``POST /checks``."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from activities.adapters.bureau import malformed, refuse_another
from activities.adapters.bureau_line import OfficeLine
from activities.ports.antifraud import AntiFraud
from models.lease.screening.outside import Enquiry, FraudSigns, Heard


class _Velocity(BaseModel):
    """Applications elsewhere with the same statement, in 30 days."""

    model_config = ConfigDict(extra="ignore")

    phone: int = Field(ge=0)
    address: int = Field(ge=0)
    device: int = Field(ge=0)


class _Check(BaseModel):
    model_config = ConfigDict(extra="ignore")

    reference: str
    subject: str
    risk: int = Field(ge=0, le=100)
    known_ring: bool
    photo_mismatch: bool
    velocity: _Velocity
    charges: list[str]


class HttpAntiFraud(AntiFraud):
    """Asks over a signed line."""

    def __init__(self, line: OfficeLine) -> None:
        self._line = line

    async def check(self, enquiry: Enquiry) -> Heard:
        """See `AntiFraud.check`."""
        content, told = await self._line.ask("/checks", _question(enquiry), reference=enquiry.reference)
        try:
            said = _Check.model_validate(told)
        except ValidationError as error:
            raise malformed("anti-fraud", error) from error
        refuse_another("anti-fraud", enquiry, reference=said.reference, subject=said.subject)
        signs = FraudSigns(
            subject=said.subject,
            risk=said.risk,
            ring=said.known_ring,
            photo_mismatch=said.photo_mismatch,
            phone_uses=said.velocity.phone,
            address_uses=said.velocity.address,
            device_uses=said.velocity.device,
        )
        return Heard(content, signs, charges=max(1, len(said.charges)))


def _question(enquiry: Enquiry) -> dict[str, Any]:
    party = enquiry.party
    return {
        "reference": enquiry.reference,
        "consent": enquiry.consent,
        "subject": {
            "kind": party.kind.value,
            "identifier": party.identifier,
            "name": party.name,
            "phone": party.phone,
            "address": party.address,
        },
    }
