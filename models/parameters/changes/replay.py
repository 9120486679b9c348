"""What other rules would have said to past payments.

Both sets of rules see the same orders, in the order in which they came. Each keeps its own sums per day: a
payment that a rule would have refused takes nothing from that rule's limit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.calendar import business_date
from models.money import Money
from models.parameters.banks import BankProfile
from models.parameters.changes.previews import Effect, EffectCount, EffectKind
from models.parameters.payments import PaymentParameters
from models.payments.banking import Direction
from models.payments.messages import PaymentOrder
from models.payments.verification import Knowledge, needs_release, refusals


@dataclass(frozen=True, slots=True)
class PastPayment:
    """An order as it was given, and whether money moved by it (or still may)."""

    order: PaymentOrder
    requested_at: datetime
    moved: bool


@dataclass(frozen=True, slots=True)
class PaymentRules:
    """The parameters and bank profiles that orders are checked by."""

    parameters: PaymentParameters
    profiles: Mapping[str, BankProfile]
    """By code."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What rules say to one order."""

    refused_for: str
    """The rules it breaks, in words; empty when none."""
    release: bool
    fee: Money
    goes_out_on: date


class Replay:
    """Past payments before one set of rules, in their order."""

    def __init__(self, rules: PaymentRules) -> None:
        self._rules = rules
        self._paid: defaultdict[tuple[date, str, str], int] = defaultdict(int)
        self._like: defaultdict[tuple[str, int, str], list[tuple[datetime, str]]] = defaultdict(list)

    def judge(self, past: PastPayment) -> Judged:
        """What the rules say to the next payment; its bank must have a profile."""
        order, parameters = past.order, self._rules.parameters
        profile = self._rules.profiles[order.bank]
        day = business_date(profile.window.next_opening(past.requested_at))
        broken = refusals(order, parameters, profile, self._knowledge(past, day))
        product = parameters.products.get(order.product)
        if past.moved:
            self._like[_likeness(order)].append((past.requested_at, order.payment_id))
        if past.moved and not broken and product is not None and product.direction is Direction.PAY_OUT:
            for whose in (order.bank, ""):
                self._paid[day, order.amount.currency, whose] += order.amount.minor
        return Judged(
            refused_for="; ".join(refusal.sentence for refusal in broken),
            release=not broken and needs_release(order, parameters),
            fee=profile.fees.of(order.amount),
            goes_out_on=day,
        )

    def _knowledge(self, past: PastPayment, day: date) -> Knowledge:
        order = past.order
        currency = order.amount.currency
        since = past.requested_at - timedelta(days=self._rules.parameters.duplicate_days)
        return Knowledge(
            paid_through_bank=Money(self._paid[day, currency, order.bank], currency),
            paid_in_all=Money(self._paid[day, currency, ""], currency),
            resembling=[name for at, name in self._like[_likeness(order)] if at >= since],
            # how the replaced payment stood then is not kept, and no parameter changes what it means
            replaced_state="failed" if order.replaces else "",
        )


def payment_effects(
    past: Iterable[PastPayment], old: PaymentRules, new: PaymentRules
) -> tuple[int, tuple[Effect, ...]]:
    """How many payments were looked at, and what the new rules would have done otherwise than the old.

    Payments through a bank that has no profile on either side are left out.
    """
    before, after = Replay(old), Replay(new)
    counts = {kind: EffectCount(kind) for kind in EffectKind}
    looked_at = 0
    for each in past:
        if each.order.bank not in old.profiles or each.order.bank not in new.profiles:
            continue
        looked_at += 1
        _compare(each.order, before.judge(each), after.judge(each), counts)
    return looked_at, tuple(count.effect() for count in counts.values() if count.count)


def _compare(
    order: PaymentOrder, before: Judged, after: Judged, counts: Mapping[EffectKind, EffectCount]
) -> None:
    key, amount = order.payment_id, order.amount
    if after.refused_for or before.refused_for:
        if not before.refused_for:
            counts[EffectKind.REFUSED].add(key, amount, after.refused_for)
        elif not after.refused_for:
            counts[EffectKind.NO_LONGER_REFUSED].add(key, amount, f"not any more: {before.refused_for}")
        return
    if after.release != before.release:
        kind = EffectKind.RELEASE if after.release else EffectKind.NO_RELEASE
        counts[kind].add(key, amount, f"{order.product} through {order.bank}")
    if after.fee != before.fee:
        counts[EffectKind.FEE].add(key, after.fee - before.fee, f"fee {before.fee} → {after.fee}")
    if after.goes_out_on != before.goes_out_on:
        sentence = f"goes out {before.goes_out_on} → {after.goes_out_on}"
        counts[EffectKind.OTHER_DAY].add(key, amount, sentence)


def _likeness(order: PaymentOrder) -> tuple[str, int, str]:
    return (order.counterparty.number, order.amount.minor, order.business_reference)
