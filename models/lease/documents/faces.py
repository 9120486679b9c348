"""A photo taken face to face, compared with the portrait of a resident card."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaceVerdict(StrEnum):
    """What a comparison came to."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    """Between the thresholds, or nobody compared yet: a person decides."""
    NO_FACE = "no-face"


@dataclass(frozen=True, slots=True)
class FaceComparison:
    """Likeness of two pictures."""

    verdict: FaceVerdict
    similarity: float | None
    """0 (nothing alike) to 1; None where no face was found, or nothing compared."""
    comparer: str
    """What compared, with its version."""
