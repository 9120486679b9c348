"""The credit bureau behind its signed HTTP interface: ``POST /reports``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from activities.adapters.bureau_line import OfficeLine
from activities.ports.bureau import Bureau, UnusableAnswerError
from models.errors import InvalidInputError
from models.lease.screening.outside import CreditReport, Enquiry, Heard
from models.money import Money


class _Said(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Subject(_Said):
    identifier: str
    kind: Literal["organisation", "person"]


class _Overdue(_Said):
    accounts_now: int = Field(ge=0)
    times_over_90_days: int = Field(ge=0)


class _Report(_Said):
    """A report on the wire; what it holds besides stays in the kept answer."""

    reference: str
    subject: _Subject
    score: int | None = Field(ge=0, le=1000)
    overdue: _Overdue
    enquiries_90_days: int = Field(ge=0)
    debt: str
    guarantees: str
    charges: list[str]


class HttpBureau(Bureau):
    """Asks over a signed line."""

    def __init__(self, line: OfficeLine) -> None:
        self._line = line

    async def report(self, enquiry: Enquiry) -> Heard:
        """See `Bureau.report`."""
        content, told = await self._line.ask("/reports", _question(enquiry), reference=enquiry.reference)
        try:
            report = _Report.model_validate(told)
            findings = CreditReport(
                subject=report.subject.identifier,
                score=report.score,
                overdue_accounts=report.overdue.accounts_now,
                overdue_90=report.overdue.times_over_90_days,
                enquiries=report.enquiries_90_days,
                debt=Money.of(report.debt),
                guaranteed=Money.of(report.guarantees),
            )
        except (ValidationError, InvalidInputError) as error:
            raise malformed("bureau", error) from error
        refuse_another("bureau", enquiry, reference=report.reference, subject=findings.subject)
        return Heard(content, findings, charges=max(1, len(report.charges)))


def refuse_another(office: str, enquiry: Enquiry, *, reference: str, subject: str) -> None:
    """Refuse an answer to another question, or about somebody else.

    Raises:
        UnusableAnswerError: it is; the message does not repeat whom it is about.
    """
    if reference != enquiry.reference:
        raise UnusableAnswerError(f"{office} answers another enquiry, {reference!r}")
    if subject != enquiry.party.identifier:
        raise UnusableAnswerError(f"{office} answers about somebody else than was asked for")


def malformed(office: str, error: Exception) -> UnusableAnswerError:
    """The answer lacks a field, or one cannot be."""
    if isinstance(error, ValidationError):
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        return UnusableAnswerError(f"the answer of {office} is malformed: {where}: {fault['msg']}")
    return UnusableAnswerError(f"the answer of {office} is malformed: {error}")


def _question(enquiry: Enquiry) -> dict[str, Any]:
    party = enquiry.party
    return {
        "reference": enquiry.reference,
        "purpose": "finance-lease-application",
        "consent": enquiry.consent,
        "subject": {"kind": party.kind.value, "identifier": party.identifier, "name": party.name},
    }
