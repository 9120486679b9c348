"""What is asked of outside sources about a party, and what they say, in the house's own words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.lease.application.form import LeaseForm
from models.lease.parties import Party
from models.lease.screening.facts import BureauFacts, FraudFacts
from models.money import Money


class Source(StrEnum):
    """Who is asked."""

    BUREAU = "bureau"
    ANTI_FRAUD = "anti-fraud"


@dataclass(frozen=True)
class Enquiry:
    """One question about one party.

    ``reference`` is the same in every try: the bureau charges once for it, and leaves one footprint.
    """

    reference: str
    application_id: str
    party: Party
    consent: str
    """What entitles the house to ask, for the source's own records."""


@dataclass(frozen=True)
class CreditReport:
    """What a bureau says of a party."""

    subject: str
    """Identifier of whom the report is about; another than was asked for is a fault."""
    score: int | None
    """0 to 1000, more is better; None where the bureau cannot score."""
    overdue_accounts: int
    overdue_90: int
    """Times more than 90 days overdue, in two years."""
    enquiries: int
    """By others, in 90 days."""
    debt: Money
    guaranteed: Money


@dataclass(frozen=True)
class FraudSigns:
    """What anti-fraud data say of a party."""

    subject: str
    risk: int
    """0 to 100, less is better."""
    ring: bool
    photo_mismatch: bool
    phone_uses: int
    address_uses: int
    device_uses: int


Findings = CreditReport | FraudSigns


@dataclass(frozen=True)
class Heard:
    """An answer as it came, and as it was read."""

    content: bytes
    findings: Findings
    charges: int = 1
    """How often the source charged for the enquiry; more than one is its mistake."""


def parties_asked(form: LeaseForm) -> tuple[Party, ...]:
    """Whom to ask about: each party once, whatever it signs as."""
    return tuple({party.identifier: party for party in reversed(form.parties)}.values())[::-1]


def enquiry_reference(application_id: str, version: int, round_: int, number: int) -> str:
    """Our reference of an enquiry: names who is asked about without saying it."""
    return f"{application_id}-v{version}-r{round_}-p{number}"


def bureau_facts(reports: Sequence[CreditReport | None]) -> BureauFacts:
    """The worst of all reports; one that is missing makes each number unknown.

    Args:
        reports: one for each party, None where nothing could be learned.
    """
    known = [report for report in reports if report is not None]
    if len(known) < len(reports) or not known:
        return BureauFacts(unknown=max(1, len(reports) - len(known)))
    scores = [report.score for report in known]
    return BureauFacts(
        score=None if None in scores else min(score for score in scores if score is not None),
        overdue_accounts=max(report.overdue_accounts for report in known),
        overdue_90=max(report.overdue_90 for report in known),
        enquiries=max(report.enquiries for report in known),
        debt=max(_yuan(report.debt) for report in known),
        guaranteed=max(_yuan(report.guaranteed) for report in known),
    )


def fraud_facts(signs: Sequence[FraudSigns | None]) -> FraudFacts:
    """The worst of all signs; missing ones make each number unknown, but what is known to be bad stays."""
    known = [sign for sign in signs if sign is not None]
    if len(known) < len(signs) or not known:
        return FraudFacts(
            unknown=max(1, len(signs) - len(known)),
            ring=True if any(sign.ring for sign in known) else None,
            photo_mismatch=True if any(sign.photo_mismatch for sign in known) else None,
        )
    return FraudFacts(
        risk=max(sign.risk for sign in known),
        ring=any(sign.ring for sign in known),
        photo_mismatch=any(sign.photo_mismatch for sign in known),
        phone_uses=_most(sign.phone_uses for sign in known),
        address_uses=_most(sign.address_uses for sign in known),
        device_uses=_most(sign.device_uses for sign in known),
    )


def _most(counts: Iterable[int]) -> int:
    return max(counts)


def _yuan(amount: Money) -> int:
    return -(-amount.minor // 100)
