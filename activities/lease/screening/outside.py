"""Asking outside sources about every party at once; what they said is kept, and why they said nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlmodel import Session
from temporalio import activity

from activities.heartbeat import alive
from activities.lease.screening.rulebook import Rulebook
from activities.ports.antifraud import AntiFraud
from activities.ports.bureau import Bureau, OutsideSilentError
from activities.store import documents
from activities.store.database import Database
from activities.store.lease import applications, screening
from activities.store.tables.lease import LeaseFormRow
from activities.store.tables.screening import OutsideAnswerRow
from models.errors import LeaseflowError
from models.lease.screening.messages import OutsideAnswer, OutsideHeard, ScreenApplication
from models.lease.screening.outside import Enquiry, Heard, Source, enquiry_reference, parties_asked
from models.parameters.registry import SCREENING
from models.parameters.screening import OutsideParameters
from workflows.lease.application_steps import OutsideData

_LONGEST_FAULT = 300


@dataclass(frozen=True)
class _Question:
    """An enquiry that was not answered yet under its key."""

    source: Source
    enquiry: Enquiry


class AskedOutside(OutsideData):
    """Asks bureau and anti-fraud data.

    Each key (application, version, round, source, party) is asked once, whatever happens to this process:
    an answer or its absence is kept under it, and the enquiry's reference is made of it, so that a try that
    was cut off after the bureau charged is not charged again.

    Args:
        database: where answers are kept.
        bureau: the credit bureau.
        antifraud: the pool of anti-fraud data.
    """

    def __init__(self, database: Database, bureau: Bureau, antifraud: AntiFraud) -> None:
        self._database = database
        self._rules = Rulebook()
        self._ask_of: dict[Source, Callable[[Enquiry], Awaitable[Heard]]] = {
            Source.BUREAU: bureau.report,
            Source.ANTI_FRAUD: antifraud.check,
        }

    @activity.defn(name="lease.ask_outside")
    async def ask_outside(self, ask: ScreenApplication) -> OutsideHeard:
        questions, rules, first = await asyncio.to_thread(self._prepare, ask)
        async with alive():
            heard = await asyncio.gather(*(self._hear(question, rules) for question in questions))
        told = list(zip(questions, heard, strict=True))
        rows = await asyncio.to_thread(partial(self._keep, ask, told, first=first))
        return OutsideHeard(
            tuple(OutsideAnswer(row.source, row.party, row.sha256 or "", row.fault) for row in rows)
        )

    def _prepare(self, ask: ScreenApplication) -> tuple[list[_Question], OutsideParameters, bool]:
        """What is still to be asked, by which rules, and whether that is everything.

        Reports that are young enough are taken over.
        """
        with self._database.transaction() as session:
            rules = self._rules.open(session, (SCREENING,), ask.at).of(SCREENING).value.outside
            known = {(row.source, row.party) for row in screening.answers(session, ask)}
            known |= _taken_over(session, ask, rules, without=known)
            questions = _questions(session, ask)
        open_ = [
            each for each in questions if (each.source.value, each.enquiry.party.identifier) not in known
        ]
        return open_, rules, not known

    async def _hear(self, question: _Question, rules: OutsideParameters) -> Heard | str:
        """An answer, or why there is none."""
        fault = ""
        for _ in range(rules.tries):
            try:
                async with asyncio.timeout(rules.answer_seconds):
                    return await self._ask_of[question.source](question.enquiry)
            except TimeoutError:
                fault = f"{question.source} did not answer in {rules.answer_seconds:g} s"
            except OutsideSilentError as error:
                fault = error.message
            except LeaseflowError as error:  # asking again would bring the same
                return error.message
        return fault

    def _keep(
        self, ask: ScreenApplication, told: Sequence[tuple[_Question, Heard | str]], *, first: bool
    ) -> list[OutsideAnswerRow]:
        """Keep what was heard, and give everything that is known of the version and round.

        Args:
            ask: names them.
            told: what was heard now.
            first: nothing was known before, so there is nothing to look up.
        """
        with self._database.transaction() as session:
            rows = [_row(session, ask, *each) for each in told]
            all_new = screening.keep_answers(session, rows)
            if all_new and first:
                return sorted(rows, key=lambda row: (row.source, row.party))
            return screening.answers(session, ask)


def _questions(session: Session, ask: ScreenApplication) -> list[_Question]:
    form = applications.form_of(session, ask.application_id, ask.version)
    entered = session.get(LeaseFormRow, (ask.application_id, ask.version))
    by = entered.captured_by if entered else ""
    consent = f"application {ask.application_id} version {ask.version}, signed by the party, taken by {by}"
    return [
        _Question(
            source,
            Enquiry(
                enquiry_reference(ask.application_id, ask.version, ask.round, number),
                ask.application_id,
                party,
                consent,
            ),
        )
        for number, party in enumerate(parties_asked(form), start=1)
        for source in Source
    ]


def _taken_over(
    session: Session, ask: ScreenApplication, rules: OutsideParameters, *, without: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Keep reports of earlier rounds under this key, too, as long as they are young enough."""
    if ask.round == 1 and ask.version == 1:
        return set()
    since = ask.at - timedelta(days=rules.report_days)
    recent = screening.recent_reports(session, ask.application_id, since=since)
    rows = [
        OutsideAnswerRow(**(row.model_dump() | {"version": ask.version, "round": ask.round}))
        for row in recent
        if (row.source, row.party) not in without
    ]
    screening.keep_answers(session, rows)
    return {(row.source, row.party) for row in rows}


def _row(
    session: Session, ask: ScreenApplication, question: _Question, told: Heard | str
) -> OutsideAnswerRow:
    row = OutsideAnswerRow(
        application_id=ask.application_id,
        version=ask.version,
        round=ask.round,
        source=question.source,
        party=question.enquiry.party.identifier,
        reference=question.enquiry.reference,
        consent=question.enquiry.consent,
        asked_at=ask.at,
    )
    if isinstance(told, str):
        row.fault, row.charges = told[:_LONGEST_FAULT], 0
        return row
    row.sha256 = documents.keep(session, told.content, media_type="application/json")
    row.findings = screening.findings_as_data(question.source, told.findings)
    row.charges = told.charges
    return row
