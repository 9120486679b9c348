"""RapidOCR's PP-OCR models on OpenVINO: the default engine; its weights ship in the wheel.

RapidOCR's own pipeline is left aside: its recogniser gives one mean confidence per line, while the
weakest character decides whether a code or an amount can be trusted. So the network's output is
decoded here, character by character, with the runners-up.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from activities.adapters.ocr.engine import Image
from models.bill_monitoring.printed_text import Glyph, TextLine
from models.bill_monitoring.reading import Box

_LINE_HEIGHT: Final = 48
"""Pixels of height that the recognition network was trained on."""
_WIDTH_STEP: Final = 32
"""Widths are padded to multiples of this, so that OpenVINO compiles few shapes."""
_WIDEST: Final = 3200
_BLANK: Final = 0
_RUNNERS_UP: Final = 3
_LEAST_CHANCE: Final = 0.005
"""Runners-up less likely than this are not worth naming."""
_LONGEST_SIDE: Final = 1280
"""Pages are scaled down to this before text is looked for; at 960 neighbouring columns merge."""
_SURE: Final = 0.98
"""Characters read this surely need no runners-up."""


def load_rapidocr(*, threads: int = 1) -> tuple[RapidRecogniser, RapidDetector]:
    """Load the networks once for this process, on ``threads`` CPU threads (about 1.5 s, 0.5 GB)."""
    from rapidocr import EngineType, RapidOCR  # noqa: PLC0415 - heavy

    engine: Any = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Det.engine_type": EngineType.OPENVINO,
            "Rec.engine_type": EngineType.OPENVINO,
            "EngineConfig.openvino.inference_num_threads": threads,
            "EngineConfig.openvino.num_streams": 1,
            # pinned, the single threads of all reading processes would share one core
            "EngineConfig.openvino.enable_cpu_pinning": False,
            "EngineConfig.openvino.performance_hint": "LATENCY",
        }
    )
    name = f"rapidocr {version('rapidocr')}"
    # The loaders of single stages carry an underscore but are the only way to one stage alone.
    return RapidRecogniser(engine._load_rec_model(), name), RapidDetector(engine._load_det_model())  # noqa: SLF001


class RapidRecogniser:
    """A `TextRecogniser` on RapidOCR's recognition network."""

    def __init__(self, network: Any, name: str) -> None:  # noqa: ANN401 - RapidOCR has no types
        self._infer = network.session
        self._characters: Sequence[str] = network.postprocess_op.character
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def lines(self, crops: Sequence[Image]) -> list[TextLine]:
        """One inference per crop: on a CPU, batches are slower by their padding."""
        return [self._line(crop) for crop in crops]

    def _line(self, crop: Image) -> TextLine:
        tensor, filled = _tensor(crop)
        probabilities: npt.NDArray[np.float32] = self._infer(tensor)[0]
        steps = math.ceil(len(probabilities) * filled)
        return self._decode(probabilities, max(steps, 1))

    def _decode(self, probabilities: npt.NDArray[np.float32], steps: int) -> TextLine:
        """Greedy CTC decoding: each run of one class is one character, blanks part equal ones."""
        best = probabilities.argmax(axis=1)
        starts = np.flatnonzero(np.concatenate(([True], best[1:] != best[:-1])))
        ends = np.append(starts[1:], len(best))
        glyphs = []
        for start, end in zip(starts, ends, strict=True):
            label = int(best[start])
            if label == _BLANK:
                continue
            run = probabilities[start:end, label]
            peak = start + int(run.argmax())
            confidence = float(run.max())
            others = () if confidence > _SURE else self._runners_up(probabilities[peak], label)
            position = (start + end) / 2 / steps
            glyphs.append(_glyph(self._characters[label], confidence, position, others))
        return _line_of(glyphs)

    def _runners_up(self, chances: npt.NDArray[np.float32], label: int) -> tuple[tuple[str, float], ...]:
        likely = np.argpartition(chances, -_RUNNERS_UP - 2)[-_RUNNERS_UP - 2 :]
        ordered = sorted(likely.tolist(), key=lambda i: -float(chances[i]))
        return tuple(
            (self._characters[i], float(chances[i]))
            for i in ordered
            if i not in {_BLANK, label} and chances[i] >= _LEAST_CHANCE
        )


def _glyph(text: str, confidence: float, position: float, others: tuple[tuple[str, float], ...]) -> Glyph:
    """A character whose twins (full and half width of the same one) lend it their confidence."""
    meant = unicodedata.normalize("NFKC", text)
    twins = [chance for other, chance in others if unicodedata.normalize("NFKC", other) == meant]
    different = tuple(other for other in others if unicodedata.normalize("NFKC", other[0]) != meant)
    return Glyph(text, min(confidence + sum(twins), 1.0), position, different)


def _line_of(glyphs: list[Glyph]) -> TextLine:
    while glyphs and glyphs[0].text.isspace():
        glyphs.pop(0)
    while glyphs and glyphs[-1].text.isspace():
        glyphs.pop()
    weakest = min((glyph.confidence for glyph in glyphs if not glyph.text.isspace()), default=0.0)
    return TextLine("".join(glyph.text for glyph in glyphs), weakest, tuple(glyphs))


def _tensor(crop: Image) -> tuple[npt.NDArray[np.float32], float]:
    """The network's input for one line, and the share of its width that the line fills."""
    height, width = crop.shape
    scaled = min(max(round(width * _LINE_HEIGHT / height), 8), _WIDEST)
    shrinking = height > _LINE_HEIGHT
    line = cv2.resize(
        crop, (scaled, _LINE_HEIGHT), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    )
    padded = math.ceil(scaled / _WIDTH_STEP) * _WIDTH_STEP
    tensor = np.zeros((1, 3, _LINE_HEIGHT, padded), np.float32)
    tensor[0, :, :, :scaled] = line.astype(np.float32) / 127.5 - 1
    return tensor, scaled / padded


class RapidDetector:
    """A `TextDetector` on RapidOCR's detection network."""

    def __init__(self, network: Any) -> None:  # noqa: ANN401 - RapidOCR has no types
        network.limit_side_len, network.limit_type = 64, "min"  # pages are scaled here, not there
        self._detect = network

    def boxes(self, image: Image) -> list[Box]:
        height, width = image.shape
        scale = min(1.0, _LONGEST_SIDE / max(height, width))
        if scale < 1.0:
            image = np.asarray(
                cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
            )
        found = self._detect(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)).boxes
        if found is None:
            return []
        corners = np.asarray(found, np.float32) / scale
        lows, highs = np.floor(corners.min(axis=1)), np.ceil(corners.max(axis=1))
        return [
            Box(max(int(left), 0), max(int(top), 0), min(int(right), width), min(int(bottom), height))
            for (left, top), (right, bottom) in zip(lows.tolist(), highs.tolist(), strict=True)
        ]
