"""A plan as a picture: interest and principal of each rent as bars, the balance as a line."""

from __future__ import annotations

import io
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from models.lease.plan.plan import Plan, PlanRow
from models.money import Money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _MUTED = "#1f2a37", "#6b7785"
_PRINCIPAL, _INTEREST, _BALANCE, _RESIDUAL = "#9db7cf", "#d1691e", "#1f4e79", "#5b7c99"
_SIZE: Final = (9.0, 4.2)  # inches
_MOST_LABELS: Final = 14
_DPI: Final = 144

# Matplotlib's settings belong to the whole process
_SETTINGS = Lock()


def draw_plan(plan: Plan, *, as_png: bool = False) -> bytes:
    """The picture as SVG or PNG; the same plan gives the same bytes."""
    import matplotlib as mpl  # noqa: PLC0415 - half a second that only charts need
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    settings: Any = {"svg.hashsalt": "leaseflow", "svg.fonttype": "path", "font.size": 9, "text.color": _INK}
    with _SETTINGS, mpl.rc_context(settings):
        figure = Figure(figsize=_SIZE, layout="constrained", facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _paint(axes, plan)
        drawn = io.BytesIO()
        if as_png:
            figure.savefig(drawn, format="png", dpi=_DPI, metadata={"Software": None})
        else:
            figure.savefig(drawn, format="svg", metadata=dict.fromkeys(("Date", "Creator")))
        return drawn.getvalue()


def _paint(axes: Axes, plan: Plan) -> None:
    rows = [row for row in plan.rows if row.kind in {"rent", "residual"}]
    places = range(len(rows))
    interest = [_length(row.interest) for row in rows]
    principal = [_length(row.principal) for row in rows]
    colours = [_RESIDUAL if row.kind == "residual" else _PRINCIPAL for row in rows]
    axes.bar(places, principal, width=0.72, color=colours, label="principal")
    bottom = [max(amount, 0.0) for amount in principal]
    axes.bar(places, interest, width=0.72, bottom=bottom, color=_INTEREST, label="interest")
    axes.set_ylabel(f"rent, {plan.financed.currency}", color=_MUTED)
    axes.margins(x=0.01)
    _dates(axes, rows)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.spines[["top", "right"]].set_visible(False)
    left = axes.twinx()
    left.plot(places, [_length(row.balance) for row in rows], color=_BALANCE, lw=1.8, label="balance (right)")
    left.set_ylim(bottom=0)
    left.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    left.spines[["top", "left"]].set_visible(False)
    handles = [*axes.get_legend_handles_labels()[0], *left.get_legend_handles_labels()[0]]
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=8)
    axes.set_title(
        f"{plan.financed} {plan.financed.currency} over {len(rows)} rows",
        loc="right",
        fontsize=9,
        color=_MUTED,
    )


def _dates(axes: Axes, rows: list[PlanRow]) -> None:
    every = max(1, -(-len(rows) // _MOST_LABELS))
    shown = range(0, len(rows), every)
    axes.set_xticks(list(shown), [f"{rows[at].due:%Y-%m}" for at in shown], fontsize=8)


def _length(money: Money) -> float:
    """Length of a bar; only pixels depend on this float."""
    return float(money.amount)
