"""What a change of parameters would have done to what happened lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel
from sqlmodel import Session

from activities.lease.screening.previewing import replayed
from activities.ledger.preview import preview_templates
from activities.parameters.checking import value_at
from activities.store import parameter_changes as store
from activities.store import parameters
from models.calendar import SHANGHAI, business_date
from models.ledger.journals import Line
from models.parameters.banks import BankProfile
from models.parameters.changes.differences import differences
from models.parameters.changes.previews import EffectCount, EffectKind, Preview
from models.parameters.changes.replay import PaymentRules, payment_effects
from models.parameters.payments import PaymentParameters
from models.parameters.registry import PAYMENTS, bank_profile, parameter_set
from models.parameters.screening import ScreeningParameters
from models.parameters.vouchers import VoucherTemplates

REPLAY_DAYS: Final = 90
"""How far a preview looks back unless it is told otherwise."""


def preview(
    session: Session,
    set_name: str,
    proposed: BaseModel,
    *,
    effective_from: datetime,
    at: datetime,
    days: int = REPLAY_DAYS,
) -> Preview:
    """The difference, and what would have gone otherwise.

    Args:
        session: reads only.
        set_name: of the parameters.
        proposed: the whole new value.
        effective_from: what is in force then is what the proposal replaces.
        at: now.
        days: how far to look back from now.
    """
    old = value_at(session, parameter_set(set_name), effective_from)
    plain = Preview(differences(old, proposed), notes=_notes(session, set_name, effective_from))
    since = at - timedelta(days=days)
    if isinstance(proposed, BankProfile) and isinstance(old, BankProfile):
        return _of_bank(session, plain, old, proposed, at=at, since=since)
    if isinstance(proposed, PaymentParameters) and isinstance(old, PaymentParameters):
        return _of_payments(session, plain, old, proposed, at=at, since=since)
    if isinstance(proposed, VoucherTemplates):
        return _of_templates(session, plain, proposed, since=since)
    if isinstance(proposed, ScreeningParameters) and isinstance(old, ScreeningParameters):
        return _of_screenings(session, plain, old, proposed, since=since)
    return plain


def _of_bank(
    session: Session, plain: Preview, old: BankProfile, new: BankProfile, *, at: datetime, since: datetime
) -> Preview:
    rules = value_at(session, PAYMENTS, at) or PaymentParameters()
    return _replayed(
        session,
        plain,
        PaymentRules(rules, {old.code: old}),
        PaymentRules(rules, {new.code: new}),
        since=since,
        bank=new.code,
    )


def _of_payments(
    session: Session,
    plain: Preview,
    old: PaymentParameters,
    new: PaymentParameters,
    *,
    at: datetime,
    since: datetime,
) -> Preview:
    profiles = _profiles(session, at)
    return _replayed(
        session, plain, PaymentRules(old, profiles), PaymentRules(new, profiles), since=since, bank=None
    )


def _replayed(
    session: Session,
    plain: Preview,
    old: PaymentRules,
    new: PaymentRules,
    *,
    since: datetime,
    bank: str | None,
) -> Preview:
    past = store.past_payments(session, since=since, bank=bank)
    looked_at, effects = payment_effects(past, old, new)
    through = f" through {bank}" if bank else ""
    of = f"payments{through} since {since.astimezone(SHANGHAI):%Y-%m-%d}"
    return Preview(plain.differences, looked_at, of, effects, plain.notes)


def _of_templates(
    session: Session, plain: Preview, proposed: VoucherTemplates, *, since: datetime
) -> Preview:
    found = preview_templates(session, proposed, since=business_date(since))
    lines, cannot = EffectCount(EffectKind.OTHER_LINES), EffectCount(EffectKind.CANNOT_POST)
    for each in found.differences:
        if each.problem:
            cannot.add(each.voucher, None, f"{each.event} x {each.product}: {each.problem}")
            continue
        accounts = f"{_accounts(each.old)} → {_accounts(each.new)}"
        lines.add(each.voucher, None, f"{each.event} x {each.product}: {accounts}")
    effects = tuple(count.effect() for count in (cannot, lines) if count.count)
    of = f"events since {business_date(since)}"
    return Preview(plain.differences, found.events, of, effects, plain.notes)


def _of_screenings(
    session: Session, plain: Preview, old: ScreeningParameters, new: ScreeningParameters, *, since: datetime
) -> Preview:
    looked_at, effects = replayed(session, old, new, since=since)
    of = f"screenings since {since.astimezone(SHANGHAI):%Y-%m-%d}"
    return Preview(plain.differences, looked_at, of, effects, plain.notes)


def _accounts(lines: Sequence[Line]) -> str:
    return ", ".join(f"{line.account} {line.amount}" for line in lines)


def _profiles(session: Session, at: datetime) -> Mapping[str, BankProfile]:
    """Every bank's profile in force, by code."""
    found = {code: value_at(session, bank_profile(code), at) for code in parameters.bank_codes(session)}
    return {code: profile for code, profile in found.items() if profile is not None}


def _notes(session: Session, set_name: str, effective_from: datetime) -> tuple[str, ...]:
    """What an approver should know of versions that take over later."""
    later = store.versions_to_come(session, set_name, after=effective_from)
    return tuple(
        f"version {row.version} takes over from {row.effective_from.astimezone(SHANGHAI):%Y-%m-%d %H:%M}, "
        "without this change"
        for row in later
    )
