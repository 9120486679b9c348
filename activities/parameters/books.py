"""Proposals in the database, and the versions that they become."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlmodel import Session
from temporalio import activity

from activities.parameters import checking
from activities.parameters.previews import preview
from activities.store import parameter_changes as store
from activities.store import parameters
from activities.store.database import Database
from activities.store.tables.house import ParameterProposalRow
from models.errors import InvalidInputError, RefusedByRuleError
from models.parameters.changes.errors import StaleProposalError
from models.parameters.changes.messages import (
    Checked,
    CloseProposal,
    Entered,
    EnterVersion,
    Previewed,
    Proposal,
    ProposalState,
    ProposalStep,
    TakenEffect,
)
from models.parameters.changes.previews import Preview
from models.parameters.changes.rules import effective_instant, taken_up
from models.parameters.registry import ParameterSet, parameter_set
from workflows.parameters.steps import ParameterBooks, ParameterPreviews

_LINES: Final = 50
"""So many differences go into a workflow; all of them are in the database."""


class PostgresParameterBooks(ParameterBooks):
    """Proposals and versions in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="parameters.propose")
    def propose(self, proposal: Proposal) -> Checked:
        at = activity.info().scheduled_time
        with self._database.transaction() as session:
            return propose(session, proposal, at=at)

    @activity.defn(name="parameters.enter_version")
    def enter_version(self, request: EnterVersion) -> Entered:
        with self._database.transaction() as session:
            row = store.find(session, request.proposal_id, lock=True)
            return _enter_version(session, row, request)

    @activity.defn(name="parameters.close")
    def close(self, request: CloseProposal) -> None:
        with self._database.transaction() as session:
            row = store.find(session, request.proposal_id, lock=True)
            if ProposalState(row.state).is_open:
                sentence = f"{request.state} by {request.by}: {request.note}"
                store.decide(
                    session, row, request.state, sentence, by=request.by, note=request.note, at=request.at
                )

    @activity.defn(name="parameters.take_effect")
    def take_effect(self, step: ProposalStep) -> TakenEffect:
        with self._database.transaction() as session:
            row = store.find(session, step.proposal_id, lock=True)
            current = parameters.in_force(session, parameter_set(row.name), step.at).version
            if current == row.version:
                row.state, row.sentence = ProposalState.IN_FORCE, taken_up(row.name)
            else:
                row.state = ProposalState.SUPERSEDED
                row.sentence = f"version {current} was in force when its time came"
            return TakenEffect(ProposalState(row.state), row.sentence)


class ReplayingPreviews(ParameterPreviews):
    """Previews by going through what happened lately."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name="parameters.preview")
    def preview(self, step: ProposalStep) -> Previewed:
        with self._database.transaction() as session:
            row = store.find(session, step.proposal_id, lock=True)
            made = store.preview_of(row)
            if made is None:
                made = _preview(session, row, at=step.at)
                store.keep_preview(session, row, made, at=step.at)
            return Previewed(_lines(row, made), made.outcome())


def propose(session: Session, proposal: Proposal, *, at: datetime) -> Checked:
    """Check a proposal and enter it; one that breaks a rule is answered, and leaves no trace."""
    store.lock_set(session, proposal.set_name)
    row = store.known(session, proposal.proposal_id)
    try:
        if row is None:
            approvers = checking.check(session, proposal, at=at)
            store.enter(session, proposal, at=at)
        else:  # entered by a try before this one
            approvers = checking.approvers(session, parameter_set(row.name), row.proposed_by)
    except (RefusedByRuleError, InvalidInputError) as error:
        return Checked(refusal=str(error))
    return Checked(approvers=approvers)


def _enter_version(session: Session, row: ParameterProposalRow, request: EnterVersion) -> Entered:
    wanted = parameter_set(row.name)
    if row.version is not None:  # entered by a try before this one
        return _entered(session, wanted, row.version)
    store.lock_set(session, row.name)
    newest = parameters.newest_version(session, wanted)
    by, note = request.approved_by, request.note
    if newest != row.base_version:
        sentence = StaleProposalError(row.name, row.base_version, newest).message
        store.decide(session, row, ProposalState.STALE, sentence, by=by, note=note, at=request.at)
        return Entered(stale=sentence)
    row.version = parameters.change(
        session,
        wanted,
        row.value,
        effective_from=effective_instant(row.effective_from, request.at, back_dating=wanted.back_dating),
        changed_by=f"{row.proposed_by}, {by}",
        reason=row.reason,
    )
    session.flush()
    sentence = f"approved by {by} as version {row.version}"
    store.decide(session, row, ProposalState.APPROVED, sentence, by=by, note=note, at=request.at)
    return _entered(session, wanted, row.version)


def _entered(session: Session, wanted: ParameterSet[Any], version: int) -> Entered:
    found = next(each for each in parameters.history(session, wanted) if each.version == version)
    return Entered(version, found.effective_from)


def _preview(session: Session, row: ParameterProposalRow, *, at: datetime) -> Preview:
    return preview(
        session,
        row.name,
        parameter_set(row.name).checked(row.value),
        effective_from=row.effective_from or at,
        at=at,
        days=row.replay_days,
    )


def _lines(row: ParameterProposalRow, made: Preview) -> tuple[str, ...]:
    if row.base_version == 0 and all(each.old is None for each in made.differences):
        return (f"first value of {row.name}, {len(made.differences)} parameters",)
    return tuple(each.sentence for each in made.differences[:_LINES])
