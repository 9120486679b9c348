"""Proposed changes of parameters: entered once, moved from state to state, never deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import func, select, text
from sqlmodel import Session, col

from activities.store.payments import orders
from activities.store.tables.house import ParameterProposalRow, ParameterVersionRow
from activities.store.tables.payments import PaymentRow
from models.errors import InvalidInputError
from models.parameters.changes.errors import OpenProposalError, UnknownProposalError
from models.parameters.changes.messages import Proposal, ProposalState
from models.parameters.changes.previews import Preview
from models.parameters.changes.replay import PastPayment
from models.parameters.registry import ParameterSet, Value
from models.payments.messages import PaymentState

_PREVIEW: Final = TypeAdapter(Preview)
_OPEN: Final = tuple(state for state in ProposalState if state.is_open)
_NOTHING_MOVED: Final = frozenset({PaymentState.REFUSED, PaymentState.FAILED, PaymentState.CANCELLED})
_AT_ONCE: Final = 1_000


def lock_set(session: Session, set_name: str) -> None:
    """One proposal or version of a set at a time; held until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"parameters/{set_name}"})


def next_number(session: Session, set_name: str) -> int:
    """The number that the next proposal of a set gets."""
    newest = session.execute(
        select(func.max(col(ParameterProposalRow.number))).where(col(ParameterProposalRow.name) == set_name)
    ).scalar_one()
    return (newest or 0) + 1


def enter(session: Session, proposal: Proposal, *, at: datetime) -> ParameterProposalRow:
    """Enter a proposal that was checked.

    Raises:
        OpenProposalError: another one of the set is open.
    """
    if (other := open_proposal(session, proposal.set_name)) is not None:
        raise OpenProposalError(proposal.set_name, other.proposal_id)
    row = ParameterProposalRow(
        proposal_id=proposal.proposal_id,
        name=proposal.set_name,
        number=proposal.number,
        base_version=proposal.base_version,
        value=proposal.value,
        effective_from=proposal.effective_from,
        replay_days=proposal.replay_days,
        reason=proposal.reason,
        proposed_by=proposal.proposed_by.username,
        proposed_at=at,
        state=ProposalState.CHECKING,
        sentence="being previewed",
    )
    session.add(row)
    session.flush()
    return row


def find(session: Session, proposal_id: str, *, lock: bool = False) -> ParameterProposalRow:
    """A proposal.

    Raises:
        UnknownProposalError: there is none of this id.
    """
    row = session.get(ParameterProposalRow, proposal_id, with_for_update=lock)
    if row is None:
        raise UnknownProposalError(proposal_id)
    return row


def known(session: Session, proposal_id: str) -> ParameterProposalRow | None:
    """A proposal, if it was entered."""
    return session.get(ParameterProposalRow, proposal_id)


def open_proposal(session: Session, set_name: str) -> ParameterProposalRow | None:
    """The proposal of a set that waits for its approval."""
    return session.execute(
        select(ParameterProposalRow).where(
            col(ParameterProposalRow.name) == set_name, col(ParameterProposalRow.state).in_(_OPEN)
        )
    ).scalar_one_or_none()


def keep_preview(session: Session, row: ParameterProposalRow, preview: Preview, *, at: datetime) -> None:
    """Keep what the change would do, and let it wait for its approval."""
    row.preview, row.previewed_at = _PREVIEW.dump_python(preview, mode="json"), at
    row.state, row.sentence = ProposalState.WAITING_FOR_APPROVAL, "; ".join(preview.outcome())
    session.add(row)


def preview_of(row: ParameterProposalRow) -> Preview | None:
    """The preview that was kept; None while it is being made."""
    return _PREVIEW.validate_python(row.preview) if row.preview is not None else None


def preview_json(preview: Preview) -> dict[str, Any]:
    """A preview as JSON can carry it."""
    plain: dict[str, Any] = _PREVIEW.dump_python(preview, mode="json")
    return plain


def decide(
    session: Session,
    row: ParameterProposalRow,
    state: ProposalState,
    sentence: str,
    *,
    by: str,
    note: str,
    at: datetime,
) -> None:
    """Somebody decided, or time did."""
    row.state, row.sentence = state, sentence
    row.decided_by, row.decided_at, row.note = by, at, note
    session.add(row)


def listed(session: Session, *, set_name: str | None, undecided: bool) -> list[ParameterProposalRow]:
    """Proposals, newest first."""
    query = select(ParameterProposalRow).order_by(
        col(ParameterProposalRow.proposed_at).desc(), col(ParameterProposalRow.proposal_id)
    )
    if set_name is not None:
        query = query.where(col(ParameterProposalRow.name) == set_name)
    if undecided:
        query = query.where(col(ParameterProposalRow.state).in_((*_OPEN, ProposalState.APPROVED)))
    return list(session.execute(query).scalars())


def versions_to_come(session: Session, set_name: str, *, after: datetime) -> list[ParameterVersionRow]:
    """Versions whose time comes later than an instant, the next one first."""
    rows = session.execute(
        select(ParameterVersionRow)
        .where(col(ParameterVersionRow.name) == set_name, col(ParameterVersionRow.effective_from) > after)
        .order_by(col(ParameterVersionRow.effective_from), col(ParameterVersionRow.version))
    )
    return list(rows.scalars())


def value_of(session: Session, parameters: ParameterSet[Value], version: int) -> Value:
    """The value of a version; 0 is the shipped one.

    Raises:
        InvalidInputError: the set has no such version.
    """
    if version == 0 and parameters.default is not None:
        return parameters.default
    row = session.execute(
        select(ParameterVersionRow).where(
            col(ParameterVersionRow.name) == parameters.name, col(ParameterVersionRow.version) == version
        )
    ).scalar_one_or_none()
    if row is None:
        raise InvalidInputError(
            f"{parameters.name} has no version {version}",
            remedy=f"See leaseflow params history {parameters.name}",
        )
    return parameters.model.model_validate(row.value)


def past_payments(session: Session, *, since: datetime, bank: str | None) -> Iterator[PastPayment]:
    """Orders since an instant in the order in which they came, those that were refused included."""
    query = (
        select(PaymentRow)
        .where(col(PaymentRow.requested_at) >= since)
        .order_by(col(PaymentRow.requested_at), col(PaymentRow.payment_id))
    )
    if bank is not None:
        query = query.where(col(PaymentRow.bank) == bank)
    for row in session.execute(query.execution_options(yield_per=_AT_ONCE)).scalars():
        yield PastPayment(orders.order_of(row), row.requested_at, row.state not in _NOTHING_MOVED)
