"""The report's page."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from activities.adapters.charts import ReportCharts, draw
from activities.bill_monitoring.report_page import render_page
from activities.templates.catalogue import LANGUAGES, catalogue
from tests.factories.reports import finding, full_report, report
from tests.golden import assert_golden

STILL = ReportCharts(grade="<svg>1</svg>", trend="<svg>2</svg>", top="<svg>3</svg>", ageing="<svg>4</svg>")
"""Charts are compared by themselves: a golden page must not change with the drawing library."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_as_accepted(language: str) -> None:
    page = render_page(full_report(12), STILL, language=language)

    assert_golden(f"report/full.{language}.html", page)


def test_an_empty_month_reads_well() -> None:
    page = render_page(report((), compared_with=""), STILL, language="zh-CN")

    assert_golden("report/nobody.zh-CN.html", page)


def test_page_asks_nothing_of_the_network() -> None:
    shown = full_report()
    page = render_page(shown, draw(shown, catalogue("zh-CN")), language="zh-CN")

    assert set(re.findall(r'(?:src|href)="([a-z]+:)', page)) == {"data:"}
    assert "url(" not in page
    assert "@import" not in page


def test_names_cannot_become_markup() -> None:
    page = render_page(report((finding(name="<script>alert(1)</script>有限公司"),)), STILL, language="zh-CN")

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;有限公司" in page


def test_the_same_report_gives_the_same_charts_without_dates_or_fonts() -> None:
    texts = catalogue("zh-CN")
    first, second = draw(full_report(), texts), draw(full_report(), texts)

    assert first == second
    for name in ReportCharts.__slots__:
        svg = getattr(first, name)
        ET.fromstring(svg)  # noqa: S314 - our own drawing
        assert "font-family" not in svg
        assert "<dc:date>" not in svg
        assert len(svg) < 120_000


def test_charts_of_an_empty_month_can_be_drawn() -> None:
    assert draw(report(()), catalogue("en")).top.startswith("<svg")


def test_both_languages_say_the_same_things() -> None:
    chinese, english = (catalogue(language) for language in LANGUAGES)
    places = re.compile(r"\{(\w+)")
    for section in ("report", "warning", "trouble", "console", "column", "change", "grade", "relation"):
        ours, theirs = chinese.section(section), english.section(section)
        assert ours.keys() == theirs.keys()
        for name, sentence in ours.items():
            assert set(places.findall(sentence)) == set(places.findall(theirs[name])), f"{section}.{name}"
