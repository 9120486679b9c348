"""Picture files decoded, one frame at a time, within bounds of size."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from activities.ports.reading import UnreadableDocumentError

Colours = npt.NDArray[np.uint8]
"""Rows by columns by red, green, blue."""

_MOST_PIXELS: Final = 200_000_000
_LONGEST_SIDE: Final = 3600
"""Larger pictures are scaled down to this: no list needs more, and memory stays bounded."""
_SHORTEST_SIDE: Final = 16


def decode_frames(content: bytes, filename: str) -> Iterator[Colours]:
    """The pictures in an image file, one at a time; several only in a multi-page TIFF.

    Raises:
        UnreadableDocumentError: the bytes are no whole picture, or one too large or too small to read.
    """
    from PIL import Image as Pictures  # noqa: PLC0415 - only where pictures are decoded
    from PIL import ImageOps, ImageSequence  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pictures.DecompressionBombWarning)
            with Pictures.open(io.BytesIO(content)) as picture:
                for frame in ImageSequence.Iterator(picture):
                    _check_size(frame.size, filename)
                    yield _on_white(ImageOps.exif_transpose(frame).copy())
    except UnreadableDocumentError:
        raise
    except Pictures.DecompressionBombError as error:
        raise _too_large(filename, "more than 178 million pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnreadableDocumentError(
            f"{filename}: the picture is truncated or corrupt ({error})",
            remedy="Download or scan it again",
        ) from error


def _check_size(size: tuple[int, int], filename: str) -> None:
    width, height = size
    if width * height > _MOST_PIXELS:
        raise _too_large(filename, f"{width} x {height} pixels")
    if min(size) < _SHORTEST_SIDE:
        raise UnreadableDocumentError(
            f"{filename}: a picture of {width} x {height} pixels holds no text",
            remedy="Upload the page itself, not its thumbnail",
        )


def _too_large(filename: str, size: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"{filename}: the picture is too large ({size})", remedy="Scan it at 300 dpi or less, page by page"
    )


def _on_white(frame: object) -> Colours:
    """Colours of a frame, transparent parts shown on white paper, sides bounded."""
    from PIL import Image as Pictures  # noqa: PLC0415

    assert isinstance(frame, Pictures.Image)  # noqa: S101 - narrows Pillow's type
    frame.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    if frame.mode in {"RGBA", "LA", "PA"} or "transparency" in frame.info:
        paper = Pictures.new("RGBA", frame.size, "white")
        paper.alpha_composite(frame.convert("RGBA"))
        frame = paper
    if frame.mode.startswith(("I", "F")):  # 16 bits per pixel: Pillow would clip instead of scaling
        levels = np.asarray(frame, np.float32)
        scaled = (levels * (255.0 / max(float(levels.max()), 1.0))).astype(np.uint8)
        return np.dstack([scaled] * 3)
    return np.asarray(frame.convert("RGB"), np.uint8)
