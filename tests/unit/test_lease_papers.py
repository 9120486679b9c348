"""Rules of papers without an engine: what a file is, what its lines say, what is missing."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from random import Random

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from activities.adapters.papers.kinds import CSV, JPEG, PDF, XLSX, media_type_of
from activities.adapters.papers.pdfs import pdf_facts
from activities.adapters.papers.pictures import picture_facts
from activities.adapters.papers.tables import workbook_facts
from activities.ports.reading import UnreadableDocumentError
from models.bill_monitoring.printed_text import Glyph, TextLine
from models.bill_monitoring.reading import Box
from models.identifiers import is_valid_resident_id
from models.lease.application.example import example_form
from models.lease.documents import values
from models.lease.documents.classify import classify
from models.lease.documents.crosschecks import owner_of
from models.lease.documents.messages import DocumentKind
from models.lease.documents.paper import Paper, PlacedLine, Sheet
from models.lease.documents.reading import FieldName, ReadField
from models.lease.documents.understanding import Circumstances, understand
from models.parameters.lease import LeaseProducts
from sandbox.papers.doctoring import edited_in_place, editor_only
from sandbox.papers.drawing import jpeg
from sandbox.papers.forms import draw_licence
from sandbox.papers.statement_files import LAYOUTS, as_csv, as_pdf, as_xlsx, genuine
from sandbox.papers.statements import invent_statement
from sandbox.papers.truth import invent_licence, resident_number

END = date(2026, 10, 30)


def piece(text: str, left: int, top: int, confidence: float = 1.0) -> PlacedLine:
    glyphs = tuple(Glyph(c, confidence, (i + 0.5) / len(text)) for i, c in enumerate(text))
    return PlacedLine(TextLine(text, confidence, glyphs), Box(left, top, left + 20 * len(text), top + 24))


def test_the_value_stands_behind_the_caption_or_to_its_right() -> None:
    sheet = Sheet(
        [piece("名 称", 10, 10), piece("上海某某物流有限公司", 200, 12), piece("账号:6222", 10, 60)]
    )
    after = sheet.after("^名称")
    assert after is not None
    assert after.text == "上海某某物流有限公司"
    account = sheet.after("^账号")
    assert account is not None
    assert account.text == "6222"
    assert sheet.after("^住所") is None


@given(st.integers(0, 10**6), st.integers(0, 17))
def test_a_resident_number_is_mended_to_itself_or_left_as_read(seed: int, place: int) -> None:
    number = resident_number(Random(seed))
    looks = {"0": "8", "8": "0", "1": "7", "7": "1", "6": "5", "5": "6", "3": "8", "9": "8", "2": "7"}
    wrong = looks.get(number[place])
    if wrong is None:
        return
    misread = number[:place] + wrong + number[place + 1 :]
    glyphs = tuple(Glyph(c, 0.5 if i == place else 0.99, i / 18) for i, c in enumerate(misread))
    read = values.resident_number(PlacedLine(TextLine(misread, 0.5, glyphs), Box(0, 0, 10, 10)))
    assert read is not None
    if read.repaired:
        assert read.value == number
    else:
        assert read.value == misread
        assert not is_valid_resident_id(misread)
        assert read.confidence < 0.7


def test_a_clearly_printed_wrong_number_is_never_mended() -> None:
    number = resident_number(Random(1))
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    read = values.resident_number(piece(wrong, 0, 0, 0.999))
    assert read is not None
    assert (read.value, read.repaired) == (wrong, False)


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("营业执照", "统一社会信用代码", "法定代表人 张三", "注册资本"), DocumentKind.BUSINESS_LICENCE),
        (("姓名 张三", "公民身份号码 1"), DocumentKind.RESIDENT_ID),
        (("机动车销售统一发票", "发票号码"), DocumentKind.INVOICE),
        (("机动车交通事故责任强制保险单", "被保险人", "保险期间"), DocumentKind.INSURANCE),
        (("年度工作总结报告", "一、概况"), DocumentKind.OTHER),
    ],
)
def test_papers_are_told_by_their_captions(lines: tuple[str, ...], kind: DocumentKind) -> None:
    pieces = tuple(piece(text, 10, 40 * number) for number, text in enumerate(lines))
    assert classify(Paper("image/png", 1, "engine", pieces)).kind is kind


def test_files_are_known_by_their_content() -> None:
    statement = invent_statement(Random(1), end=END, months=3)
    assert media_type_of(as_csv(statement, LAYOUTS[0]), "x.bin") == CSV
    assert media_type_of(as_xlsx(statement, LAYOUTS[0]), "x.bin") == XLSX
    assert media_type_of(as_pdf(statement, LAYOUTS[0], genuine(Random(1))), "x.bin") == PDF
    licence = jpeg(draw_licence(invent_licence(Random(1)), Random(1)))
    assert media_type_of(licence, "x.bin") == JPEG


def locked_pdf() -> bytes:
    document = FPDF()
    document.set_encryption(owner_password="owner", user_password="user")
    document.add_page()
    return bytes(document.output())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"\x00\x01\x02binary\x00", "no type"),
        (b"%PDF-1.4 nothing behind it", "corrupt"),
        (b"\xff\xd8\xff\xe0broken", "corrupt"),
        (b"PK\x03\x04broken", "corrupt"),
        (locked_pdf(), "password"),
        (b"x" * (31 * 1024 * 1024), "more than 30 MiB"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=reason):
        media_type_of(content, "paper.pdf")


def test_a_pdf_tells_who_wrote_it_and_what_lies_over_what() -> None:
    statement = invent_statement(Random(5), end=END, months=3)
    clean = pdf_facts(as_pdf(statement, LAYOUTS[0], genuine(Random(1))))
    assert (clean.revisions, clean.patches, clean.odd_fonts) == (1, (), ())
    forged = edited_in_place(statement, Random(5))
    facts = pdf_facts(forged.as_file(LAYOUTS[0], "pdf"))
    assert facts.producer.startswith("Adobe Acrobat")
    assert facts.revisions == 2
    assert facts.created is not None
    assert facts.modified is not None
    assert facts.modified - facts.created > timedelta(days=1)
    assert facts.patches
    assert facts.hidden_texts


def test_a_workbook_tells_who_saved_it() -> None:
    statement = invent_statement(Random(5), end=END, months=3)
    facts = workbook_facts(editor_only(statement, Random(1)).as_file(LAYOUTS[0], "xlsx"))
    assert facts.last_modified_by == "Administrator"
    assert facts.created is not None
    assert facts.modified is not None
    assert facts.modified > facts.created


def test_a_picture_tells_its_software_and_resembles_itself_when_compressed() -> None:
    picture = draw_licence(invent_licence(Random(1)), Random(1))
    facts = picture_facts(jpeg(picture, software="Adobe Photoshop CC 2019"))
    assert facts.software == "Adobe Photoshop CC 2019"
    again = picture_facts(jpeg(picture.resize((900, 636)), 60))
    differing = (facts.fingerprint ^ again.fingerprint) & (2**64 - 1)
    assert differing.bit_count() <= 10
    assert again.software == ""
    out = io.BytesIO()
    picture.save(out, "PNG")
    assert picture_facts(out.getvalue()).width == picture.width


def test_a_name_in_other_brackets_tells_whose_a_paper_is() -> None:
    product = LeaseProducts().products["vehicle-direct"]
    form = example_form("vehicle-direct", product)
    lessee = form.parties[0]
    printed = lessee.name.replace("(", "（").replace(")", "） ")
    assert printed != lessee.name
    fields = {FieldName.NAME: ReadField(printed, 1.0)}
    assert owner_of(DocumentKind.BANK_STATEMENT, fields, form) == lessee.identifier


def workbook(core: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("docProps/core.xml", core)
    return out.getvalue()


def test_instants_of_a_workbook_can_be_compared_whether_or_not_they_name_a_zone() -> None:
    core = "<core><created>2026-01-01T00:00:00</created><modified>2026-01-02T00:00:00Z</modified></core>"
    facts = workbook_facts(workbook(core))
    assert facts.created is not None
    assert facts.modified is not None
    assert facts.modified - facts.created == timedelta(days=1)


@pytest.mark.parametrize("core", ["<core>", "<core>" + " " * 1_000_001 + "</core>"])
def test_a_workbook_whose_properties_cannot_be_is_unreadable(core: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=r"properties are broken|too large"):
        workbook_facts(workbook(core))


def test_a_pdf_with_a_broken_page_is_unreadable() -> None:
    paper = FPDF()
    paper.add_page()
    whole = bytes(paper.output())
    with pytest.raises(UnreadableDocumentError, match="a page of the PDF is corrupt"):
        pdf_facts(whole.replace(b"/Type /Page\n", b"/Type /Pagx\n"))


def test_a_picture_of_nothing_is_no_photo_that_stands() -> None:
    form = example_form("vehicle-direct", LeaseProducts().products["vehicle-direct"])
    around = Circumstances(form=form, today=date(2026, 11, 23))
    nothing = picture_facts(jpeg(Image.new("RGB", (1000, 1400), "white")))
    blank = understand(Paper("image/jpeg", 1, "rapidocr", picture=nothing), around)
    assert [doubt.code for doubt in blank.doubts if doubt.code == "blank"] == ["blank"]
    something = Image.radial_gradient("L").resize((600, 800))
    photo = understand(
        Paper("image/jpeg", 1, "rapidocr", picture=picture_facts(jpeg(something.convert("RGB")))), around
    )
    assert "blank" not in [doubt.code for doubt in photo.doubts]
