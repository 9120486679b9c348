"""Composing what people are told: the same facts in every form that a channel may need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from activities.adapters.charts import GRADE_COLOURS
from activities.ports.delivery import ListedText, OutgoingMessage
from activities.templates.catalogue import catalogue
from activities.templates.rendering import templates
from models.bill_monitoring.messages import SendWarning, TroubleNotice
from models.bill_monitoring.report import ReportFinding
from models.money import Money
from models.people import StaffMember


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes messages in one language."""

    language: str

    def warning(
        self,
        warning: SendWarning,
        *,
        recipient: StaffMember,
        officer: str,
        findings: Sequence[ReportFinding],
        url: str,
    ) -> OutgoingMessage:
        """One message about all findings that a person is to acknowledge.

        Args:
            warning: what is to be sent.
            recipient: who is told.
            officer: full name of the officer whose findings they are.
            findings: gravest first; at least one.
            url: opens the page on which the recipient acknowledges.
        """
        subject, intro = self._opening(warning, officer, findings)
        values = {
            "name": recipient.full_name,
            "subject": subject,
            "intro": intro,
            "findings": findings,
            "escalated": warning.escalated,
            "acknowledge_by": warning.acknowledge_by,
            "url": url,
            "command": (
                f"leaseflow bills ack --all --officer {warning.on_behalf_of} --as {recipient.username}"
            ),
            "colours": GRADE_COLOURS,
        }
        omitted = catalogue(self.language).text("warning.omitted")
        return OutgoingMessage(
            key="",
            recipient=recipient.username,
            address=recipient.email,
            subject=subject,
            text=self._render("warning.txt.j2", values),
            html=self._render("warning.html.j2", values),
            markdown=self._markdown("warning.md.j2", values, findings, omitted=omitted),
            facts=_warning_facts(warning, findings, url),
        )

    def trouble(self, notice: TroubleNotice, *, username: str, address: str) -> OutgoingMessage:
        """A message that a scan stopped and needs a person."""
        values = {
            "scan_id": notice.scan_id,
            "sentence": notice.sentence,
            "subject": catalogue(self.language).text("trouble.subject", scan_id=notice.scan_id),
            "command": "leaseflow status",
        }
        return OutgoingMessage(
            key="",
            recipient=username,
            address=address,
            subject=values["subject"],
            text=self._render("trouble.txt.j2", values),
            html=self._render("trouble.html.j2", values),
            markdown=self._markdown("trouble.md.j2", values, (), omitted=""),
            facts={"kind": "trouble", "scan_id": notice.scan_id, "reason": notice.sentence},
        )

    def _opening(
        self, warning: SendWarning, officer: str, findings: Sequence[ReportFinding]
    ) -> tuple[str, str]:
        """Subject and first sentence."""
        text, count, day = catalogue(self.language).text, len(findings), warning.list_date
        if warning.escalated:
            return (
                text("warning.subject_escalated", date=day, count=count, officer=officer),
                text("warning.intro_escalated", date=day, count=count, officer=officer),
            )
        gravest = text(f"grade.{findings[0].grade}")
        return (
            text("warning.subject", date=day, count=count, gravest=gravest),
            text("warning.intro", date=day, count=count),
        )

    def _render(self, name: str, values: dict[str, Any]) -> str:
        return templates("activities.templates", self.language).get_template(name).render(values)

    def _markdown(
        self, name: str, values: dict[str, Any], findings: Sequence[ReportFinding], *, omitted: str
    ) -> ListedText:
        parts = templates("activities.templates", self.language).get_template(name).make_module(values)
        macros = vars(parts)
        return ListedText(
            head=str(macros["head"]()),
            items=tuple(str(macros["item"](finding)) for finding in findings),
            foot=str(macros["foot"]()) if "foot" in macros else "",
            omitted=omitted,
        )


def _warning_facts(warning: SendWarning, findings: Sequence[ReportFinding], url: str) -> dict[str, object]:
    return {
        "kind": "warning",
        "scan_id": warning.scan_id,
        "list_date": warning.list_date.isoformat(),
        "officer": warning.on_behalf_of,
        "escalated": warning.escalated,
        "acknowledge_by": warning.acknowledge_by.isoformat(),
        "acknowledge_url": url,
        "findings": [_finding_facts(finding) for finding in findings],
    }


def _finding_facts(finding: ReportFinding) -> dict[str, object]:
    return {
        "finding_id": finding.finding_id,
        "customer_id": finding.customer_id,
        "customer_name": finding.customer_name,
        "acceptor_name": finding.acceptor_name,
        "relation": finding.relation.value,
        "change": finding.change.value,
        "grade": finding.grade.value,
        "overdue_balance": _decimal(finding.overdue_balance),
        "previous_balance": _decimal(finding.previous_balance),
        "cumulative_overdue": _decimal(finding.cumulative_overdue),
        "exposure": _decimal(finding.exposure),
        "reason": finding.reason,
    }


def _decimal(money: Money | None) -> str | None:
    return str(money) if money is not None else None
