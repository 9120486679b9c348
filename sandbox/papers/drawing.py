"""Drawing tools: fonts, a sheet to write on, what copying and photographing does to it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from sandbox.exchange.sheets import font

if TYPE_CHECKING:
    from random import Random

INK: Final = (30, 30, 34)
BLUE_INK: Final = (40, 70, 130)
A4: Final = (1240, 1754)
"""At 150 dots per inch."""


class Sheet:
    """A picture to write on; coordinates in pixels."""

    def __init__(self, size: tuple[int, int], colour: tuple[int, int, int] = (252, 252, 250)) -> None:
        self.image = Image.new("RGB", size, colour)
        self.pen = ImageDraw.Draw(self.image)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: int = 26,
        *,
        colour: tuple[int, int, int] = INK,
        anchor: str = "la",
        spacing: int = 0,
    ) -> None:
        """Write a line; ``spacing`` pixels part its characters."""
        if not spacing:
            self.pen.text((x, y), text, colour, font(size), anchor=anchor)
            return
        for character in text:
            self.pen.text((x, y), character, colour, font(size), anchor=anchor)
            x += font(size).getlength(character) + spacing

    def wrap(self, x: float, y: float, text: str, size: int, width: float, *, leading: float = 1.5) -> float:
        """Write a text over several lines; gives where the next one would begin."""
        line = ""
        for character in text:
            if font(size).getlength(line + character) > width:
                self.write(x, y, line, size)
                y, line = y + size * leading, ""
            line += character
        self.write(x, y, line, size)
        return y + size * leading

    def seal(self, x: int, y: int, text: str, size: int = 190) -> None:
        """A round red seal, its ink multiplied over what stands there."""
        layer = Image.new("RGB", (size, size), "white")
        pen = ImageDraw.Draw(layer)
        red = (208, 40, 46)
        pen.ellipse((3, 3, size - 4, size - 4), outline=red, width=6)
        pen.text((size / 2, size / 2 - 8), "★", red, font(round(size * 0.3)), anchor="mm")
        pen.text((size / 2, size * 0.76), text[:9], red, font(round(size * 0.085)), anchor="mm")
        box = (x, y, x + size, y + size)
        under = np.asarray(self.image.crop(box), np.uint16)
        blended = (under * np.asarray(layer, np.uint16) // 255).astype(np.uint8)
        self.image.paste(Image.fromarray(blended), (x, y))


def guilloche(sheet: Sheet, random: Random, colour: tuple[int, int, int]) -> None:
    """The fine pale waves that official papers are printed on."""
    width, height = sheet.image.size
    xs = np.arange(0, width, 4)
    for _ in range(14):
        base, swing, period = random.uniform(0, height), random.uniform(8, 40), random.uniform(90, 260)
        ys = base + swing * np.sin(xs / period * 6.28)
        sheet.pen.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=colour, width=1)


def copied(image: Image.Image, random: Random) -> Image.Image:
    """As an office scanner gives it: a little turned, a little soft, grainy."""
    turned = image.rotate(random.uniform(-1.2, 1.2), Image.Resampling.BICUBIC, fillcolor=(246, 246, 243))
    return _grainy(turned.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 0.6))), random, 6)


def photographed(image: Image.Image, random: Random) -> Image.Image:
    """As a telephone gives it: on a table, from slightly aside, unevenly lit."""
    margin = round(min(image.size) * 0.08)
    table = Image.new("RGB", (image.width + 2 * margin, image.height + 2 * margin), (96, 88, 80))
    table.paste(image, (margin, margin))
    width, height = table.size
    lean = [random.uniform(-0.012, 0.012) for _ in range(8)]
    corners = (
        (lean[0] * width, lean[1] * height), (lean[2] * width, height * (1 + lean[3])),
        (width * (1 + lean[4]), height * (1 + lean[5])), (width * (1 + lean[6]), lean[7] * height),
    )  # fmt: skip
    quad = tuple(value for corner in corners for value in corner)
    seen = table.transform(table.size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
    light = np.linspace(random.uniform(0.86, 0.95), random.uniform(0.97, 1.03), width)[None, :, None]
    lit = np.clip(np.asarray(seen, np.float32) * light, 0, 255).astype(np.uint8)
    return _grainy(Image.fromarray(lit).filter(ImageFilter.GaussianBlur(0.5)), random, 5)


def _grainy(image: Image.Image, random: Random, strength: int) -> Image.Image:
    grain = np.random.default_rng(random.randrange(2**32)).normal(
        0, strength / 2, (image.height, image.width, 1)
    )
    return Image.fromarray(np.clip(np.asarray(image, np.float32) + grain, 0, 255).astype(np.uint8))


def jpeg(image: Image.Image, quality: int = 88, *, software: str = "") -> bytes:
    """JPEG bytes, with the program's name in EXIF if one is given."""
    out = BytesIO()
    exif = Image.Exif()
    if software:
        exif[0x0131] = software
    image.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def yuan(fen: int) -> str:
    """``1,234.50`` for 123450."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
