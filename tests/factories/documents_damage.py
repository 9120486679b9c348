"""What happens to a page on its way: blur, noise, compression, low resolution, skew, stamps, watermarks."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from random import Random
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Damage = Callable[[Image.Image, Random, str], Image.Image]


def blurred(page: Image.Image, random: Random, font: str) -> Image.Image:
    return page.filter(ImageFilter.GaussianBlur(random.uniform(0.8, 1.8)))


def noisy(page: Image.Image, random: Random, font: str) -> Image.Image:
    generator = np.random.default_rng(random.randrange(2**32))
    pixels = np.asarray(page, np.float32) + generator.normal(
        0, random.uniform(8, 25), (page.height, page.width, 1)
    )
    if random.random() < 0.5:
        specks = generator.random((page.height, page.width))
        share = random.uniform(0.001, 0.008)
        pixels[specks < share] = 0
        pixels[specks > 1 - share] = 255
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def compressed(page: Image.Image, random: Random, font: str) -> Image.Image:
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=random.randint(15, 45))
    return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")


def coarse(page: Image.Image, random: Random, font: str) -> Image.Image:
    scale = random.uniform(0.48, 0.68)
    return page.resize((int(page.width * scale), int(page.height * scale)), Image.Resampling.BILINEAR)


def skewed(page: Image.Image, random: Random, font: str) -> Image.Image:
    angle = random.choice((-1, 1)) * random.uniform(0.5, 9.5)
    return page.rotate(angle, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)


def turned(page: Image.Image, random: Random, font: str) -> Image.Image:
    return page.rotate(random.choice((90, 180, 270)), expand=True)


def stamped(page: Image.Image, random: Random, font: str) -> Image.Image:
    """One or two red round seals with a star, half transparent."""
    for _ in range(random.choice((1, 2))):
        radius = random.randint(110, 170)
        seal = Image.new("RGBA", (2 * radius, 2 * radius), (0, 0, 0, 0))
        draw = ImageDraw.Draw(seal)
        ink = (
            random.randint(190, 235),
            random.randint(10, 50),
            random.randint(10, 50),
            random.randint(150, 235),
        )
        draw.ellipse((4, 4, 2 * radius - 4, 2 * radius - 4), outline=ink, width=8)
        points = [
            (
                radius + radius * (0.35 if i % 2 == 0 else 0.14) * math.sin(i * math.pi / 5),
                radius - radius * (0.35 if i % 2 == 0 else 0.14) * math.cos(i * math.pi / 5),
            )
            for i in range(10)
        ]
        draw.polygon(points, fill=ink)
        letters = ImageFont.truetype(font, radius // 5)
        draw.text((radius * 0.4, radius * 1.35), "票据专用章", font=letters, fill=ink)
        page = page.copy()
        at = (
            random.randint(0, max(page.width - 2 * radius, 1)),
            random.randint(page.height // 5, max(page.height - 2 * radius, page.height // 5 + 1)),
        )
        page.paste(seal, at, seal)
    return page


def watermarked(page: Image.Image, random: Random, font: str) -> Image.Image:
    """Grey slanted words across the page."""
    layer = Image.new("RGBA", (page.width * 2, page.height * 2), (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    letters = ImageFont.truetype(font, 60)
    shade = random.randint(120, 170)
    for y in range(0, layer.height, 320):
        for x in range(0, layer.width, 620):
            draw.text(
                (x, y), "内部资料 严禁外传", font=letters, fill=(shade, shade, shade, random.randint(60, 110))
            )
    turned_layer = layer.rotate(30)
    page = page.copy()
    page.paste(turned_layer, (-page.width // 2, -page.height // 2), turned_layer)
    return page


DAMAGES: Final[dict[str, tuple[Damage, ...]]] = {
    "clean": (), "blur": (blurred,), "noise": (noisy,), "jpeg": (compressed,), "lowres": (coarse,),
        "skew": (skewed,),
    "turned": (turned,), "stamp": (stamped,), "watermark": (watermarked,), "mixed": (stamped, skewed,
        blurred, compressed),
}  # fmt: skip
