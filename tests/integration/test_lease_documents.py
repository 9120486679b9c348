"""Documents of an application, from file to reading, on a real database and the real engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment
from typer.testing import CliRunner, Result

from activities.adapters.faces.comparers import PersonsEyes
from activities.adapters.faces.pictures import beside
from activities.adapters.ocr.engines import load_reader
from activities.adapters.papers.pooled import PapersHere
from activities.lease.documents.books import PostgresDocumentBooks
from activities.lease.documents.faces import FaceDesk
from activities.lease.documents.reader import PaperDesk
from activities.lease.screening.gathering import faces_said
from activities.store import people
from activities.store.database import Database
from activities.store.lease import applications, document_versions, documents
from activities.store.lease.document_versions import NewDocument
from activities.store.lease.documents import NotReadYetError
from activities.store.tables.lease import LeaseApplicationRow, LeaseFormRow
from cli.lease.documents import app
from models.errors import InvalidInputError, LeaseflowError
from models.lease.application.form import LeaseForm
from models.lease.application.messages import ApplicationStep, Completeness
from models.lease.documents.commands import OwnDocumentError
from models.lease.documents.faces import FaceVerdict
from models.lease.documents.messages import DocumentKind, DocumentRead, ReadDocument
from models.lease.documents.reading import Doctored, DocumentReading, DocumentState, FieldName, Side
from models.lease.parties import PartyKind
from models.lease.screening.papers import FaceSaid
from models.people import WrongActorError
from sandbox.papers.drawing import jpeg
from sandbox.papers.forms import draw_card_back, draw_card_front
from sandbox.papers.portfolio import papers_for
from sandbox.papers.truth import Card
from tests.factories.leases import LeaseFactory
from workers.directory import DEMO_STAFF

pytestmark = pytest.mark.ocr

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
TODAY = date(2026, 11, 22)
MEDIA = {".jpg": "image/jpeg", ".pdf": "application/pdf", ".csv": "text/csv"}


class Room:
    """The documents room with its own database, as a worker has it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        faces = FaceDesk(database, PersonsEyes(), beside)
        self._desk = PaperDesk(database, _papers(), faces)
        self._books = PostgresDocumentBooks(database)

    def apply(self, form: LeaseForm) -> LeaseForm:
        """Enter an application as far as documents need it."""
        with self.database.transaction() as session:
            data = applications.form_as_data(form)
            session.add(
                LeaseApplicationRow(
                    application_id=form.application_id, product=form.product, branch=form.branch,
                    region=form.region, dealer=form.dealer, lessee_name=form.lessee.name,
                    lessee_identifier=form.lessee.identifier, title="", price_minor=form.price.minor,
                    financed_minor=form.price.minor, currency="CNY", state="draft", version=1,
                    captured_by="alice", opened_at=NOW, changed_at=NOW,
                )
            )  # fmt: skip
            session.flush()
            session.add(
                LeaseFormRow(
                    application_id=form.application_id, version=1, form=data,
                    form_sha256="0", captured_by="alice", entered_at=NOW,
                )
            )  # fmt: skip
        return form

    def add(self, form: LeaseForm, name: str, content: bytes, **said: Any) -> DocumentRead:
        with self.database.transaction() as session:
            new = NewDocument(
                form.application_id, name, MEDIA[Path(name).suffix], content, "alice", NOW, **said
            )
            row, _ = document_versions.add(session, new)
        return self.read(form, row.document_id)

    def read(self, form: LeaseForm, document_id: str) -> DocumentRead:
        wish = ReadDocument(form.application_id, document_id, NOW)
        step: Callable[..., Coroutine[Any, Any, DocumentRead]] = self._desk.read_document
        return asyncio.run(ActivityEnvironment().run(step, wish))

    def readings(self, form: LeaseForm) -> list[DocumentReading]:
        with self.database.transaction() as session:
            return documents.readings_of(session, form.application_id)

    def completeness(self, form: LeaseForm) -> Completeness:
        return self._books.check_completeness(ApplicationStep(form.application_id, NOW))


_LOADED: list[PapersHere] = []


def _papers() -> PapersHere:
    if not _LOADED:
        _LOADED.append(PapersHere(load_reader()))
    return _LOADED[0]


@pytest.fixture
def room(fresh_database: Database) -> Room:
    return Room(fresh_database)


def drawn(form: LeaseForm, **how: Any) -> dict[str, bytes]:
    return dict(papers_for(applications.form_as_data(form), today=TODAY, **how))


def test_the_papers_of_an_application_are_understood_and_complete(room: Room) -> None:
    factory = LeaseFactory(41)
    form = room.apply(factory.form(assets=(factory.vehicle("200000.00"),)))
    missing = room.completeness(form).missing
    assert missing == (
        f"business-licence of {form.lessee.name}",
        "invoice",
        f"bank-statement of {form.lessee.name}",
    )
    reads = {name: room.add(form, name, content) for name, content in drawn(form).items()}
    assert {name: read.doubts for name, read in reads.items() if not read.certain} == {}
    assert room.completeness(form) == Completeness()
    by_kind = {each.kind: each for each in room.readings(form)}
    licence = by_kind[DocumentKind.BUSINESS_LICENCE]
    assert licence.of == form.lessee.identifier
    assert licence.value(FieldName.NAME) == form.lessee.name
    invoice = by_kind[DocumentKind.INVOICE]
    assert invoice.value(FieldName.VIN) == form.assets[0].identifier
    assert invoice.value(FieldName.TOTAL) == "200000.00"
    statement = by_kind[DocumentKind.BANK_STATEMENT]
    assert statement.doctored is Doctored.NONE
    assert statement.statement is not None
    assert statement.statement.owner == form.lessee.name
    assert statement.statement.monthly_inflow > 0


def test_what_differs_from_the_form_is_doubted(room: Room) -> None:
    form = LeaseFactory(42).form()
    papers = drawn(form)
    changed = replace(
        form,
        parties=(replace(form.lessee, legal_representative="欧阳不同"),),
        assets=(replace(form.assets[0], identifier=LeaseFactory(43).vin()),),
        payee=replace(form.payee, name="另一家汽车销售有限公司"),
    )
    room.apply(changed)
    licence = room.add(changed, "licence.jpg", papers["licence-1.jpg"])
    assert "欧阳不同" in licence.doubts[0]
    invoice = room.add(changed, "invoice.jpg", papers["invoice-1.jpg"])
    told = " ".join(invoice.doubts)
    assert "is no asset of the application" in told
    assert "另一家汽车销售有限公司" in told


def test_a_doctored_statement_is_told_with_reasons(room: Room) -> None:
    form = room.apply(LeaseFactory(44).form())
    read = room.add(form, "statement.pdf", drawn(form, doctored="inflated-row")["statement.pdf"])
    assert not read.certain
    assert any("balances do not follow" in doubt for doubt in read.doubts)
    (reading,) = room.readings(form)
    assert reading.doctored is Doctored.PROVEN


def test_the_same_content_is_one_document_and_another_is_the_next_version(room: Room) -> None:
    form = room.apply(LeaseFactory(45).form())
    first, second = (drawn(form, seed=seed)["licence-1.jpg"] for seed in (1, 2))
    one = room.add(form, "a.jpg", first)
    again = room.add(form, "b.jpg", first)
    assert one == again
    room.add(form, "c.jpg", second)
    assert [(each.version, each.current) for each in room.readings(form)] == [(1, False), (2, True)]


def test_both_sides_of_a_card_are_wanted_and_an_expired_one_is_doubted(room: Room) -> None:
    factory = LeaseFactory(46)
    person = factory.person()
    form = room.apply(factory.form(lessee=person))
    assert form.lessee.kind is PartyKind.PERSON
    card = Card(
        person.name,
        person.identifier,
        "上海市徐汇区漕溪北路1号",
        "徐汇分局",
        date(2005, 1, 1),
        date(2025, 1, 1),
    )
    front = room.add(form, "front.jpg", jpeg(draw_card_front(card, Random(1))))
    assert front.certain, front.doubts
    assert f"back of resident-id of {person.name}" in room.completeness(form).missing
    back = room.add(form, "back.jpg", jpeg(draw_card_back(card, Random(1))))
    assert any("valid until 2025-01-01" in doubt for doubt in back.doubts)
    assert [each.side for each in room.readings(form)] == [Side.FRONT, Side.BACK]
    assert not any("resident-id" in each for each in room.completeness(form).missing)


def test_an_invoice_of_another_application_is_noticed(room: Room) -> None:
    factory = LeaseFactory(47)
    one, other = room.apply(factory.form()), room.apply(factory.form())
    paper = drawn(one)["invoice-1.jpg"]
    room.add(one, "invoice.jpg", paper)
    read = room.add(other, "invoice.jpg", paper)
    assert any(f"{one.application_id}-P1" in doubt for doubt in read.doubts)


def test_who_leases_again_brings_the_same_licence_and_nobody_else_does(room: Room) -> None:
    factory = LeaseFactory(51)
    one = room.apply(factory.form())
    paper = drawn(one)["licence-1.jpg"]
    room.add(one, "licence.jpg", paper)
    again = room.apply(factory.form(lessee=one.lessee))
    assert room.add(again, "licence.jpg", paper).certain
    of_another = room.apply(factory.form())
    read = room.add(of_another, "licence.jpg", paper)
    assert any(f"the same paper stands in {one.application_id}-P1" in doubt for doubt in read.doubts)


def test_a_persons_word_on_the_kind_wins_and_the_contradiction_is_doubted(room: Room) -> None:
    form = room.apply(LeaseFactory(48).form())
    paper = drawn(form)["licence-1.jpg"]
    read = room.add(form, "x.jpg", paper, kind=DocumentKind.INVOICE)
    assert read.kind is DocumentKind.INVOICE
    assert any("looks like business-licence" in doubt for doubt in read.doubts)


def test_what_was_settled_is_not_settled_for_a_reading_that_nobody_has_seen(room: Room) -> None:
    form = room.apply(LeaseFactory(51).form())
    read = room.add(form, "x.jpg", drawn(form)["licence-1.jpg"], kind=DocumentKind.INVOICE)
    why: dict[str, Any] = {"by": "risk.desk", "reason": "seen", "at": NOW}
    with room.database.transaction() as session:
        documents.settle(session, read.document_id, **why)
        document_versions.say_what_it_is(
            session, read.document_id, kind=DocumentKind.BUSINESS_LICENCE, of=None
        )
    (reading,) = room.readings(form)
    assert (reading.settled_by, reading.certain) == ("", False)
    with room.database.transaction() as session, pytest.raises(NotReadYetError, match="is not read yet"):
        documents.settle(session, read.document_id, **why)


def test_what_cannot_be_read_is_kept_and_missing(room: Room) -> None:
    form = room.apply(LeaseFactory(49).form())
    read = room.add(form, "broken.pdf", b"%PDF-1.4 broken", kind=DocumentKind.BUSINESS_LICENCE)
    assert "corrupt" in read.doubts[0]
    (reading,) = room.readings(form)
    assert reading.state is DocumentState.UNREADABLE
    assert any("business-licence" in each for each in room.completeness(form).missing)


@pytest.fixture
def leaseflow(room: Room, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", room.database.url)
    with room.database.transaction() as session:
        people.enter_staff(session, DEMO_STAFF)

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(app, arguments)
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        return result

    return run


def said_of_faces(room: Room, form: LeaseForm) -> list[FaceSaid]:
    with room.database.transaction() as session:
        return faces_said(session, form.application_id, documents.readings_of(session, form.application_id))


def test_people_look_correct_settle_and_judge_faces(
    room: Room, leaseflow: Callable[..., Result], tmp_path: Path
) -> None:
    factory = LeaseFactory(50)
    person = factory.person()
    form = room.apply(factory.form(lessee=person))
    card = Card(
        person.name,
        person.identifier,
        "上海市徐汇区漕溪北路1号",
        "徐汇分局",
        date(2015, 1, 1),
        date(2035, 1, 1),
    )
    picture = draw_card_front(card, Random(1))
    room.add(form, "front.jpg", jpeg(picture))
    photo = jpeg(picture.crop((660, 70, 960, 450)))
    room.add(form, "face.jpg", photo, kind=DocumentKind.FACE_PHOTO, of=person.identifier)
    document = f"{form.application_id}-P1"

    shown = leaseflow("show", document).stdout
    assert person.name in shown
    assert "face: unsure by nobody" in shown
    assert document in leaseflow("list", form.application_id).stdout
    for others in (("list", form.application_id), ("show", document), ("download", document, "--out", "x")):
        with pytest.raises(WrongActorError, match=r"ma\.jun of dealer D002 may not see"):
            leaseflow(*others, "--as", "ma.jun")
    why = ("--reason", "seen the original", "--as", "risk.desk")
    leaseflow("confirm", document, "name", "--value", "张更正", *why)
    shown = leaseflow("show", document).stdout
    assert f"name: '{person.name}' -> '张更正'" in shown
    for field, value in (("birth", "yesterday"), ("total", "a lot")):
        with pytest.raises(InvalidInputError, match=f"{field} cannot be"):
            leaseflow("confirm", document, field, "--value", value, *why)
    leaseflow("settle", document, *why)
    with room.database.transaction() as session:
        documents.document(session, document).added_by = "risk.desk"
    with pytest.raises(OwnDocumentError):
        leaseflow("settle", document, *why)

    side_by_side = tmp_path / "faces.jpg"
    leaseflow("face", form.application_id, "--out", str(side_by_side))
    assert side_by_side.read_bytes().startswith(b"\xff\xd8")
    assert "same by risk.desk" in leaseflow("face", form.application_id, "--same", *why).stdout
    with pytest.raises(LeaseflowError, match="already judged"):
        leaseflow("face", form.application_id, "--different", *why)
    assert said_of_faces(room, form)[-1:] == [FaceSaid(person.identifier, FaceVerdict.SAME, by_person=True)]
    out = tmp_path / "front.jpg"
    leaseflow("download", document, "--out", str(out))
    assert out.read_bytes() == jpeg(picture)
    for place, told in ((out, "exists"), (tmp_path / "nowhere" / "x.jpg", "cannot be written")):
        with pytest.raises(InvalidInputError, match=told):
            leaseflow("download", document, "--out", str(place))
    assert "2 documents" in leaseflow("verify", form.application_id).stdout
    room.add(form, "later.jpg", b"\xff\xd8\xff broken", kind=DocumentKind.FACE_PHOTO, of=person.identifier)
    assert said_of_faces(room, form) == []  # what was said of the photo before says nothing of this one
