"""The sandbox's world repeats itself, is valid where it should be, and drifts as a real list does."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from io import BytesIO
from random import Random

import pypdfium2
import pytest
from PIL import Image

from models.identifiers import has_valid_organisation_code, is_valid_uscc
from sandbox.exchange.__main__ import main
from sandbox.exchange.announcements import FileKind, publish_month
from sandbox.exchange.customers import CustomerRow, make_customers
from sandbox.exchange.documents import DocumentStore
from sandbox.exchange.misbehaviour import Misbehaviour, UnknownMisbehaviourError
from sandbox.exchange.names import RADICAL_TWINS
from sandbox.exchange.population import World, WorldSettings
from sandbox.exchange.sessions import ask
from sandbox.exchange.site import NothingToCorrectError, Site, SiteSettings
from sandbox.exchange.uscc import is_valid

SETTINGS = WorldSettings(seed=3, acceptors=400, months=4, invalid_share=0.02, missing_share=0.02)


@pytest.fixture(scope="module")
def world():
    return World(SETTINGS)


def test_equal_seeds_give_equal_worlds_and_others_do_not(world):
    again, other = World(SETTINGS), World(replace(SETTINGS, seed=4))

    assert again.acceptors == world.acceptors
    assert again.standings == world.standings
    assert other.acceptors != world.acceptors


def test_codes_are_valid_by_both_standards_and_distinct(world):
    codes = [acceptor.uscc for acceptor in world.acceptors]

    assert all(is_valid_uscc(code) and has_valid_organisation_code(code) for code in codes)
    assert all(is_valid(code) for code in codes), "the sandbox's own check agrees with the engine's"
    assert len(set(codes)) == len(codes)
    assert len({str(acceptor.name) for acceptor in world.acceptors}) == len(codes)


def test_a_few_codes_are_misprinted_or_left_out(world):
    misprinted = [a for a in world.acceptors if a.printed_uscc not in ("", a.uscc)]
    missing = [a for a in world.acceptors if not a.printed_uscc]

    assert 0 < len(misprinted) < len(world.acceptors) * 0.05
    assert 0 < len(missing) < len(world.acceptors) * 0.05
    assert not any(is_valid_uscc(a.printed_uscc) for a in misprinted)


def test_lists_are_drawn_up_at_months_ends_and_the_newest_has_its_size(world):
    assert world.list_dates == [date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
    assert len(world.standings[-1]) == 400


def test_each_month_some_are_new_worse_better_and_cleared(world):
    for before, after in zip(world.standings, world.standings[1:], strict=False):
        stayed = before.keys() & after.keys()
        worse = sum(after[n].overdue_balance > before[n].overdue_balance for n in stayed)
        better = sum(after[n].overdue_balance < before[n].overdue_balance for n in stayed)
        assert after.keys() - before.keys()
        assert before.keys() - after.keys()
        assert worse
        assert better
        assert worse + better < len(stayed)
        assert all(after[n].cumulative_overdue >= before[n].cumulative_overdue for n in stayed)
        assert all(s.overdue_balance <= s.cumulative_overdue for s in after.values())


def test_a_month_is_published_in_the_first_ten_days_each_acceptor_once(world):
    for month, list_date in enumerate(world.list_dates):
        published = [a for a in publish_month(world, month) if a.is_list]
        rows = [row for a in published for row in a.rows]
        rows += [row for a in published for file in a.files for row in file.rows]

        assert all(1 <= (a.published_at.date() - list_date).days <= 10 for a in published)
        assert Counter(r.acceptor.number for r in rows) == Counter(world.standings[month].keys())


@pytest.mark.parametrize(("image_share", "text_share"), [(0.3, 0.05), (1.0, 0.05), (0.0, 0.0)])
def test_shares_are_kept(image_share, text_share):
    world = World(replace(SETTINGS, image_share=image_share, text_pdf_share=text_share))
    published = publish_month(world, len(world.list_dates) - 1)
    files = [file for a in published for file in a.files]
    pictured = sum(len(f.rows) for f in files if f.kind is not FileKind.TEXT_PDF)
    texted = sum(len(f.rows) for f in files if f.kind is FileKind.TEXT_PDF)

    assert pictured == round(400 * image_share)
    assert texted == round(400 * min(text_share, 1 - image_share))
    assert sum(len(a.rows) for a in published) == 400 - pictured - texted


def test_files_are_what_their_names_say_and_the_same_each_time(world, tmp_path):
    files = {f.kind: f for month in range(4) for a in publish_month(world, month) for f in a.files}
    assert set(files) == set(FileKind)
    stores = [DocumentStore(3, None), DocumentStore(3, tmp_path)]
    for kind, file in files.items():
        content = stores[0].content(file)
        assert stores[1].content(file) == content
        assert DocumentStore(3, tmp_path).content(file) == content, "kept, not drawn again"
        match kind:
            case FileKind.ZIP:
                archive = zipfile.ZipFile(BytesIO(content))
                assert archive.namelist() in (["名单.pdf"], ["名单第1页.png", "名单第2页.png"])
                assert archive.testzip() is None
            case FileKind.PNG | FileKind.JPEG:
                assert Image.open(BytesIO(content)).format == kind.name


def test_text_pdfs_have_a_text_layer_with_traps_and_scans_have_none(world):
    files = [f for month in range(4) for a in publish_month(world, month) for f in a.files]
    text = ""
    for file in (next(f for f in files if f.kind is kind) for kind in (FileKind.SCAN, FileKind.TEXT_PDF)):
        with pypdfium2.PdfDocument(DocumentStore(3, None).content(file)) as document:
            assert len(document) == len(file.pages())
            text = "".join(page.get_textpage().get_text_bounded() for page in document)
        assert bool(text.strip()) is (file.kind is FileKind.TEXT_PDF)
    names = [f.rows for f in files if f.kind is FileKind.TEXT_PDF]
    assert str(names[0][0].acceptor.name) in text
    assert any(twin in text for twin in RADICAL_TWINS.values())


def test_customers_overlap_the_newest_list_in_known_ways(world):
    rows, records = make_customers(world, 3000)
    again, _ = make_customers(World(SETTINGS), 3000)
    by_id = {row.customer_id: row for row in rows}

    assert rows == again
    assert len(rows) == len(by_id) == 3000
    assert ",".join(CustomerRow._fields) == (
        "customer_id,name,uscc,region,former_names,parent_customer_id,officer,exposure"
    )
    assert all(is_valid_uscc(row.uscc) for row in rows if row.uscc)
    assert {row.officer for row in rows} == {"li.wei", "zhang.min", "wang.fang", "chen.jie"}
    for record in records:
        named = [record[key] for key in ("customer_id", "related_id", "trap_customer_id") if record[key]]
        assert named
        assert set(named) <= by_id.keys()
    exact = next(r for r in records if r["kind"] == "exact")
    assert by_id[exact["customer_id"]].uscc == exact["uscc"]
    trap = next(r for r in records if r["kind"] == "trap_other_code")
    assert by_id[trap["trap_customer_id"]].name == trap["name"]
    assert by_id[trap["trap_customer_id"]].uscc != trap["uscc"]


def test_a_real_sized_list_has_60_to_90_true_overlaps():
    _, records = make_customers(World(WorldSettings()), 1000)

    assert 60 <= sum(record["expected"] != "none" for record in records) <= 90


def test_a_correction_restates_the_month():
    site = Site(SiteSettings(world=SETTINGS))
    wrong = next(a for a in site.announcements() if a.rows)
    right = site.publish_correction(wrong.announcement_id)

    assert right.corrects == wrong.announcement_id
    assert wrong.rows[0].acceptor.number not in site.world.standings[-1]
    assert right.rows[0].standing.overdue_balance == wrong.rows[1].standing.overdue_balance // 2
    assert right.rows[2:] == wrong.rows[3:]
    with pytest.raises(NothingToCorrectError):
        site.publish_correction("A19990101")


def test_the_next_month_is_the_same_whether_it_is_lived_now_or_was_lived_before():
    grown = World(replace(SETTINGS, months=5, newest=date(2026, 11, 30)))
    site = Site(SiteSettings(world=SETTINGS))
    site.publish_next()

    assert site.world.list_dates[-1] == grown.list_dates[-1] == date(2026, 11, 30)
    assert len(site.world.standings[-1]) > 400 * 0.9


def test_misbehaviour_is_refused_when_it_is_not_known():
    wrong = Misbehaviour()

    with pytest.raises(UnknownMisbehaviourError, match="'slowly' is not known"):
        wrong.change({"slow": 2, "slowly": 1})
    with pytest.raises(UnknownMisbehaviourError, match="layout 'round' is not one of"):
        wrong.change({"layout": "round"})
    assert wrong == Misbehaviour(), "nothing was changed"


def test_counted_misbehaviour_runs_out():
    wrong = Misbehaviour(error=503, error_next=2, expire_after=1, drop_next=1)

    assert [wrong.error_due() for _ in range(3)] == [503, 503, 0]
    assert [wrong.expiry_due() for _ in range(3)] == [False, True, False]
    assert [wrong.spend("drop_next") for _ in range(2)] == [True, False]


@pytest.mark.parametrize("kind", ["characters", "slider", "one_time_code"])
def test_challenges_take_their_own_answer(kind):
    challenge = ask(kind, Random(1))

    assert challenge.is_answered_by(challenge.answer)
    assert not challenge.is_answered_by("0")
    assert Image.open(BytesIO(challenge.picture)).size == (320, 150)


def test_the_customer_file_takes_the_worlds_options_before_and_behind_the_command(tmp_path):
    for name, arguments in {
        "a.csv": ["--acceptors", "60", "customers", "--seed", "9", "--customers", "50"],
        "b.csv": ["customers", "--acceptors", "60", "--seed", "9", "--customers", "50"],
    }.items():
        main([*arguments, "--out", str(tmp_path / name), "--truth", str(tmp_path / f"{name}.json")])

    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert json.loads((tmp_path / "a.csv.json").read_text())["seed"] == 9
