"""Applications by the thousand: every line a form, every line an answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Final

import typer
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from activities.store import parameters
from activities.store.lease import application_lists, applications
from activities.store.tables.lease import LeaseApplicationRow
from cli.house import first_cause, reading
from cli.lease.forms import Line, read_lines
from cli.lease.starting import start
from cli.output import ExitCode, done, note, print_json
from models.calendar import business_date
from models.errors import InvalidInputError, LeaseflowError
from models.lease.application.checks import faults_of
from models.lease.application.errors import ApplicationExistsError, FaultyFormError, UnknownProductError
from models.lease.application.form import LeaseForm
from models.lease.application.messages import ApplicationState, OpenApplication
from models.lease.application.rights import require_capture
from models.lease.workflow_ids import application_workflow
from models.parameters.lease import LeaseProduct
from models.parameters.registry import LEASE_PRODUCTS
from models.people import Actor
from workers.settings import load_settings
from workers.temporal import connect

_LOOK_EVERY: Final = 0.5
"""Seconds between two looks at the books."""
_ASK_AFTER: Final = 5
"""Looks after which an application that is in no book is asked for one by one."""
REFUSED: Final = "refused"
ON_ITS_WAY: Final = "on-its-way"


@dataclass(slots=True)
class Answer:
    """What became of a line."""

    line: int
    application_id: str
    state: str = ON_ITS_WAY
    sentence: str = ""
    contract_number: str = ""

    @property
    def refused(self) -> bool:
        return self.state in applications.CAME_TO_NOTHING

    @property
    def settled(self) -> bool:
        return self.state not in {ON_ITS_WAY, ApplicationState.SCREENING}

    def take(self, row: LeaseApplicationRow) -> None:
        self.state, self.sentence = row.state, row.sentence
        self.contract_number = row.contract_number or ""


def apply_many(path: Path, person: Actor, *, wait: float, at_once: int, submit: bool, as_json: bool) -> None:
    """Start an application for every line that is a form without faults, and say what became of each.

    Lines that were entered before, with the same form, count as what they stand at now.
    """
    lines = list(read_lines(path))
    if not lines:
        raise InvalidInputError(f"{path} holds no form", remedy="Write one form a line, as JSON")
    answers = _check(lines, person)
    fresh = [line for line in lines if not answers[line.number].refused and line.form]
    asyncio.run(_run(fresh, answers, person, wait=wait, at_once=at_once, submit=submit))
    _tell(list(answers.values()), as_json=as_json)


def _check(lines: Sequence[Line], person: Actor) -> dict[int, Answer]:
    """What can be said of every line before anything is started."""
    now = datetime.now(UTC)
    with reading() as session:
        products = parameters.in_force(session, LEASE_PRODUCTS, now).value.products
        known = application_lists.opening_forms(
            session, [line.form.application_id for line in lines if line.form]
        )
    answers: dict[int, Answer] = {}
    seen: set[str] = set()
    for line in lines:
        answer = Answer(line.number, line.form.application_id if line.form else "")
        try:
            _check_line(line, person, products, known, seen, now)
        except LeaseflowError as error:
            answer.state, answer.sentence = REFUSED, str(error)
        answers[line.number] = answer
    return answers


def _check_line(
    line: Line,
    person: Actor,
    products: dict[str, LeaseProduct],
    known: dict[str, str],
    seen: set[str],
    now: datetime,
) -> None:
    form = line.form
    if form is None:
        raise LeaseflowError(line.fault)
    if form.application_id in seen:
        raise LeaseflowError(f"application id {form.application_id!r} stands in an earlier line")
    seen.add(form.application_id)
    require_capture(person, form)
    if form.application_id in known:
        if known[form.application_id] != applications.form_sha256(form):
            raise ApplicationExistsError(form.application_id)
        return
    product = products.get(form.product)
    if product is None:
        raise UnknownProductError(form.product, tuple(products))
    if faults := faults_of(form, product, business_date(now)):
        raise FaultyFormError(form.application_id, faults)


# ---------------------------------------------------------------- starting and following


async def _run(
    lines: Sequence[Line],
    answers: dict[int, Answer],
    person: Actor,
    *,
    wait: float,
    at_once: int,
    submit: bool,
) -> None:
    client = await connect(load_settings())
    places = asyncio.Semaphore(at_once)
    started = monotonic()

    async def begin(form: LeaseForm) -> None:
        async with places:
            try:
                await start(client, OpenApplication(form, person, submit))
            except WorkflowAlreadyStartedError:
                return  # it has ended: the books say how

    await asyncio.gather(*(begin(line.form) for line in lines if line.form))
    note(f"{len(lines)} started in {monotonic() - started:.1f} s")
    await _follow(client, [answers[line.number] for line in lines], until=monotonic() + wait)


async def _follow(client: Client, answers: Sequence[Answer], *, until: float) -> None:
    """Look at the books until every application is decided, or the time is over."""
    looks = 0
    while True:
        open_ = [answer for answer in answers if not answer.settled]
        await asyncio.to_thread(_look, open_)
        open_ = [answer for answer in open_ if not answer.settled]
        looks += 1
        if looks % _ASK_AFTER == 0:
            note(f"{len(answers) - len(open_)} of {len(answers)} decided")
            await _ask(client, [answer for answer in open_ if answer.state == ON_ITS_WAY])
        if not open_ or monotonic() >= until:
            return
        await asyncio.sleep(_LOOK_EVERY)


def _look(answers: Sequence[Answer]) -> None:
    with reading() as session:
        rows = application_lists.states(session, [answer.application_id for answer in answers])
    for answer in answers:
        if row := rows.get(answer.application_id):
            answer.take(row)


async def _ask(client: Client, answers: Iterable[Answer]) -> None:
    """Those in no book: a form that another one overtook fails when it is entered."""
    for answer in answers:
        handle = client.get_workflow_handle(application_workflow(answer.application_id))
        try:
            described = await handle.describe()
            if described.close_time is not None:
                await handle.result()
        except WorkflowFailureError as error:
            answer.state, answer.sentence = REFUSED, first_cause(error)
        except RPCError as error:
            answer.sentence = str(error)


def _tell(answers: Sequence[Answer], *, as_json: bool) -> None:
    if as_json:
        print_json(answers)
    else:
        for answer in answers:
            contract = f", contract {answer.contract_number}" if answer.contract_number else ""
            told = f": {answer.sentence}" if answer.sentence else ""
            name = f"application/{answer.application_id}" if answer.application_id else "(no form)"
            done(f"line {answer.line}: {name} {answer.state}{contract}{told}")
        counted = Counter(answer.state for answer in answers)
        note(", ".join(f"{count} {state}" for state, count in sorted(counted.items())))
    if any(answer.refused for answer in answers):
        raise typer.Exit(ExitCode.REFUSED)
