"""Documents added by command: kept, told to the application's workflow, read on the readers' queue."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker
from typer.testing import CliRunner

from activities.adapters.faces.comparers import PersonsEyes
from activities.adapters.faces.pictures import beside
from activities.adapters.ocr.engines import load_reader
from activities.adapters.papers.pooled import PapersHere
from activities.lease.application.books import PostgresApplications
from activities.lease.documents.books import PostgresDocumentBooks
from activities.lease.documents.faces import FaceDesk
from activities.lease.documents.reader import PaperDesk
from activities.ports.reading import UnreadableDocumentError
from activities.store import people
from activities.store.database import Database
from activities.store.lease import applications, dealers
from cli.lease.documents import app
from models.errors import InvalidInputError, LeaseflowError
from models.lease.application.form import LeaseForm
from models.lease.application.messages import OpenApplication
from models.lease.workflow_ids import application_workflow
from models.people import WrongActorError
from sandbox.papers.portfolio import papers_for
from tests.factories.leases import LeaseFactory
from tests.factories.threads import GRACE
from workers.directory import DEMO_STAFF
from workers.registry import steps_of, workflow_runner
from workflows.lease.application import LeaseApplication
from workflows.queues import Queue

pytestmark = [pytest.mark.ocr, pytest.mark.stack]

Leaseflow = Callable[..., Awaitable[str]]
DEMO = {member.username: member for member in DEMO_STAFF}


@pytest.fixture
async def leaseflow(
    temporal: WorkflowEnvironment, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Leaseflow]:
    monkeypatch.setenv("LEASEFLOW_DATABASE_URL", database.url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.client.service_client.config.target_host)
    with database.transaction() as session:
        people.enter_staff(session, DEMO_STAFF)
        dealers.enter_demo_dealers(session)
    reader = PaperDesk(database, PapersHere(load_reader()), FaceDesk(database, PersonsEyes(), beside))

    async def run(*arguments: str, by: str = "li.wei") -> str:
        invoke = CliRunner(env={"LEASEFLOW_AS": by}).invoke
        result = await asyncio.to_thread(invoke, app, arguments)
        if isinstance(result.exception, LeaseflowError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    books = [*steps_of(PostgresApplications(database)), *steps_of(PostgresDocumentBooks(database))]
    with ThreadPoolExecutor(4) as threads, temporal.auto_time_skipping_disabled():
        engine = Worker(
            temporal.client,
            task_queue=Queue.ENGINE,
            workflows=[LeaseApplication],
            activities=books,
            activity_executor=threads,
            graceful_shutdown_timeout=GRACE,
            workflow_runner=workflow_runner(),
        )
        readers = Worker(temporal.client, task_queue=Queue.OCR, activities=steps_of(reader))
        async with engine, readers:
            yield run


async def opened(client: Client, form: LeaseForm) -> None:
    """An application that is a draft."""
    opening = OpenApplication(form, DEMO["deng.chao"].actor())
    await client.start_workflow(
        LeaseApplication.run,
        opening,
        id=application_workflow(form.application_id),
        task_queue=Queue.ENGINE,
    )


def drawn(form: LeaseForm, directory: Path) -> dict[str, Path]:
    data: dict[str, Any] = applications.form_as_data(form)
    files = {}
    for name, content in papers_for(data, today=date(2026, 11, 22)):
        files[name] = directory / name
        files[name].write_bytes(content)
    return files


async def test_documents_are_kept_read_and_told_to_the_workflow(
    leaseflow: Leaseflow, temporal: WorkflowEnvironment, database: Database, tmp_path: Path
) -> None:
    form = LeaseFactory(71, prefix="DOC").form()
    await opened(temporal.client, form)
    await entered(database, form)
    files = drawn(form, tmp_path)
    told = await leaseflow("add", form.application_id, str(files["licence-1.jpg"]), by="deng.chao")
    assert told.startswith(f"document/{form.application_id}-P1 business-licence: business licence of ")
    again = json.loads(
        await leaseflow("add", form.application_id, str(files["licence-1.jpg"]), "--json", by="deng.chao")
    )
    assert [each["document_id"] for each in again] == [f"{form.application_id}-P1"]
    would = await leaseflow("add", form.application_id, str(files["invoice-1.jpg"]), "--dry-run")
    assert would.startswith("would add invoice-1.jpg (image/jpeg")
    listed = json.loads(await leaseflow("list", form.application_id, "--json"))
    assert [(each["kind"], each["version"], each["state"]) for each in listed] == [
        ("business-licence", 1, "read")
    ]
    handle = temporal.client.get_workflow_handle_for(
        LeaseApplication.run, application_workflow(form.application_id)
    )
    status = await handle.query(LeaseApplication.status)
    assert [each.document_id for each in status.documents] == [f"{form.application_id}-P1"]
    told = await leaseflow("classify", f"{form.application_id}-P1", "--kind", "other")
    assert told.startswith(f"document/{form.application_id}-P1 other")


async def test_what_cannot_be_added_is_refused_before_anything_is_kept(
    leaseflow: Leaseflow, temporal: WorkflowEnvironment, database: Database, tmp_path: Path
) -> None:
    form = LeaseFactory(72, prefix="DOD").form()
    await opened(temporal.client, form)
    await entered(database, form)
    empty, text = tmp_path / "empty.pdf", tmp_path / "statement.csv"
    empty.write_bytes(b"")
    text.write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableDocumentError, match="empty"):
        await leaseflow("add", form.application_id, str(text), str(empty))
    with pytest.raises(InvalidInputError, match="cannot be read"):
        await leaseflow("add", form.application_id, str(tmp_path / "nowhere.pdf"))
    with pytest.raises(InvalidInputError, match="no party or asset"):
        await leaseflow("add", form.application_id, str(text), "--of", "nobody")
    with pytest.raises(WrongActorError, match="dealer D002"):
        await leaseflow("add", form.application_id, str(text), by="ma.jun")
    with pytest.raises(InvalidInputError, match="does not exist"):
        await leaseflow("add", "DOD-none", str(text))
    assert json.loads(await leaseflow("versions", form.application_id, "--json")) == []


async def entered(database: Database, form: LeaseForm) -> None:
    """Wait until the workflow has entered the form."""
    async with asyncio.timeout(30):
        while True:
            with database.transaction() as session:
                try:
                    applications.application(session, form.application_id)
                except InvalidInputError:
                    await asyncio.sleep(0)
                else:
                    return
