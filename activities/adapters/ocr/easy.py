"""EasyOCR as an alternative engine: an optional extra whose weights the user provides."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from activities.adapters.ocr.engine import Image
from models.bill_monitoring.printed_text import TextLine
from models.bill_monitoring.reading import Box
from models.errors import LeaseflowError

_LONGEST_SIDE: Final = 1280
"""Pages are scaled down to this before text is looked for; EasyOCR's own 2560 takes four times as long."""
_DETECTOR_WEIGHTS: Final = "craft_mlt_25k.pth"
_CHINESE_WEIGHTS: Final = "zh_sim_g2.pth"
_ENGLISH_WEIGHTS: Final = "english_g2.pth"


class EngineUnavailableError(LeaseflowError):
    """The chosen OCR engine is not installed, or its weights are missing."""


def load_easyocr(models: Path | None) -> tuple[EasyRecogniser, EasyDetector]:
    """Load EasyOCR with the weights in a directory: Chinese and Latin if there are any, else Latin only.

    Nothing is ever downloaded.

    Raises:
        EngineUnavailableError: the package, the directory or its weights are missing.
    """
    directory = _checked(models)
    try:
        import easyocr  # noqa: PLC0415 - takes 15 s and more, and is optional
    except ImportError as error:
        raise EngineUnavailableError(
            "EasyOCR is not installed", remedy="Install it with: pip install 'leaseflow[easyocr]'"
        ) from error
    languages = ["ch_sim", "en"] if (directory / _CHINESE_WEIGHTS).exists() else ["en"]
    with _quiet():
        engine = easyocr.Reader(
            languages,
            gpu=False,
            download_enabled=False,
            model_storage_directory=str(directory),
            verbose=False,
        )
    return EasyRecogniser(engine, f"easyocr {version('easyocr')} ({'+'.join(languages)})"), EasyDetector(
        engine
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep torch from warning about accelerators that are not there, and about its own deprecations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (UserWarning, DeprecationWarning))
        yield


def _checked(models: Path | None) -> Path:
    remedy = (
        f"Put {_DETECTOR_WEIGHTS} and {_CHINESE_WEIGHTS} or {_ENGLISH_WEIGHTS} into a directory and name it "
        "in LEASEFLOW_EASYOCR_MODELS"
    )
    if models is None:
        raise EngineUnavailableError("no directory of EasyOCR weights is configured", remedy=remedy)
    if not models.is_dir():
        raise EngineUnavailableError(f"EasyOCR weights: {models} is no directory", remedy=remedy)
    recognisers = [name for name in (_CHINESE_WEIGHTS, _ENGLISH_WEIGHTS) if (models / name).exists()]
    if not recognisers or not (models / _DETECTOR_WEIGHTS).exists():
        raise EngineUnavailableError(f"EasyOCR weights are missing from {models}", remedy=remedy)
    return models


class EasyRecogniser:
    """A `TextRecogniser` on EasyOCR's recognition network; it tells no characters apart."""

    def __init__(self, engine: Any, name: str) -> None:  # noqa: ANN401 - EasyOCR has no types
        self._engine = engine
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def lines(self, crops: Sequence[Image]) -> list[TextLine]:
        return [self._line(crop) for crop in crops]

    def _line(self, crop: Image) -> TextLine:
        height, width = crop.shape
        with _quiet():
            found = self._engine.recognize(
                np.ascontiguousarray(crop), horizontal_list=[[0, width, 0, height]], free_list=[], detail=1
            )
        text = " ".join(str(item[1]) for item in found)
        return TextLine(text, min((float(item[2]) for item in found), default=0.0))


class EasyDetector:
    """A `TextDetector` on EasyOCR's detection network."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - EasyOCR has no types
        self._engine = engine

    def boxes(self, image: Image) -> list[Box]:
        height, width = image.shape
        with _quiet():
            upright, slanted = self._engine.detect(image, canvas_size=_LONGEST_SIDE)
        corners = [tuple(map(int, box)) for box in upright[0]]
        for polygon in slanted[0]:
            xs, ys = [int(x) for x, _ in polygon], [int(y) for _, y in polygon]
            corners.append((min(xs), max(xs), min(ys), max(ys)))
        clipped = [
            Box(max(left, 0), max(top, 0), min(right, width), min(bottom, height))
            for left, right, top, bottom in corners
        ]
        return [box for box in clipped if box.right > box.left and box.bottom > box.top]
