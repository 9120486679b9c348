"""Checking an order by the rules in force, and setting its money aside when it may go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session

from activities.store import parameters as parameter_store
from activities.store.ledger import holds
from activities.store.payments import orders, receipt_refunds
from activities.store.tables.payments import PaymentRow
from models.calendar import SHANGHAI, business_date
from models.errors import RefusedByRuleError
from models.ledger.errors import NoFloorError
from models.parameters.banks import BankProfile
from models.parameters.payments import PaymentParameters
from models.parameters.registry import PAYMENTS, NothingInForceError, bank_profile
from models.payments.banking import Direction
from models.payments.errors import UnknownBankError
from models.payments.messages import Accepted, PaymentOrder, PaymentState, Refusal
from models.payments.verification import Knowledge, bank_terms, needs_release, ordering_refusals, refusals
from workflows.queues import bank_queue

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Money of a payment stays set aside until its fate is known, however long that takes."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The parameters and the bank profile that an order is checked by."""

    parameters: PaymentParameters
    profile: BankProfile
    versions: tuple[int, int]

    @classmethod
    def in_force(cls, session: Session, bank: str, at: datetime) -> Rules:
        """The rules at an instant.

        Raises:
            UnknownBankError: the bank has no profile.
        """
        payments = parameter_store.in_force(session, PAYMENTS, at)
        try:
            profile = parameter_store.in_force(session, bank_profile(bank), at)
        except NothingInForceError as error:
            raise UnknownBankError(bank) from error
        return cls(payments.value, profile.value, (payments.version, profile.version))

    def accepted(self, row: PaymentRow, *, opens_at: datetime | None, reserved: bool) -> Accepted:
        return Accepted(
            refusals=(),
            needs_release=row.state == PaymentState.WAITING_FOR_RELEASE,
            opens_at=opens_at,
            order=orders.told(row, self.profile),
            terms=bank_terms(self.profile, version=self.versions[1], queue=bank_queue(self.profile.code)),
            reserved=reserved,
        )


def accept(session: Session, order: PaymentOrder, *, at: datetime) -> Accepted:
    """Enter and check an order, and reserve its money when nothing stands in the way.

    Raises:
        PaymentExistsError: the id was used for something else.
        UnknownBankError: the bank has no profile.
    """
    rules = Rules.in_force(session, order.bank, at)
    known = orders.find_same(session, order)
    if known is not None:
        return _as_it_stands(known, rules, at)
    broken = (*ordering_refusals(order), *_broken(session, order, rules, at))
    product = rules.parameters.products.get(order.product)
    row = orders.enter(
        session,
        order,
        direction=product.direction if product else Direction.PAY_OUT,
        ledger_account=rules.profile.ledger_account,
        other_account=product.account if product else "",
        versions=rules.versions,
        business_date=business_date(rules.profile.window.next_opening(at)),
        at=at,
    )
    if broken:
        return _refuse(session, row, broken, at)
    if needs_release(order, rules.parameters):
        sentence = f"over {rules.parameters.release_above}: a second person must release it"
        orders.move(session, row, PaymentState.WAITING_FOR_RELEASE, sentence, at=at)
        return rules.accepted(row, opens_at=None, reserved=False)
    return _reserve_when_open(session, row, rules, at)


def reserve(session: Session, payment_id: str, *, at: datetime, decided_by: str = "") -> Accepted:
    """Check an order that had to wait by the rules of now, and reserve its money when it may go."""
    row = orders.find(session, payment_id, lock=True)
    row.decided_by = row.decided_by or decided_by or None
    rules = Rules.in_force(session, row.bank, at)
    if row.state in {PaymentState.RESERVED, PaymentState.REFUSED}:
        return _as_it_stands(row, rules, at)
    row.business_date = business_date(rules.profile.window.next_opening(at))
    broken = _broken(session, orders.order_of(row), rules, at)
    if broken:
        return _refuse(session, row, broken, at)
    return _reserve_when_open(session, row, rules, at)


def _broken(session: Session, order: PaymentOrder, rules: Rules, at: datetime) -> tuple[Refusal, ...]:
    day = business_date(rules.profile.window.next_opening(at))
    orders.lock_day(session, day)
    currency = order.amount.currency
    replaced = orders.state_of(session, order.replaces) if order.replaces else ""
    known = Knowledge(
        paid_through_bank=orders.paid_on(
            session, day, bank=order.bank, currency=currency, without=order.payment_id
        ),
        paid_in_all=orders.paid_on(session, day, bank=None, currency=currency, without=order.payment_id),
        resembling=orders.resembling(session, order, since=orders.duplicates_since(rules.parameters, at)),
        refundable=receipt_refunds.refundable(session, order.refunds, without=order.payment_id)
        if order.refunds
        else None,
        replaced_state=replaced,
    )
    return refusals(order, rules.parameters, rules.profile, known)


def _reserve_when_open(session: Session, row: PaymentRow, rules: Rules, at: datetime) -> Accepted:
    opens_at = rules.profile.window.next_opening(at)
    if opens_at > at:
        local = opens_at.astimezone(SHANGHAI)
        sentence = f"{rules.profile.name} takes it from {local:%Y-%m-%d %H:%M}"
        orders.move(session, row, PaymentState.WAITING_FOR_WINDOW, sentence, at=at)
        return rules.accepted(row, opens_at=opens_at, reserved=False)
    if row.direction == Direction.PAY_OUT:
        refused = _set_aside(session, row, rules)
        if refused is not None:
            return _refuse(session, row, (refused,), at)
    by = row.decided_by or "leaseflow"
    orders.move(session, row, PaymentState.RESERVED, "checked, and its money set aside", at=at, by=by)
    return rules.accepted(row, opens_at=None, reserved=True)


def _set_aside(session: Session, row: PaymentRow, rules: Rules) -> Refusal | None:
    """Reserve the amount and the expected fee on the bank's account, where its balance is limited."""
    amount = orders.amount(row)
    wanted = amount + rules.profile.fees.of(amount)
    try:
        with session.begin_nested():
            holds.reserve(
                session,
                key=hold_key(row.payment_id),
                account=row.ledger_account,
                amount=wanted,
                expires_at=_NEVER,
                reason=f"payment {row.payment_id}",
                source=f"payment-{row.payment_id}",
            )
    except NoFloorError:
        return None  # the house lets this account be overdrawn: nothing to set aside
    except RefusedByRuleError as error:
        return Refusal("funds", str(error))
    row.reserved_minor = wanted.minor
    return None


def _as_it_stands(row: PaymentRow, rules: Rules, at: datetime) -> Accepted:
    """The answer that was given before, when a step is tried again."""
    if row.state == PaymentState.REFUSED:
        return Accepted(refusals=(Refusal("repeated", row.sentence),))
    opens_at = rules.profile.window.next_opening(at)
    waiting = row.state == PaymentState.WAITING_FOR_WINDOW
    return rules.accepted(
        row, opens_at=opens_at if waiting else None, reserved=row.state == PaymentState.RESERVED
    )


def _refuse(session: Session, row: PaymentRow, broken: tuple[Refusal, ...], at: datetime) -> Accepted:
    sentence = "; ".join(refusal.sentence for refusal in broken)
    orders.move(session, row, PaymentState.REFUSED, sentence, at=at)
    return Accepted(refusals=broken)


def hold_key(payment_id: str) -> str:
    """Key of the hold of a payment's money."""
    return f"payment/{payment_id}"
