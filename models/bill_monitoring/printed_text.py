"""Text as it was read from paper or from a PDF's text layer, before any field's rules apply."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

_RADICALS: Final = str.maketrans(
    dict(
        zip(
            "⺁⺄⺅⺈⺋⺌⺍⺎⺏⺐⺒⺓⺔⺖⺗⺘⺙⺛⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺹⺺⺻⺼⺽⺾⺿"
            "⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
            "厂乙亻刀㔾小小兀尣尢巳幺彑忄心扌攵旡月歺母民氵氺灬爫爫丬犭王疋罒示礻竹糸纟罓罒网罒网羊羊耂肀聿月臼艹艹"
            "艹虎衤覀西见角角讠贝足车辶辶辶邑钅長镸长门阜阝雨青韦页风飞食食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
            strict=True,
        )
    )
    | {"㬵": "胶", "⸺": "——", "⼾": "户", "戸": "户"}
)
"""CJK Radicals Supplement and other glyph stand-ins that PDF fonts put into text layers; NFKC leaves them."""

_LATIN_GAP: Final = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_WIDER_THAN_USUAL: Final = 1.75
"""A gap this many times the usual pitch of characters hides one that was not read."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as an engine read it."""

    text: str
    confidence: float
    position: float
    """Centre within the line, from 0 (left) to 1 (right)."""
    alternatives: tuple[tuple[str, float], ...] = ()
    """Other characters that the engine thought possible at this place, likeliest first."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line (or the joined lines of one cell) with the confidence of its weakest character."""

    text: str
    confidence: float
    glyphs: tuple[Glyph, ...] = ()
    """One per character of ``text``, or empty if the engine tells no characters apart."""
    count: int = 1
    """Of how many printed lines the text was joined."""
    width: float | None = None
    """Pixels that the ink of a single printed line is wide; None if it was not measured."""

    @classmethod
    def joined(cls, lines: list[TextLine], separator: str = "") -> TextLine:
        """The lines of a wrapped cell as one; positions are kept within each line only."""
        lines = [line for line in lines if line.text]
        if len(lines) == 1:
            return lines[0]
        return cls(
            separator.join(line.text for line in lines),
            min((line.confidence for line in lines), default=1.0),
            tuple(glyph for line in lines for glyph in line.glyphs) if not separator else (),
            max(len(lines), 1),
        )


def tidy(text: str) -> str:
    """Text with compatibility forms, stray radicals and control characters replaced by what is meant.

    >>> tidy("⻋⼯集团（天津）")
    '车工集团(天津)'
    """
    text = unicodedata.normalize("NFKC", text.translate(_RADICALS)).translate(_RADICALS)
    return "".join(c for c in text if unicodedata.category(c)[0] != "C" or c in "\n\t").strip()


_SPECK: Final = re.compile(r"(?<=[一-鿿）])[.,，。、'`](?=[一-鿿（])")
"""A speck of dirt between two Chinese characters, read as punctuation that no name has."""


def tidy_name(text: str) -> str:
    """An enterprise's name: full-width brackets as registered, no spaces between Chinese characters.

    >>> tidy_name("天津 重工(集团)有限公司")
    '天津重工（集团）有限公司'
    """
    name = _LATIN_GAP.sub("", re.sub(r"\s+", " ", tidy(text)))
    if any("一" <= c <= "鿿" for c in name):
        name = name.translate(str.maketrans("()[]【】〔〕", "（）（）（）（）"))
        name = re.sub(r"[·•.。,，、:：;；|_\-—'\"`]+$", "", name)
        name = _SPECK.sub("", name)
        name = re.sub(r"^[·•.。,，、:：;；|_\-—'\"`]+", "", name)
    return name


_USUAL_END: Final = re.compile(
    r"(公司|集团|厂|店|社|中心|院|行|所|部|场|站|矿|局|会|校|学|园|馆|库|处|队|组|户|伙|企业|银行|基金|办|城|村|楼|[)）])$"
)
"""How enterprises' names end."""
_RUN_TOGETHER: Final = re.compile(r"公司.{5,}(?<!分)公司$|^[\d.,]+[一-龥]")
"""Two names in one, or a number before a name."""
_OPENING_LOST: Final = re.compile(r"(?<!（)(集团|深圳|天津|北京|上海|中国)）")


def mend_name(name: str) -> tuple[str, bool]:
    """A name whose legal form was misread in one character, mended; and whether it was.

    >>> mend_name("江苏恒泰有垦公司")
    ('江苏恒泰有限公司', True)
    """
    mended = re.sub(r"^厦[内闪闩]", "厦门", name)
    mended = re.sub(r"有[^限](?=公司|责任公司)", "有限", mended)
    mended = re.sub(r"(?<![有无])限公司|有限司$|有限公$", "有限公司", mended)
    mended = re.sub(r"有限(公[^司（）]|[^公（）责合]司)$", "有限公司", mended)
    if mended.count("）") > mended.count("（"):
        mended = _OPENING_LOST.sub(r"（\1）", mended, count=1)
    return mended, mended != name


def is_odd_name(name: str) -> bool:
    """Whether a name ends unlike any enterprise's, seems run together with something, or lacks a bracket."""
    chinese = any("一" <= c <= "鿿" for c in name)
    if chinese and (not _USUAL_END.search(name) or _RUN_TOGETHER.search(name)):
        return True
    return name.count("（") != name.count("）")


def has_gap(line: TextLine) -> bool:
    """Whether the spacing of a line's characters suggests that one was swallowed.

    Recognisers of the CTC family merge repeated characters (``000`` read as ``00``) with full
    confidence; the hole that remains in the spacing tells.
    """
    positions = [glyph.position for glyph in line.glyphs]
    steps = [right - left for left, right in pairwise(positions) if right > left]
    if len(steps) < 4:  # noqa: PLR2004 - too short to know the usual pitch
        return False
    return max(steps) > _WIDER_THAN_USUAL * median(steps)
