"""Seals as vector drawings: glyphs become outlines, so that the PDF needs no further font."""

from __future__ import annotations

import math
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from activities.adapters.fonts import chinese_font

if TYPE_CHECKING:
    from activities.ports.pdf_signatures import SealFace

_RED: Final = "0.78 0.10 0.12"
_CIRCLE: Final = 0.5523
"""Handle length that makes four Bézier curves a circle."""
_STAR_POINTS: Final = 5


def draw_seal(face: SealFace, width: float, height: float) -> bytes:
    """Content stream of a seal in the middle of a box.

    Args:
        face: whose seal.
        width: of the box, in points.
        height: of the box, in points.
    """
    size = min(width, height)
    body = _round_seal(face.name, size) if face.is_organisation else _square_seal(face.name, size)
    across, up = (width - size) / 2, (height - size) / 2
    return f"q 1 0 0 1 {across:.2f} {up:.2f} cm {_RED} rg {_RED} RG\n{body}\nQ".encode("ascii")


def _round_seal(name: str, size: float) -> str:
    """Ring, star, and the name along the upper arc, as firms' seals have it."""
    middle, radius = size / 2, size / 2 - 1.5
    parts = [f"2 w {_circle(middle, middle, radius)} S", _star(middle, middle, radius * 0.26)]
    em = min(radius * 0.34, 2 * math.pi * radius * 0.62 / max(len(name), 1))
    path = radius - em * 1.15
    step = math.radians(250) / max(len(name), 8)
    start = math.pi / 2 + step * (len(name) - 1) / 2
    for place, letter in enumerate(name):
        angle = start - step * place
        x, y = middle + path * math.cos(angle), middle + path * math.sin(angle)
        parts.append(_glyph(letter, x, y, em, angle - math.pi / 2))
    return "\n".join(parts)


def _square_seal(name: str, size: float) -> str:
    """A square with the name in columns from the right, as persons' seals have it."""
    side = size * 0.72
    left = (size - side) / 2
    letters = f"{name}之印" if len(name) == 2 else f"{name}印" if len(name) == 3 else name[:9]  # noqa: PLR2004
    rows = math.ceil(math.sqrt(len(letters)))
    columns = math.ceil(len(letters) / rows)
    cell_wide, cell_high = (side - 6) / columns, (side - 6) / rows
    parts = [f"2 w {left:.2f} {left:.2f} {side:.2f} {side:.2f} re S"]
    for place, letter in enumerate(letters):
        column, row = divmod(place, rows)
        x = left + side - 3 - (column + 0.5) * cell_wide
        y = left + side - 3 - (row + 0.5) * cell_high - min(cell_wide, cell_high) * 0.42
        parts.append(_glyph(letter, x, y, min(cell_wide, cell_high) * 0.94, 0.0))
    return "\n".join(parts)


def _circle(x: float, y: float, r: float) -> str:
    k = r * _CIRCLE
    return (
        f"{x + r:.2f} {y:.2f} m "
        f"{x + r:.2f} {y + k:.2f} {x + k:.2f} {y + r:.2f} {x:.2f} {y + r:.2f} c "
        f"{x - k:.2f} {y + r:.2f} {x - r:.2f} {y + k:.2f} {x - r:.2f} {y:.2f} c "
        f"{x - r:.2f} {y - k:.2f} {x - k:.2f} {y - r:.2f} {x:.2f} {y - r:.2f} c "
        f"{x + k:.2f} {y - r:.2f} {x + r:.2f} {y - k:.2f} {x + r:.2f} {y:.2f} c h"
    )


def _star(x: float, y: float, r: float) -> str:
    corners = []
    for turn in range(_STAR_POINTS):
        angle = math.pi / 2 + turn * 4 * math.pi / _STAR_POINTS
        corners.append(f"{x + r * math.cos(angle):.2f} {y + r * math.sin(angle):.2f}")
    return f"{corners[0]} m " + " ".join(f"{corner} l" for corner in corners[1:]) + " h f"


def _glyph(letter: str, x: float, y: float, em: float, turned: float) -> str:
    """A letter of this size standing with the middle of its foot at a point."""
    outline, advance, units = _outline(letter)
    scale = em / units
    cos, sin = math.cos(turned) * scale, math.sin(turned) * scale
    return (
        f"q {cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {x:.2f} {y:.2f} cm "
        f"1 0 0 1 {-advance / 2:.1f} 0 cm {outline} f Q"
    )


@cache
def _outline(letter: str) -> tuple[str, float, int]:
    """A letter's path in font units, its width, and how many units make an em."""
    pen = _pen_class()()
    glyphs, names, units = _font()
    glyph = glyphs[names.get(ord(letter), ".notdef")]
    glyph.draw(pen)
    return " ".join(pen.parts), float(glyph.width), units


@cache
def _font() -> tuple[Any, dict[int, str], int]:
    from fontTools.ttLib import (  # noqa: PLC0415 - 0.1 s
        TTFont,
    )

    font = TTFont(BytesIO(chinese_font().read_bytes()), lazy=True)
    return font.getGlyphSet(), font.getBestCmap(), int(font["head"].unitsPerEm)


@cache
def _pen_class() -> Any:  # noqa: ANN401
    from fontTools.pens.basePen import BasePen  # noqa: PLC0415

    class PathPen(BasePen):  # type: ignore[misc]
        """Writes outlines as path operators."""

        def __init__(self) -> None:
            super().__init__()
            self.parts: list[str] = []

        def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
            self.parts.append(f"{pt[0]:.0f} {pt[1]:.0f} m")

        def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
            self.parts.append(f"{pt[0]:.0f} {pt[1]:.0f} l")

        def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
            self.parts.append(" ".join(f"{x:.0f} {y:.0f}" for x, y in points) + " c")

        def _closePath(self) -> None:  # noqa: N802
            self.parts.append("h")

    return PathPen
