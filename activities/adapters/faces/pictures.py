"""Pictures of faces, for evidence and for comparers."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageOps

_HEIGHT: Final = 720
_GAP: Final = 24


def beside(photo: bytes, card: bytes) -> bytes:
    """Both pictures at one height on white, the photo on the left, as a JPEG."""
    pictures = [_at_height(opened(content)) for content in (photo, card)]
    width = sum(picture.width for picture in pictures) + _GAP
    sheet = Image.new("RGB", (width, _HEIGHT), "white")
    sheet.paste(pictures[0], (0, 0))
    sheet.paste(pictures[1], (pictures[0].width + _GAP, 0))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=90)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    """A picture, or the first page of a PDF, upright and in colours."""
    if b"%PDF-" in content[:1024]:
        import pypdfium2  # noqa: PLC0415 - native library

        document = pypdfium2.PdfDocument(content)
        try:
            page: Image.Image = document[0].render(scale=200 / 72).to_pil().convert("RGB")
        finally:
            document.close()
        return page
    with Image.open(io.BytesIO(content)) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB")


def _at_height(picture: Image.Image) -> Image.Image:
    return picture.resize((max(round(picture.width * _HEIGHT / picture.height), 1), _HEIGHT))
