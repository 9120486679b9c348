"""The report as one HTML file that needs nothing else: no request leaves it."""

from __future__ import annotations

import base64
from dataclasses import asdict
from importlib.resources import files

from activities.adapters.charts import ReportCharts
from activities.templates.catalogue import Catalogue, catalogue
from activities.templates.rendering import templates, yuan
from models.bill_monitoring.report import GRADES, RiskReport
from models.bill_monitoring.rules import Change

_TEMPLATES = "activities.templates"


def render_page(report: RiskReport, charts: ReportCharts, *, language: str) -> str:
    """The report's page; the same report and charts give the same text."""
    texts = catalogue(language)
    page = templates(_TEMPLATES, language).get_template("report.html.j2")
    return page.render(
        report=report,
        sentence=_sentence(report, texts),
        notices=_notices(report, texts),
        cleared=[finding for finding in report.findings if not finding.listed],
        charts={name: _embedded(svg) for name, svg in asdict(charts).items()},
        change_order={change: rank for rank, change in enumerate(Change)},
        grade_order={grade: rank for rank, grade in enumerate(reversed(GRADES))},
        style=_inline("report.css"),
        script=_inline("report.js"),
    ).lstrip()


def _sentence(report: RiskReport, texts: Catalogue) -> str:
    records = f"{report.records:,}"
    if not report.listed:
        return texts.text("report.nobody", records=records)
    return texts.text(
        "report.in_sentence",
        records=records,
        customers=report.customers,
        overdue=yuan(report.overdue_balance),
        exposure=yuan(report.exposure),
    )


def _notices(report: RiskReport, texts: Catalogue) -> list[str]:
    notices = []
    if report.review_items:
        notices.append(texts.text("report.open_reviews", count=report.review_items))
    if report.unread:
        notices.append(texts.text("report.unread", count=report.unread))
    return [*notices, *report.notes]


def _embedded(svg: str) -> str:
    """As an image of its own, so that identifiers of several charts cannot meet."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _inline(name: str) -> str:
    return (files(_TEMPLATES) / name).read_text(encoding="utf-8")
