"""Dealers, blacklist, exposure and screenings from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from activities.store import people
from activities.store.database import Database
from activities.store.lease import dealers, screening
from cli import blacklist, exposure
from cli import dealers as dealers_command
from cli.lease import screening as screening_command
from models.errors import InvalidInputError, LeaseflowError, RefusedByRuleError
from models.lease.screening.blacklist import EntryExistsError
from models.lease.screening.dealers import UnknownDealerError
from models.lease.screening.facts import ALL_WELL
from models.people import WrongActorError
from tests.factories.screening import ScreeningHouse, emptied, own_database
from workers.directory import DEMO_STAFF

pytestmark = pytest.mark.stack

Run = Callable[..., str]


@pytest.fixture(scope="module")
def database(postgres_url: str, migrated_template: str) -> Iterator[Database]:
    with own_database(postgres_url, migrated_template) as database:
        yield database


@pytest.fixture
def house(database: Database, monkeypatch: pytest.MonkeyPatch) -> ScreeningHouse:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", database.url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")  # nobody listens there
    house = ScreeningHouse(emptied(database))
    with database.transaction() as session:
        people.enter_staff(session, DEMO_STAFF)
    return house


@pytest.fixture
def run(house: ScreeningHouse) -> Run:
    def run(app: typer.Typer, *arguments: object, by: str = "risk.desk", code: int = 0) -> str:
        result = CliRunner(env={"LEASEFLOW_AS": by}).invoke(app, [str(each) for each in arguments])
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output

    return run


def read(text: str) -> Any:
    return json.loads(text)


# ------------------------------------------------------------ dealers


def test_dealers_are_listed_rated_limited_and_suspended_with_reasons(run: Run) -> None:
    app = dealers_command.app
    assert [each["code"] for each in read(run(app, "list", "--json"))] == ["D001", "D002"]
    run(app, "set-limit", "D002", "1000000", "--reason", "annual review")
    run(app, "set-rating", "D002", "c", "--reason", "late registrations")
    assert "suspended" in run(app, "set-status", "D002", "suspended", "--reason", "complaints")
    shown = read(run(app, "show", "D002", "--json"))
    assert (shown["limit"], shown["rating"], shown["status"]) == ("1000000.00", "C", "suspended")
    assert [each["reason"] for each in shown["history"]][:2] == ["complaints", "late registrations"]
    assert [each["code"] for each in read(run(app, "list", "--status", "suspended", "--json"))] == ["D002"]


def test_a_dealer_is_added_once_and_only_by_those_who_may(run: Run) -> None:
    app, known = dealers_command.app, dealers.DEMO_DEALERS[0]
    new = ["add", "D009", "--name", "X", "--identifier", "91310000MA1FL3FT0B", "--reason", "r"]
    with pytest.raises(WrongActorError):
        run(app, *new, by="li.wei")
    with pytest.raises(InvalidInputError, match="no unified social credit code"):
        run(app, *new)
    with pytest.raises(InvalidInputError, match="'D001' exists"):
        run(app, "add", "D001", "--name", "X", "--identifier", known.identifier, "--reason", "r")
    with pytest.raises(UnknownDealerError):
        run(app, "show", "D404")


def test_a_dry_run_changes_nothing(run: Run, tmp_path: Path) -> None:
    app = dealers_command.app
    assert "would be" in run(app, "set-limit", "D001", "1", "--reason", "r", "--dry-run")
    assert read(run(app, "show", "D001", "--json"))["limit"] == "500000000.00"


def test_dealers_are_imported_all_or_none(run: Run, tmp_path: Path) -> None:
    known, file = dealers.DEMO_DEALERS[1], tmp_path / "dealers.csv"
    head = "code,name,identifier,rating,limit,status\n"
    file.write_text(f"{head}D002,{known.name},{known.identifier},A,5000000,exited\n", "utf-8")
    run(dealers_command.app, "import", file, "--reason", "taken over")
    assert read(run(dealers_command.app, "show", "D002", "--json"))["status"] == "exited"
    file.write_text(f"{head}D002,{known.name},{known.identifier},A,1,active\nD010,X,1234,A,1,\n", "utf-8")
    with pytest.raises(InvalidInputError, match="1234"):
        run(dealers_command.app, "import", file, "--reason", "taken over")
    assert read(run(dealers_command.app, "show", "D002", "--json"))["limit"] == "5000000.00"


# ------------------------------------------------------------ blacklist


def test_an_entry_is_made_found_and_lifted(run: Run) -> None:
    app = blacklist.app
    told = run(app, "add", "phone", "138-0000 0001", "--reason", "fraud", "--name", "赵某")
    assert "phone 13800000001 entered" in told
    found = read(run(app, "check", "phone", "13800000001", "--json", code=1))
    (entry,) = [each["entry"] for each in found["hits"]]
    with pytest.raises(EntryExistsError):
        run(app, "add", "phone", "13800000001", "--reason", "again")
    run(app, "lift", entry, "--reason", "mistaken identity", by="gao.ling")
    assert "is not on the blacklist" in run(app, "check", "phone", "13800000001")
    with pytest.raises(InvalidInputError, match="would fit nobody: it is no unified social credit code"):
        run(app, "check", "firm", "91310000MA1FL3FT07")  # a mistyped one is not clean
    assert read(run(app, "list", "--json")) == []
    (kept,) = read(run(app, "list", "--lifted", "--json"))
    assert (kept["lifted_by"], kept["lifted_because"]) == ("gao.ling", "mistaken identity")


def test_an_entry_names_the_running_applications_and_stands_although_they_cannot_be_told(
    run: Run, house: ScreeningHouse
) -> None:
    form = house.take()
    wish = ["add", "person", form.lessee.identifier, "--reason", "fraud"]
    assert read(run(blacklist.app, *wish, "--dry-run", "--json"))["running"] == [form.application_id]
    told = run(blacklist.app, *wish)
    assert f"running: {form.application_id}" in told
    assert "were not told" in told
    run(blacklist.app, "check", "person", form.lessee.identifier, code=1)


def test_where_an_entry_was_met_is_shown(run: Run, house: ScreeningHouse) -> None:
    form = house.take()
    run(blacklist.app, "add", "vin", form.assets[0].identifier, "--reason", "stolen", "--from", "2026-11-01")
    house.screen(form)
    shown = run(blacklist.app, "check", "vin", form.assets[0].identifier, code=1)
    assert form.application_id in shown
    assert "asset 1" in shown


def test_who_may_not_changes_no_blacklist(run: Run) -> None:
    with pytest.raises(WrongActorError):
        run(blacklist.app, "add", "phone", "1", "--reason", "r", by="deng.chao")


@pytest.mark.parametrize(
    ("kind", "value"), [("firm", "123"), ("person", "110105194912310021"), ("phone", "12"), ("account", "1")]
)
def test_an_entry_that_could_fit_nobody_is_refused(run: Run, kind: str, value: str) -> None:
    with pytest.raises(InvalidInputError, match=f"{kind} '{value}' would fit nobody"):
        run(blacklist.app, "add", kind, value, "--reason", "r")


def test_an_entry_that_ends_before_it_begins_is_refused(run: Run) -> None:
    with pytest.raises(InvalidInputError, match="is before from"):
        run(blacklist.app, "add", "phone", "1", "--reason", "r", "--until", "2020-01-01")


# ------------------------------------------------------------ exposure


def test_groups_are_imported_and_their_limits_shown(run: Run, house: ScreeningHouse, tmp_path: Path) -> None:
    form = house.take()
    house.screen(form)
    file = tmp_path / "groups.csv"
    lines = ["identifier,name,group,related,note", f"{form.lessee.identifier},某人,G1,yes,director"]
    file.write_text("\n".join(lines), "utf-8")
    run(exposure.app, "groups", "import", file)
    shown = read(run(exposure.app, "show", form.lessee.identifier, "--json"))
    assert {each["limit"]: each["outstanding"] for each in shown["limits"]} == {
        "single lessee": "80000.00",
        "group G1": "80000.00",
        "related party": "80000.00",
        "all related parties": "80000.00",
    }
    assert shown["limits"][1]["at_most"] == "500000000.00"
    assert read(run(exposure.app, "groups", "list", "--json"))[0]["note"] == "director"
    with pytest.raises(InvalidInputError, match="'91310000MA1FL3FT07' is neither"):
        run(exposure.app, "show", "91310000MA1FL3FT07")
    file.write_text("identifier,related\nX,perhaps\n", "utf-8")
    with pytest.raises(InvalidInputError, match="line 2: related 'perhaps'"):
        run(exposure.app, "groups", "import", file)


def test_files_are_read_as_spreadsheets_save_them_and_refused_where_they_are_none(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "groups.csv"
    file.write_bytes("identifier,name,group\nX,某人,G1\n".encode("gb18030"))
    run(exposure.app, "groups", "import", file)
    assert read(run(exposure.app, "groups", "list", "--json"))[0]["name"] == "某人"
    imports = [
        (exposure.app, ("groups", "import", file)),
        (dealers_command.app, ("import", file, "--reason", "r")),
    ]
    for content in (b"", b"\xff\xfe\x00"):
        file.write_bytes(content)
        for app, arguments in imports:
            with pytest.raises(InvalidInputError, match=r"groups.csv (has no column|is no CSV file)"):
                run(app, *arguments)


# ------------------------------------------------------------ screenings


def test_a_screening_is_shown_with_facts_rules_and_sources(run: Run, house: ScreeningHouse) -> None:
    form = house.take()
    house.screen(form, overdue_accounts=2)
    app, name = screening_command.app, form.application_id
    told = run(app, name, "--trace")
    assert "advice refer, grade C" in told
    assert "a party has 2 accounts overdue now" in told
    assert "bureau.overdue_accounts" in told
    assert "points-overdue-few" in told
    plain = read(run(app, name, "--round", 1, "--json"))
    assert plain["decision"]["advice"] == "refer"
    assert {each["source"] for each in plain["outside"]} == {"bureau", "anti-fraud"}
    with pytest.raises(WrongActorError, match="may not see screenings"):
        run(app, name, by="deng.chao")
    with pytest.raises(InvalidInputError, match="was not screened in round 2"):
        run(app, name, "--round", 2)
    with pytest.raises(InvalidInputError, match="was not screened"):
        run(app, "L-404")


def test_facts_are_tried_without_an_application(run: Run, tmp_path: Path) -> None:
    file, app = tmp_path / "facts.json", screening_command.app
    file.write_text(json.dumps(ALL_WELL.as_data()), "utf-8")
    assert "advice approve, grade A" in run(app, "--try", file)
    file.write_text(json.dumps({"bureau": {"score": 380}}), "utf-8")
    tried = read(run(app, "--try", file, "--json"))
    assert tried["decision"]["reasons"][0]["rule"] == "bureau-score-low"
    for wrong, named in (({"bureau": {"colour": 1}}, "bureau.colour"), ({"bureau": {"score": "x"}}, "score")):
        file.write_text(json.dumps(wrong), "utf-8")
        with pytest.raises(InvalidInputError, match=named):
            run(app, "--try", file)
    for none in ("[]", '"x"', '{"bureau": 1}'):
        file.write_text(none, "utf-8")
        with pytest.raises(InvalidInputError, match="holds no facts"):
            run(app, "--try", file)
    file.write_text("{}", "utf-8")
    with pytest.raises(InvalidInputError, match="--set 'other'"):
        run(app, "--try", file, "--set", "other")


def test_a_trace_that_was_altered_in_the_database_is_not_shown(run: Run, house: ScreeningHouse) -> None:
    form = house.take()
    result = house.screen(form)
    with house.database.transaction() as session:
        assert screening.trace_of(session, result.trace_sha256)["application"] == form.application_id
        with pytest.raises((InvalidInputError, RefusedByRuleError)):
            screening.trace_of(session, "0" * 64)
