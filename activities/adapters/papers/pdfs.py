"""How a PDF came about: who wrote it, how often it was saved, what was laid over what."""

from __future__ import annotations

import ctypes
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from activities.ports.reading import UnreadableDocumentError
from models.lease.documents.paper import PdfFacts

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_DATE: Final = re.compile(r"D:(\d{14})(Z|[+-]\d{2}'?\d{2}'?)?")
_AMOUNT: Final = re.compile(r"[+-]?\d[\d,]*\.\d{2}")
_MOST_PAGES: Final = 30
_FEWEST_IN_COLUMN: Final = 8
_ODD_SHARE: Final = 0.15
_PAPER_WHITE: Final = 240
_LARGE: Final = 0.5
"""Share of a page that a scanned picture covers at least, and that a patch covers at most."""
_FEW_TEXTS: Final = 25
"""More visible texts on a full-page picture are a page's own text on a printed background."""
_COLUMN_GRID: Final = 12.0
"""Points within which right edges belong to one column."""
_RENDER_SCALE: Final = 200 / 72


@dataclass(frozen=True, slots=True)
class _Thing:
    """Something drawn on a page, in the order of drawing."""

    kind: str
    left: float
    bottom: float
    right: float
    top: float
    text: str = ""
    font: str = ""

    @property
    def area(self) -> float:
        return max(self.right - self.left, 0.0) * max(self.top - self.bottom, 0.0)

    def holds(self, other: _Thing) -> bool:
        x, y = (other.left + other.right) / 2, (other.bottom + other.top) / 2
        return self.left <= x <= self.right and self.bottom <= y <= self.top


def pdf_facts(content: bytes) -> PdfFacts:
    """Everything that a PDF says about its making.

    Raises:
        UnreadableDocumentError: a page of it is broken.
    """
    import pypdfium2  # noqa: PLC0415 - native library

    document = pypdfium2.PdfDocument(content)
    try:
        said = document.get_metadata_dict()
        pages = [_things(page) for page in _first_pages(document)]
        sizes = [page.get_width() * page.get_height() for page in _first_pages(document)]
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocumentError(
            f"a page of the PDF is corrupt ({error})", remedy="Download or scan it again"
        ) from error
    finally:
        document.close()
    patched, hidden, typed = [], [], []
    for things, size in zip(pages, sizes, strict=True):
        for above, below in _patches(things, size):
            patched.append(above)
            hidden.append(below)
        typed += _typed_on_picture(things, size)
    signatures, whole = _signatures(content)
    return PdfFacts(
        producer=said.get("Producer", ""),
        creator=said.get("Creator", ""),
        created=_instant(said.get("CreationDate", "")),
        modified=_instant(said.get("ModDate", "")),
        revisions=max(len(re.findall(rb"%%EOF", content)) - _linearised(content), 1),
        signatures=signatures,
        signatures_whole=whole,
        text_over_picture=tuple(typed),
        patches=tuple(patched),
        hidden_texts=tuple(text for text in hidden if text),
        odd_fonts=tuple(_odd_fonts(pages)),
    )


def rendered(content: bytes, most: int) -> Iterator[bytes]:
    """The pages as pictures, with everything that is drawn on them."""
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(content)
    try:
        for index in range(min(len(document), most)):
            out = io.BytesIO()
            document[index].render(scale=_RENDER_SCALE).to_pil().save(out, "PNG", compress_level=1)
            yield out.getvalue()
    finally:
        document.close()


def _linearised(content: bytes) -> int:
    """A PDF made for the web ends twice, although it was saved once."""
    return 1 if b"/Linearized" in content[:2048] else 0


def _first_pages(document: PdfDocument) -> Iterator[PdfPage]:
    for index in range(min(len(document), _MOST_PAGES)):
        yield document[index]


def _things(page: PdfPage) -> list[_Thing]:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    kinds = {
        pdfium.FPDF_PAGEOBJ_TEXT: "text",
        pdfium.FPDF_PAGEOBJ_IMAGE: "picture",
        pdfium.FPDF_PAGEOBJ_PATH: "path",
    }
    text_page = page.get_textpage()
    things = []
    for each in page.get_objects(filter=list(kinds), max_depth=3):
        kind = kinds[each.type]
        text = font = ""
        if kind == "text":
            if pdfium.FPDFTextObj_GetTextRenderMode(each.raw) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
                continue
            text, font = _text_of(each.raw, text_page.raw), _font_of(each.raw)
        if kind == "path" and not _is_white_fill(each.raw):
            continue
        left, bottom, right, top = each.get_bounds()
        things.append(_Thing(kind, left, bottom, right, top, text, font))
    return things


def _text_of(raw: object, text_page: object) -> str:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    size = pdfium.FPDFTextObj_GetText(raw, text_page, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFTextObj_GetText(raw, text_page, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\x00").strip()


def _font_of(raw: object) -> str:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    font = pdfium.FPDFTextObj_GetFont(raw)
    size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, size)
    # a subset's name begins with six letters of its own
    return re.sub(r"^[A-Z]{6}\+", "", buffer.value.decode("utf-8", "replace"))


def _is_white_fill(raw: object) -> bool:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(raw, ctypes.byref(mode), ctypes.byref(stroke)) or not mode.value:
        return False
    channels = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFPageObj_GetFillColor(raw, *(ctypes.byref(channel) for channel in channels))
    red, green, blue, alpha = (channel.value for channel in channels)
    return min(red, green, blue) >= _PAPER_WHITE and alpha > _PAPER_WHITE


def _patches(things: list[_Thing], page: float) -> Iterator[tuple[str, str]]:
    """Texts on white patches that hide other texts: what is shown, and what is under it."""
    for place, patch in enumerate(things):
        if patch.kind != "path" or not 0 < patch.area < _LARGE * page / 10:
            continue
        under = [each.text for each in things[:place] if each.kind == "text" and patch.holds(each)]
        above = [each.text for each in things[place + 1 :] if each.kind == "text" and patch.holds(each)]
        if under:
            yield " ".join(above) or "nothing", " ".join(under)


def _typed_on_picture(things: list[_Thing], page: float) -> list[str]:
    """Visible texts on a picture that fills the page, if they are few."""
    place = next(
        (i for i, each in enumerate(things) if each.kind == "picture" and each.area > _LARGE * page), None
    )
    if place is None:
        return []
    texts = [each.text for each in things[place + 1 :] if each.kind == "text" and each.text]
    return texts if len(texts) <= _FEW_TEXTS else []


def _odd_fonts(pages: list[list[_Thing]]) -> Iterator[str]:
    """Amounts in a font that is rare among the amounts of their column."""
    columns: dict[int, list[_Thing]] = defaultdict(list)
    for things in pages:
        for each in things:
            if each.kind == "text" and _AMOUNT.fullmatch(each.text):
                columns[round(each.right / _COLUMN_GRID)].append(each)
    for column in columns.values():
        usual, count = Counter(each.font for each in column).most_common(1)[0]
        odd = [each for each in column if each.font != usual]
        if count >= _FEWEST_IN_COLUMN and 0 < len(odd) <= _ODD_SHARE * len(column):
            yield from (f"{each.text} in {each.font} among {usual}" for each in odd)


def _signatures(content: bytes) -> tuple[int, bool]:
    """How many signatures a PDF bears, and whether each fits the bytes that it was put on.

    Who signed is not judged here: what is asked is whether the file was changed.
    """
    if b"/ByteRange" not in content:
        return 0, True
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415 - heavy
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415
    from pyhanko.sign.general import find_unique_cms_attribute  # noqa: PLC0415

    try:
        embedded = PdfFileReader(io.BytesIO(content), strict=False).embedded_signatures
        whole = all(
            each.compute_digest()
            == find_unique_cms_attribute(each.signer_info["signed_attrs"], "message_digest").native
            for each in embedded
        )
    except (PdfError, ValueError, KeyError):
        return 1, False
    return len(embedded), whole


def _instant(text: str) -> datetime | None:
    found = _DATE.match(text)
    if not found:
        return None
    zone: timezone = UTC
    if found[2] and found[2] != "Z":
        digits = re.sub(r"\D", "", found[2])
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
        zone = timezone(-offset if found[2][0] == "-" else offset)
    try:
        return datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=zone)
    except ValueError:
        return None
