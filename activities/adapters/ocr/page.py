"""A page as the readers see it: an upright picture, words on it, and the text of any rectangle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final, Protocol

import cv2
import numpy as np

from activities.adapters.ocr.cells import line_crops
from activities.adapters.ocr.cleaning import (
    enlarged,
    grey,
    with_light_fills,
    without_stamps,
    without_watermark,
)
from activities.adapters.ocr.engine import Image, TextDetector, TextRecogniser
from activities.adapters.ocr.images import Colours
from activities.adapters.ocr.straighten import skew_angle, upright
from models.bill_monitoring.printed_text import TextLine
from models.bill_monitoring.reading import Box

_FADED: Final = 24
_STAINED: Final = 0.01
"""Grey levels by which a pixel changes when a stamp is removed; share of such pixels that counts."""
_STRETCH: Final = 1.22
"""How much wider lines are made for a second look."""


class Page(Protocol):
    """One page of a document, set upright."""

    number: int
    angle: float
    """Degrees by which the page was turned."""

    @property
    def image(self) -> Image:
        """The picture in whose pixels all rectangles are given."""
        ...

    @property
    def engine(self) -> str:
        """What reads this page: an engine's name, or ``text`` for a text layer."""
        ...

    def cells(self, boxes: Sequence[Box], *, width: float = 1.0) -> list[TextLine]:
        """The text in each rectangle, wrapped lines joined.

        A ``width`` under 1 squeezes the lines, which saves as much of the time; Chinese characters bear it.
        """
        ...

    def second_look(self, box: Box) -> list[TextLine]:
        """Further independent readings of a doubtful rectangle; empty if there is no other way to read it."""
        ...

    def is_stained(self, box: Box) -> bool:
        """Whether a stamp lies over a rectangle, so that ink may have been lost with it."""
        ...

    def cross_look(self, box: Box) -> tuple[str, TextLine] | None:
        """A second engine's name and reading of a rectangle; None if there is no second engine."""
        ...

    def words(self, within: Box | None = None) -> list[Box]:
        """Rectangles around words or whole lines, on the page or within a part of it."""
        ...


class ScannedPage:
    """A page that is a picture and has to be recognised."""

    def __init__(
        self,
        colours: Colours,
        number: int,
        *,
        recogniser: TextRecogniser,
        detector: TextDetector,
        cross_reader: TextRecogniser | None = None,
        angle: float | None = None,
        keep_red: bool = False,
    ) -> None:
        self.number = number
        self._colours = colours
        self._recogniser = recogniser
        self._detector = detector
        self._cross_reader = cross_reader
        plain = enlarged(colours)
        clean = grey(plain) if keep_red else without_stamps(plain)
        self._has_stamps = bool(np.abs(clean.astype(np.int16) - grey(plain)).max() > _FADED)
        self.angle = skew_angle(clean) if angle is None else angle
        self._image = with_light_fills(upright(clean, self.angle))
        self._text = without_watermark(self._image)

    @property
    def image(self) -> Image:
        return self._image

    @property
    def engine(self) -> str:
        if self._cross_reader is None:
            return self._recogniser.name
        return f"{self._recogniser.name} + {self._cross_reader.name}"

    @cached_property
    def _with_stamps(self) -> Image:
        return with_light_fills(upright(grey(enlarged(self._colours)), self.angle))

    @property
    def has_red(self) -> bool:
        """Whether anything red was taken off the page: stamps, but also captions printed in red or brown."""
        return self._has_stamps

    def with_red(self) -> ScannedPage:
        """The same page as it is printed, nothing red taken off."""
        return ScannedPage(
            self._colours,
            self.number,
            recogniser=self._recogniser,
            detector=self._detector,
            angle=self.angle,
            keep_red=True,
        )

    def turned(self, quarters: int) -> ScannedPage:
        """The same page turned by further quarters, counter-clockwise."""
        return ScannedPage(
            self._colours,
            self.number,
            recogniser=self._recogniser,
            detector=self._detector,
            cross_reader=self._cross_reader,
            angle=self.angle + 90.0 * quarters,
        )

    def cells(self, boxes: Sequence[Box], *, width: float = 1.0) -> list[TextLine]:
        crops = [[_widened(crop, width) for crop in line_crops(self._text, box)] for box in boxes]
        read = iter(self._recogniser.lines([crop for cell in crops for crop in cell]))
        lines = [TextLine.joined([next(read) for _ in cell]) for cell in crops]
        return [
            replace(line, width=cell[0].shape[1] / width) if len(cell) == 1 else line
            for line, cell in zip(lines, crops, strict=True)
        ]

    def second_look(self, box: Box) -> list[TextLine]:
        """The rectangle stretched (which parts characters that merged) and, stamps left in, sharpened."""
        stretched = [_widened(crop, _STRETCH) for crop in line_crops(self._text, box)]
        sharpened = [_sharpened(crop) for crop in line_crops(self._with_stamps, box)]
        return [TextLine.joined(self._recogniser.lines(crops)) for crops in (stretched, sharpened) if crops]

    def is_stained(self, box: Box) -> bool:
        if not self._has_stamps:
            return False
        part = (slice(box.top, box.bottom), slice(box.left, box.right))
        faded = np.abs(self._image[part].astype(np.int16) - self._with_stamps[part]) > _FADED
        return bool(faded.size) and float(faded.mean()) > _STAINED

    def cross_look(self, box: Box) -> tuple[str, TextLine] | None:
        if self._cross_reader is None:
            return None
        lines = self._cross_reader.lines(line_crops(self._text, box))
        return self._cross_reader.name, TextLine.joined(lines)

    def words(self, within: Box | None = None) -> list[Box]:
        if within is None:
            return self._detector.boxes(self._text)
        part = np.ascontiguousarray(self._text[within.top : within.bottom, within.left : within.right])
        return [
            Box(b.left + within.left, b.top + within.top, b.right + within.left, b.bottom + within.top)
            for b in self._detector.boxes(part)
        ]


def _widened(crop: Image, factor: float) -> Image:
    if factor == 1.0:
        return crop
    how = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    size = (max(round(crop.shape[1] * factor), 1), crop.shape[0])
    return np.asarray(cv2.resize(crop, size, interpolation=how), np.uint8)


def _sharpened(crop: Image) -> Image:
    larger = cv2.resize(crop, None, fx=1.6, fy=1.6, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(larger, (0, 0), sigmaX=2.0)
    return np.asarray(cv2.addWeighted(larger, 1.7, soft, -0.7, 0), np.uint8)
