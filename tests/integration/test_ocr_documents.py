"""Documents read by the real engine: one of each kind, and each kind of trouble."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from PIL import Image
from typer.testing import CliRunner

from activities.adapters.ocr.easy import EngineUnavailableError
from activities.adapters.ocr.engines import Engine, load_reader
from activities.adapters.ocr.reader import StagedReader
from activities.ports.reading import UnreadableDocumentError
from benchmarks.ocr_accuracy import Accuracy, compare
from cli.ocr import app, document_as_json
from models.bill_monitoring.reading import DocumentKind, Field, ReadScope
from tests.factories.documents import make

pytestmark = pytest.mark.ocr


@pytest.fixture(scope="module")
def reader() -> StagedReader:
    return load_reader()


@pytest.mark.parametrize(
    "group",
    ["ruled/clean", "ruled/stamp", "ruled/skew", "ruled/lowres", "unruled/jpeg", "unruled/watermark",
        "bill/clean", "bill/blur",
     "pdf/text", "pdf/scan", "pages/no-header"],
)  # fmt: skip
def test_documents_say_what_they_say(reader, group):
    made = make(group, 3, rows=5)
    reading = reader.read(made.content, filename=made.filename, scope=ReadScope.EVERYTHING)
    accuracy = Accuracy()
    compare(made, document_as_json(made.filename, reading, 0.0)["records"], accuracy)
    assert reading.kind.value == made.kind
    assert not accuracy.lost[group]
    for name, tally in accuracy.totals().items():
        assert not tally.silent, f"{name} is wrong and nobody is told"
        assert tally.right >= 0.8 * tally.total, name


def test_a_text_layer_is_never_recognised(reader):
    made = make("pdf/text", 1, rows=5)
    assert reader.read(made.content, filename="list.pdf", scope=ReadScope.EVERYTHING).engine == "text"


@pytest.mark.parametrize("group", ["ruled/skew", "unruled/clean", "pdf/text"])
def test_identities_first_then_the_rest_of_the_rows_that_matter(reader, group):
    made = make(group, 3, rows=6)
    first = reader.read(made.content, filename=made.filename, scope=ReadScope.IDENTITY)
    assert [r.uscc for r in first.records] == [truth["uscc"] for truth in made.records]
    assert all(r.overdue_balance is None for r in first.records)
    chosen = first.records[2:4]
    for record, truth in zip(
        reader.complete(made.content, filename=made.filename, records=chosen), made.records[2:4], strict=True
    ):
        assert record.uscc == truth["uscc"]
        assert str(record.overdue_balance) == truth["overdue_balance"]
        assert record.date.isoformat() == truth["date"]
        assert Field.OVERDUE_BALANCE in record.confidence


def test_later_pages_by_themselves_keep_to_the_first_one(reader):
    made = make("pages/no-header", 3, rows=3)
    whole = reader.read(made.content, filename=made.filename, scope=ReadScope.EVERYTHING)
    part = reader.read(made.content, filename=made.filename, scope=ReadScope.EVERYTHING, first_page=3)
    assert part.records == tuple(r for r in whole.records if r.locator.page == 3)


def test_an_archive_is_one_document_in_natural_order(reader):
    buffer = io.BytesIO()
    pages = {f"page{number}.png": make("ruled/clean", number, rows=3) for number in (10, 2)}
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, made in pages.items():
            archive.writestr(name, made.content)
        archive.writestr("__MACOSX/._page2.png", b"junk")
        archive.writestr("readme.txt", "not a page")
    reading = reader.read(buffer.getvalue(), filename="lists.zip", scope=ReadScope.IDENTITY)
    assert reading.pages == 2
    expected = [*pages["page2.png"].records, *pages["page10.png"].records]
    assert [r.uscc for r in reading.records] == [truth["uscc"] for truth in expected]


def png_of(size):
    buffer = io.BytesIO()
    Image.new("RGB", size, "white").save(buffer, "PNG")
    return buffer.getvalue()


def protected_pdf():
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_page()
    pdf.set_encryption(owner_password="owner", user_password="secret")
    return bytes(pdf.output())


TROUBLE = {
    "empty.png": (lambda: b"", "empty"),
    "cut.png": (lambda: make("ruled/clean", 1, rows=2).content[:4000], "truncated or corrupt"),
    "cut.pdf": (lambda: b"%PDF-1.7\n%broken", "corrupt"),
    "locked.pdf": (protected_pdf, "password"),
    "letter.docx": (lambda: b"\xd0\xcf\x11\xe0 something else", "neither a picture, a PDF nor a ZIP"),
    "broken.zip": (lambda: b"PK\x03\x04 and nothing more", "corrupt"),
    "dot.png": (lambda: png_of((4, 4)), "4 x 4 pixels"),
}


@pytest.mark.parametrize("filename", TROUBLE)
def test_what_cannot_be_read_is_refused_by_name_with_a_remedy(reader, filename):
    content, reason = TROUBLE[filename]
    with pytest.raises(UnreadableDocumentError, match=reason) as refusal:
        reader.read(content(), filename=filename, scope=ReadScope.EVERYTHING)
    assert filename in str(refusal.value)
    assert refusal.value.remedy


def test_a_blank_page_is_told_not_refused(reader):
    reading = reader.read(png_of((800, 600)), filename="blank.png", scope=ReadScope.EVERYTHING)
    assert (reading.kind, reading.records) == (DocumentKind.UNKNOWN, ())
    assert "no list and no bill" in reading.notes[0]


def test_two_hundred_pages_are_read_and_the_limit_is_told():
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("helvetica", size=10)
    for number in range(200):
        pdf.add_page()
        for text in ("Acceptor name", "USCC", "Overdue balance"):
            pdf.cell(w=60, h=8, text=text, border=1)
        pdf.ln()
        for text in (f"Company {number} Ltd", "91350100M000100Y43", f"{number + 1}.00"):
            pdf.cell(w=60, h=8, text=text, border=1)
    content = bytes(pdf.output())
    reading = load_reader().read(content, filename="long.pdf", scope=ReadScope.EVERYTHING)
    assert reading.pages == 200
    assert [str(r.overdue_balance) for r in reading.records[:3]] == ["1.00", "2.00", "3.00"]
    part = load_reader().read(
        content, filename="long.pdf", scope=ReadScope.EVERYTHING, first_page=150, last_page=152
    )
    assert [r.locator.page for r in part.records] == [150, 151, 152]
    assert part.records == reading.records[149:152]
    assert load_reader().page_count(content, "long.pdf") == 200
    with pytest.raises(UnreadableDocumentError, match=r"more than 20 pages.*page limit"):
        load_reader(page_limit=20).read(content, filename="long.pdf", scope=ReadScope.IDENTITY)


def test_the_command_reads_files_and_directories_and_names_what_fails(tmp_path):
    made = make("ruled/clean", 3, rows=3)
    directory = tmp_path / "scans"
    directory.mkdir()
    (directory / "1.png").write_bytes(made.content)
    (tmp_path / "bad.png").write_bytes(b"nothing")
    out = tmp_path / "out.jsonl"
    arguments = [
        "read",
        str(directory),
        str(tmp_path / "bad.png"),
        str(tmp_path / "none.png"),
        "--out",
        str(out),
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert "bad.png" in result.stderr
    assert "none.png" in result.stderr
    (line,) = [json.loads(text) for text in out.read_text().splitlines()]
    assert list(line) == ["file", "kind", "pages", "records", "seconds"]
    assert [record["uscc"] for record in line["records"]] == [truth["uscc"] for truth in made.records]


def test_an_engine_without_weights_says_what_to_do(tmp_path):
    with pytest.raises(EngineUnavailableError, match="LEASEFLOW_EASYOCR_MODELS"):
        load_reader(Engine.EASYOCR, easyocr_models=tmp_path)
