"""The report's charts, as SVG whose text is drawn as outlines: they look the same on every machine."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from activities.adapters.fonts import chinese_font
from activities.templates.catalogue import Catalogue
from models.bill_monitoring.report import AgeingBand, RiskReport, ageing, by_grade, largest
from models.bill_monitoring.rules import Grade
from models.money import Money

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GRADE_COLOURS: dict[Grade, str] = {
    Grade.CRITICAL: "#a4262c",
    Grade.HIGH: "#d1691e",
    Grade.ELEVATED: "#c79a1b",
    Grade.WATCH: "#5b7c99",
}
_INK, _MUTED = "#1f2a37", "#6b7785"
_MAIN, _SECOND = "#1f4e79", "#9db7cf"

_SIZE = (6.0, 2.6)  # inches
# shares of the trend chart's height
_BARS_UP_TO, _LINE_FROM, _LINE_UP_TO = 0.52, 0.68, 0.88
_NAME_LENGTH = 13
_TEN_THOUSAND = Decimal(10_000)

# Matplotlib's settings belong to the whole process; reports may be written by several threads
_SETTINGS = Lock()


@dataclass(frozen=True, slots=True)
class ReportCharts:
    """SVG documents, one for each chart."""

    grade: str
    trend: str
    top: str
    ageing: str


def draw(report: RiskReport, texts: Catalogue) -> ReportCharts:
    """Draw every chart of a report; the same report gives the same bytes."""
    with _drawing():
        return ReportCharts(
            grade=_svg(lambda axes: _grade(axes, report, texts)),
            trend=_svg(lambda axes: _trend(axes, report, texts)),
            top=_svg(lambda axes: _top(axes, report, texts)),
            ageing=_svg(lambda axes: _ageing(axes, report, texts)),
        )


def band_name(band: AgeingBand, texts: Catalogue) -> str:
    """A band of consecutive lists in words."""
    kind = "one" if band.first == band.last else "open" if band.last is None else "range"
    return texts.text(f"report.band_{kind}", first=band.first, last=band.last)


# ---------------------------------------------------------------- the four charts


def _grade(axes: Axes, report: RiskReport, texts: Catalogue) -> None:
    totals = by_grade(report.findings)
    rows = range(len(totals))
    overdue = [_coordinate(grade.overdue_balance) for grade in totals]
    exposure = [_coordinate(grade.exposure) for grade in totals]
    axes.barh(
        [row - 0.19 for row in rows],
        overdue,
        height=0.34,
        color=[GRADE_COLOURS[grade.grade] for grade in totals],
        label=texts.text("column.overdue_balance"),
    )
    axes.barh(
        [row + 0.19 for row in rows],
        exposure,
        height=0.34,
        color=_SECOND,
        label=texts.text("column.exposure"),
    )
    for row, grade in zip(rows, totals, strict=True):
        _label(axes, _coordinate(grade.overdue_balance), row - 0.19, _in_ten_thousands(grade.overdue_balance))
        _label(axes, _coordinate(grade.exposure), row + 0.19, _in_ten_thousands(grade.exposure))
    names = [f"{texts.text(f'grade.{grade.grade}')} · {grade.findings}" for grade in totals]
    axes.set_yticks(list(rows), names)
    axes.invert_yaxis()
    _room_for_labels(axes, [*overdue, *exposure])
    _horizontal(axes)
    axes.legend(loc="lower right", fontsize=8, frameon=False, labelcolor=_MUTED)


def _trend(axes: Axes, report: RiskReport, texts: Catalogue) -> None:
    """Sums as bars below, customers as a line above them: the two never cross."""
    places = range(len(report.trend))
    sums = [_coordinate(point.overdue_balance) for point in report.trend]
    axes.bar(places, sums, width=0.55, color=_SECOND, label=texts.text("report.chart_overdue"))
    for place, point in zip(places, report.trend, strict=True):
        _above(
            axes, place, _coordinate(point.overdue_balance), _in_ten_thousands(point.overdue_balance), size=7
        )
    axes.set_xticks(list(places), [f"{point.list_date:%Y-%m}" for point in report.trend], fontsize=8)
    axes.set_ylim(0, max([*sums, 1]) / _BARS_UP_TO)
    axes.set_xlim(-0.6, max(len(report.trend), 4) - 0.4)
    axes.set_yticks([])
    _vertical(axes)
    people = axes.twinx()
    counts = [point.customers for point in report.trend]
    people.plot(places, counts, color=_MAIN, marker="o", ms=4, label=texts.text("report.chart_customers"))
    for place, count in zip(places, counts, strict=True):
        _above(people, place, count, str(count), size=9)
    reach = max(max(counts) - min(counts), 1) / (_LINE_UP_TO - _LINE_FROM)
    people.set_ylim(min(counts) - reach * _LINE_FROM, min(counts) + reach * (1 - _LINE_FROM))
    people.set_axis_off()
    handles = [*axes.get_legend_handles_labels()[0], *people.get_legend_handles_labels()[0]]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        fontsize=8,
        frameon=False,
        labelcolor=_MUTED,
    )


def _top(axes: Axes, report: RiskReport, texts: Catalogue) -> None:
    findings = largest(report.findings)
    if not findings:
        _empty(axes, texts)
        return
    amounts = [_coordinate(finding.overdue_balance) for finding in findings]
    places = range(len(findings))
    axes.barh(places, amounts, height=0.62, color=[GRADE_COLOURS[finding.grade] for finding in findings])
    for place, finding in zip(places, findings, strict=True):
        _label(axes, _coordinate(finding.overdue_balance), place, _in_ten_thousands(finding.overdue_balance))
    axes.set_yticks(list(places), [_short(finding.customer_name) for finding in findings])
    axes.set_ylim(max(len(findings), 4) - 0.4, -0.6)
    _room_for_labels(axes, amounts)
    _horizontal(axes)


def _ageing(axes: Axes, report: RiskReport, texts: Catalogue) -> None:
    bands = ageing(report.findings)
    if not report.listed:
        _empty(axes, texts)
        return
    places = range(len(bands))
    shades = ["#c5d4e2", "#9db7cf", "#7596b5", "#4d749b", "#2f5a86", "#173a5e"]
    axes.bar(places, [band.findings for band in bands], width=0.62, color=shades)
    for place, band in zip(places, bands, strict=True):
        _above(axes, place, band.findings, str(band.findings), size=9)
    axes.set_xticks(list(places), [band_name(band, texts) for band in bands])
    axes.set_ylim(0, max(band.findings for band in bands) * 1.18)
    axes.set_yticks([])
    _vertical(axes)


# ---------------------------------------------------------------- how they are drawn


def _coordinate(money: Money | None) -> float:
    """Length of a bar in units of 10,000 yuan; only pixels depend on this float."""
    return float(money.amount / _TEN_THOUSAND) if money else 0.0


def _in_ten_thousands(money: Money | None) -> str:
    amount = money.amount / _TEN_THOUSAND if money else Decimal(0)
    decimals = 0 if amount == 0 or amount >= 100 else 1  # noqa: PLR2004 - three figures tell enough
    return f"{amount:,.{decimals}f}"


def _short(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1]}…"


def _label(axes: Axes, x: float, y: float, text: str) -> None:
    axes.annotate(text, (x, y), (4, 0), textcoords="offset points", va="center", fontsize=8, color=_INK)


def _above(axes: Axes, x: float, y: float, text: str, *, size: int) -> None:
    axes.annotate(text, (x, y), (0, 4), textcoords="offset points", ha="center", fontsize=size, color=_INK)


def _room_for_labels(axes: Axes, lengths: Sequence[float]) -> None:
    axes.set_xlim(0, max([*lengths, 1]) * 1.22)


def _horizontal(axes: Axes) -> None:
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "bottom"]].set_visible(False)


def _vertical(axes: Axes) -> None:
    axes.tick_params(length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _empty(axes: Axes, texts: Catalogue) -> None:
    axes.set_axis_off()
    axes.text(0.5, 0.5, texts.text("report.chart_empty"), ha="center", va="center", color=_MUTED)


@contextmanager
def _drawing() -> Iterator[None]:
    import matplotlib as mpl  # noqa: PLC0415 - half a second that only reports need

    settings: Any = {
        "svg.hashsalt": "leaseflow",
        "svg.fonttype": "path",
        "font.family": [_font_family()],
        "font.size": 9,
        "text.color": _INK,
        "axes.edgecolor": _MUTED,
        "xtick.color": _MUTED,
        "ytick.color": _INK,
        "axes.unicode_minus": False,
    }
    with _SETTINGS, mpl.rc_context(settings):
        yield


@cache
def _font_family() -> str:
    from matplotlib import font_manager  # noqa: PLC0415

    path = str(chinese_font())
    font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()


def _svg(paint: Callable[[Axes], None]) -> str:
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure: Figure = Figure(figsize=_SIZE, layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    paint(axes)
    drawn = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(drawn, format="svg", transparent=True, metadata=nothing)
    return _slim(drawn.getvalue())


def _slim(svg: str) -> str:
    """Without the prologue, comments and line breaks, which HTML has no use for."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", " ", body).strip()
