"""Lease applications from the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from temporalio.testing import WorkflowEnvironment
from typer.testing import CliRunner, Result

from activities.store.database import Database
from cli.lease import app
from models.approval.commands import Approve
from models.approval.messages import Condition
from models.errors import InvalidInputError, LeaseflowError, RefusedByRuleError
from models.lease.application.errors import ApplicationExistsError, UnknownApplicationError
from models.lease.application.form import LeaseForm
from models.lease.application.written import as_written
from models.people import WrongActorError
from tests.factories.applications import TO_PEOPLE, ApplyingHouse, actor, applying_house
from tests.factories.leases import LeaseFactory

pytestmark = pytest.mark.stack


@dataclass
class Desk:
    """Somebody at a terminal of the house."""

    house: ApplyingHouse
    directory: Path
    forms: LeaseFactory

    async def run(self, *arguments: str, by: str = "deng.chao") -> Result:
        """What a command leaves; what it refuses is raised."""
        invoke = CliRunner(env={"LEASEFLOW_AS": by}).invoke
        result = await asyncio.to_thread(invoke, app, arguments)
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result

    def file(self, form: LeaseForm, **changes: Any) -> str:
        path = self.directory / f"{form.application_id}.json"
        path.write_text(json.dumps(as_written(form) | changes, ensure_ascii=False))
        return str(path)

    def lines(self, *lines: object) -> str:
        path = self.directory / "many.jsonl"
        told = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in lines]
        path.write_text("\n".join(told))
        return str(path)

    async def stands(self, form: LeaseForm, state: str) -> None:
        async with asyncio.timeout(30):
            while (await asyncio.to_thread(self.house.row, form.application_id)).state != state:
                pass


@pytest.fixture
async def desk(
    temporal: WorkflowEnvironment, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Desk]:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", database.url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.client.service_client.config.target_host)
    async with applying_house(temporal, database) as house:
        with temporal.auto_time_skipping_disabled():
            seed = crc32(str(tmp_path).encode())
            yield Desk(house, tmp_path, LeaseFactory(seed, prefix=f"C{seed}"))


async def test_an_application_is_entered_once_however_often_it_is_sent(desk: Desk) -> None:
    form = desk.forms.express()
    path = desk.file(form)
    rehearsed = await desk.run("apply", "--file", path, "--dry-run")
    assert "24 × 3687.16" in rehearsed.stdout
    assert "(nothing was entered)" in rehearsed.stdout
    with pytest.raises(UnknownApplicationError):
        await desk.run("show", form.application_id)
    for _ in range(2):
        result = await desk.run("apply", "--file", path, "--submit")
        assert result.stdout.startswith(f"application/{form.application_id} contracting, contract SH-")
    with pytest.raises(ApplicationExistsError):
        await desk.run("apply", "--file", path, "--set", "financing.instalments=12", "--submit")


async def test_faults_are_listed_with_their_fields(desk: Desk) -> None:
    form = desk.forms.express(dealer="D999")
    path = desk.file(form)
    wrong = ("--set", "financing.instalments=99")
    result = await desk.run("check", path, *wrong, "--json")
    assert result.exit_code == 1
    fields = [each["field"] for each in json.loads(result.stdout)["faults"]]
    assert fields == ["financing.instalments", "dealer"]
    boat = await desk.run("check", path, "--set", "product=boat", "--set", "parties[0].phone=1", "--json")
    fields = [each["field"] for each in json.loads(boat.stdout)["faults"]]
    assert fields == ["product", "parties[0].phone"]
    unreadable = await desk.run("check", desk.file(form, colour="red"), "--json")
    assert json.loads(unreadable.stdout)["faults"] == [
        {"field": "colour", "value": "'red'", "sentence": "nobody knows this name"}
    ]
    with pytest.raises(InvalidInputError, match="no such place"):
        await desk.run("check", path, "--set", "assets[7].price=1")


async def test_a_form_whose_id_is_taken_is_checked_all_the_same(desk: Desk) -> None:
    form = desk.forms.express()
    path = desk.file(form)
    await desk.run("apply", "--file", path)
    told = await desk.run("check", path, "--set", "financing.instalments=99", "--json")
    faults = json.loads(told.stdout)["faults"]
    assert [each["field"] for each in faults] == ["application_id", "financing.instalments"]
    with pytest.raises(InvalidInputError, match=r"of application '.*', not 'L1'"):
        await desk.run("revise", "L1", "--file", path)


@pytest.mark.parametrize(
    "product", ["vehicle-direct", "vehicle-leaseback", "equipment-direct", "vehicle-express"]
)
async def test_an_example_has_no_faults(desk: Desk, product: str) -> None:
    example = (await desk.run("form", "--example", product)).stdout
    path = desk.directory / "example.json"
    path.write_text(example)
    assert "has no faults" in (await desk.run("check", str(path))).stdout


async def test_a_changed_offer_is_accepted_by_those_who_read_it(desk: Desk) -> None:
    desk.house.rules.screened = TO_PEOPLE
    form = desk.forms.express()
    await desk.run("apply", "--file", desk.file(form), "--submit")
    condition = (Condition("deposit", "0.00"), Condition("instalments", "12"))
    command = Approve(actor("li.wei"), "shorter", condition)
    await desk.house.decide(f"{form.application_id}-1", "approve", command)
    await desk.stands(form, "offered")
    shown = (await desk.run("offer", form.application_id)).stdout
    assert "changed: Rents 12 instead of 24" in shown
    assert "apr" in shown
    with pytest.raises(RefusedByRuleError, match="differs from what was applied for"):
        await desk.run("accept", form.application_id)
    with pytest.raises(RefusedByRuleError, match="is not 00000000"):
        await desk.run("accept", form.application_id, "--terms", "00000000")
    terms = json.loads((await desk.run("offer", form.application_id, "--json")).stdout)["terms_sha256"]
    with pytest.raises(RefusedByRuleError, match="it is the applicant's side that does"):
        await desk.run("accept", form.application_id, "--terms", terms[:8], by="zhang.min")
    told = (await desk.run("accept", form.application_id, "--terms", terms[:8])).stdout
    assert "contracting, contract SH-" in told
    rows = json.loads((await desk.run("plan", form.application_id, "--json")).stdout)["rows"]
    assert len(rows) == 12


async def test_dealers_see_and_write_their_own_only(desk: Desk) -> None:
    form = desk.forms.express()
    with pytest.raises(WrongActorError):
        await desk.run("apply", "--file", desk.file(form), by="ma.jun")
    await desk.run("apply", "--file", desk.file(form))
    assert form.application_id in (await desk.run("list")).stdout
    assert form.application_id in (await desk.run("list", by="sun.yue")).stdout
    assert form.application_id not in (await desk.run("list", by="ma.jun")).stdout
    for command in ("show", "history", "plan"):
        with pytest.raises(WrongActorError):
            await desk.run(command, form.application_id, by="ma.jun")


async def test_a_draft_is_shown_revised_submitted_and_withdrawn(desk: Desk) -> None:
    desk.house.rules.screened = TO_PEOPLE
    form = desk.forms.express()
    path = desk.file(form)
    assert "draft" in (await desk.run("apply", "--file", path)).stdout
    shown = json.loads((await desk.run("show", form.application_id, "--json")).stdout)
    assert (shown["state"], shown["financed"]) == ("draft", "80000.00")
    assert shown["waiting_for"] == "the applicant's side to complete and submit it"
    revised = ("--set", "financing.instalments=12")
    told = await desk.run("revise", form.application_id, "--file", path, *revised, "--json")
    assert json.loads(told.stdout)["version"] == 2
    assert "screening" in (await desk.run("submit", form.application_id)).stdout
    await desk.stands(form, "approving")
    with pytest.raises(RefusedByRuleError, match="cannot be submitted"):
        await desk.run("submit", form.application_id)
    told = await desk.run("withdraw", form.application_id, "--reason", "changed plans")
    assert "withdrawn: changed plans" in told.stdout
    events = json.loads((await desk.run("history", form.application_id, "--json")).stdout)
    assert [each["state"] for each in events["events"]][-1] == "withdrawn"
    assert [each["version"] for each in events["versions"]] == [1, 2]
    with pytest.raises(RefusedByRuleError, match="takes no more commands: withdrawn"):
        await desk.run("withdraw", form.application_id, "--reason", "again")


async def test_a_file_without_forms_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInputError, match="holds no form"):
        await desk.run("apply", "--file", desk.lines(""))


async def test_many_lines_have_an_answer_each(desk: Desk) -> None:
    good = [desk.forms.express() for _ in range(5)]
    stolen = desk.forms.express(assets=good[0].assets)
    faulty = desk.forms.express(region="")
    foreign = desk.forms.express(dealer="D002")
    path = desk.lines(
        *(as_written(form) for form in good[:3]), "{", as_written(faulty), as_written(foreign),
        as_written(good[0]), *(as_written(form) for form in good[3:]),
    )  # fmt: skip
    result = await desk.run("apply", "--file", path, "--submit", "--json")
    answers = json.loads(result.stdout)
    assert result.exit_code == 1
    states = [each["state"] for each in answers]
    assert states == ["contracting"] * 3 + ["refused"] * 4 + ["contracting"] * 2
    assert "no JSON" in answers[3]["sentence"]
    assert "region" in answers[4]["sentence"]
    assert "may not capture applications of dealer D002" in answers[5]["sentence"]
    assert "stands in an earlier line" in answers[6]["sentence"]
    again = await desk.run("apply", "--file", desk.lines(*(as_written(form) for form in good)), "--submit")
    assert again.exit_code == 0
    other = replace(good[0], note="another")
    late = await desk.run("apply", "--file", desk.lines(as_written(other), as_written(stolen)), "--json")
    told = [each["sentence"] for each in json.loads(late.stdout)]
    assert "exists with another form" in told[0]
    assert f"the asset is in application {good[0].application_id}" in told[1]
