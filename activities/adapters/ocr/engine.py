"""The two small ports that an OCR engine has to serve; everything else is engine-independent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.bill_monitoring.printed_text import TextLine
from models.bill_monitoring.reading import Box

Image = npt.NDArray[np.uint8]
"""Grey levels, rows by columns; 0 is black ink, 255 white paper."""


class TextRecogniser(Protocol):
    """Reads single lines of text."""

    @property
    def name(self) -> str:
        """Engine and version, for the record."""
        ...

    def lines(self, crops: Sequence[Image]) -> list[TextLine]:
        """The text of each crop; an empty text if nothing can be read."""
        ...


class TextDetector(Protocol):
    """Finds lines of text on a page."""

    def boxes(self, image: Image) -> list[Box]:
        """Upright rectangles around words or lines, in pixels of the image, in no particular order."""
        ...
