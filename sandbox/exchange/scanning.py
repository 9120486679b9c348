"""What paper, stamp and scanner do to a clean page."""

from __future__ import annotations

import math
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from sandbox.exchange.sheets import PUBLISHER, font

if TYPE_CHECKING:
    from random import Random

_STAMP_SIZE: Final = 250
_RED: Final = (214, 38, 44)
_PAPER: Final = (247, 246, 242)


def stamped(image: Image.Image, random: Random) -> Image.Image:
    """The page with a red seal over the lower right part of its table.

    Ink is multiplied, not painted over: text stays readable beneath it.
    """
    seal = _seal().rotate(random.uniform(-25, 25), resample=Image.Resampling.BICUBIC, fillcolor="white")
    left = image.width - _STAMP_SIZE - random.randint(60, 220)
    top = max(0, image.height - _STAMP_SIZE - random.randint(20, 90))
    if image.height > image.width:  # a full page: over the table, not in the empty space below it
        top = round(image.height * random.uniform(0.3, 0.6))
    layer = Image.new("RGB", image.size, "white")
    layer.paste(seal, (left, top))
    return ImageChops.multiply(image, layer)


def scanned(image: Image.Image, random: Random) -> Image.Image:
    """The page as an office scanner sees it: skewed, a little soft, grainy, on greyish paper."""
    paper = ImageChops.multiply(image, Image.new("RGB", image.size, _PAPER))
    skewed = paper.rotate(
        random.uniform(-1.6, 1.6), resample=Image.Resampling.BILINEAR, fillcolor=_PAPER
    ).filter(ImageFilter.BoxBlur(random.uniform(0.25, 0.5)))
    return _grainy(skewed, random, strength=9)


def photographed(image: Image.Image, random: Random) -> Image.Image:
    """The page as a messenger app passes it on: scaled down a little, softened, recompressed."""
    scale = random.uniform(0.86, 1.0)
    small = image.resize(
        (round(image.width * scale), round(image.height * scale)), resample=Image.Resampling.BILINEAR
    )
    return _grainy(small, random, strength=4)


def jpeg(image: Image.Image, quality: int) -> bytes:
    """JPEG bytes."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def png(image: Image.Image) -> bytes:
    """PNG bytes."""
    out = BytesIO()
    image.save(out, "PNG", compress_level=2)
    return out.getvalue()


def _grainy(image: Image.Image, random: Random, *, strength: int) -> Image.Image:
    grain = np.random.default_rng(random.randrange(2**32)).integers(
        -strength, strength + 1, size=(image.height, image.width, 1), dtype=np.int16
    )
    pixels = np.asarray(image, dtype=np.int16) + grain
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


@cache
def _seal() -> Image.Image:
    """A round seal: ring, star, publisher's name around the top, its use below."""
    scale = 2
    size = _STAMP_SIZE * scale
    seal = Image.new("RGB", (size, size), "white")
    pen = ImageDraw.Draw(seal)
    pen.ellipse((16, 16, size - 16, size - 16), outline=_RED, width=11)
    pen.polygon(_star(size / 2, size / 2, 66), fill=_RED)
    step = 210 / (len(PUBLISHER) - 1)
    for position, character in enumerate(PUBLISHER):
        _on_ring(seal, character, degrees=-105 + position * step, radius=size / 2 - 62)
    pen.text((size / 2, size - 104), "信息披露专用章", _RED, font(36), anchor="mm")
    return seal.resize((_STAMP_SIZE, _STAMP_SIZE), resample=Image.Resampling.LANCZOS)


def _on_ring(seal: Image.Image, character: str, *, degrees: float, radius: float) -> None:
    glyph = Image.new("RGB", (84, 84), "white")
    ImageDraw.Draw(glyph).text((42, 42), character, _RED, font(52), anchor="mm")
    glyph = glyph.rotate(-degrees, resample=Image.Resampling.BICUBIC, fillcolor="white")
    angle = math.radians(degrees)
    left = round(seal.width / 2 + radius * math.sin(angle)) - 42
    top = round(seal.height / 2 - radius * math.cos(angle)) - 42
    under = seal.crop((left, top, left + 84, top + 84))
    seal.paste(ImageChops.multiply(under, glyph), (left, top))


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.38
        angle = math.pi * corner / 5
        points.append((x + reach * math.sin(angle), y - reach * math.cos(angle)))
    return points
