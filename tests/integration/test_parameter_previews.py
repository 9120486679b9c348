"""A preview says what other rules would have said to payments that were really made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from activities.ledger import vouchers
from activities.parameters.previews import preview
from activities.payments import checking
from activities.store import parameters
from activities.store.database import Database
from models.ledger.events import BusinessEvent
from models.money import Money
from models.parameters.banks import AmountLimits, BankProfile, Fees, FeeStep, HttpConnection, Window
from models.parameters.changes.previews import EffectKind, Preview
from models.parameters.partners import PartnerProfile
from models.parameters.payments import PaymentParameters
from models.parameters.registry import VOUCHER_TEMPLATES, partner_profile
from models.parameters.vouchers import VoucherTemplates
from tests.factories.payments import PayingHouse

pytestmark = pytest.mark.stack

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
HARBOUR = BankProfile(
    code="harbour",
    name="Harbour Bank",
    ledger_account="1002.01",
    own_account="6222020000000000001",
    own_name="租赁公司",
    http=HttpConnection(address="https://harbour.example", client_id="leaseflow"),
    fees=Fees(steps=(FeeStep(up_to=Decimal(100_000), fee=Decimal(5)),)),
)


@dataclass
class Past:
    """A house that has paid, and what a change would have done."""

    house: PayingHouse

    def pay(self, *amounts: str, days_ago: int = 1, **changes: Any) -> list[str]:
        """Orders as the engine enters and checks them, a minute apart."""
        keys = []
        for minute, amount in enumerate(amounts):
            order = self.house.order(amount, **changes)
            at = NOW - timedelta(days=days_ago) + timedelta(minutes=minute)
            with self.house.database.transaction() as session:
                checking.accept(session, order, at=at)
            keys.append(order.payment_id)
        return keys

    def preview(self, name: str, value: BaseModel, *, days: int = 90) -> Preview:
        with self.house.database.transaction() as session:
            return preview(session, name, value, effective_from=NOW, at=NOW, days=days)

    def of_bank(self, **changes: Any) -> Preview:
        return self.preview("bank-harbour", HARBOUR.model_copy(update=changes))


@pytest.fixture
def past(fresh_database: Database) -> Past:
    house = PayingHouse(fresh_database)
    house.open(HARBOUR)
    return Past(house)


def test_a_lower_limit_would_have_refused_payments(past: Past) -> None:
    past.pay("100.00", "90000.00")
    large = past.pay("30000.00", "31200.00", "40000.00", days_ago=5)
    found = past.of_bank(limits=AmountLimits(per_payment=Decimal(30_000)))
    assert [each.sentence for each in found.differences] == ["limits.per_payment 50000000 → 30000"]
    assert found.looked_at == 5
    (effect,) = found.effects
    assert (effect.kind, effect.count, effect.sums) == (EffectKind.REFUSED, 3, (Money.of("161200.00"),))
    assert [each.key for each in effect.examples][:2] == large[1:]
    assert "31200.00 is over the limit 30000 of bank harbour" in effect.examples[0].sentence
    assert found.outcome() == ("3 of 5 past payments would have been refused (161200.00 CNY)",)


def test_a_lower_limit_a_day_refuses_the_ones_that_came_late(past: Past) -> None:
    keys = past.pay("400.00", "500.00", "90.00")
    found = past.of_bank(limits=AmountLimits(per_day=Decimal(500)))
    (effect,) = found.effects
    assert [each.key for each in effect.examples] == [keys[1]], "what is refused takes nothing from the limit"


def test_other_fees_are_told_by_what_they_would_have_cost_more(past: Past) -> None:
    past.pay("100.00", "200.00")
    found = past.of_bank(fees=Fees(steps=(FeeStep(up_to=Decimal(150), fee=Decimal("7.50")),)))
    (effect,) = found.effects
    assert (effect.kind, effect.count, effect.sums) == (EffectKind.FEE, 2, (Money.of("-2.50"),))
    assert [each.sentence for each in effect.examples] == ["fee 5.00 → 7.50", "fee 5.00 → 0.00"]
    assert [each.name for each in found.differences] == [
        "fees.steps[100000].up_to",
        "fees.steps[100000].fee",
        "fees.steps[150].up_to",
        "fees.steps[150].fee",
    ]


def test_an_earlier_cut_off_moves_payments_to_the_next_day(past: Past) -> None:
    past.pay("100.00")
    (effect,) = past.of_bank(window=Window(cut_off=time(11, 0))).effects
    assert effect.kind is EffectKind.OTHER_DAY
    assert effect.examples[0].sentence == "goes out 2026-11-19 → 2026-11-20"


def test_release_and_products_of_the_house_are_replayed_over_all_banks(past: Past) -> None:
    past.pay("60000.00", "100.00")
    lower = PaymentParameters(release_above=Decimal(50_000))
    (effect,) = past.preview("payments", lower).effects
    assert (effect.kind, effect.count) == (EffectKind.RELEASE, 1)
    only_rent = PaymentParameters(products={"rent": PaymentParameters().products["rent"]})
    (effect,) = past.preview("payments", only_rent).effects
    assert (effect.kind, effect.count) == (EffectKind.REFUSED, 2)


def test_shorter_memory_for_duplicates_lets_payments_through(past: Past) -> None:
    for days_ago in (3, 1):
        past.pay("50.00", days_ago=days_ago, business_reference="INV-7")
    (effect,) = past.preview("payments", PaymentParameters(duplicate_days=1)).effects
    assert (effect.kind, effect.count) == (EffectKind.NO_LONGER_REFUSED, 1)


def test_what_is_older_than_asked_for_is_not_looked_at(past: Past) -> None:
    past.pay("40000.00", days_ago=10)
    limits = AmountLimits(per_payment=Decimal(30_000))
    found = past.preview("bank-harbour", HARBOUR.model_copy(update={"limits": limits}), days=5)
    assert found.outcome() == (
        "none of 0 payments through harbour since 2026-11-15 would have gone otherwise",
    )


def test_a_version_that_takes_over_later_is_told(past: Past) -> None:
    with past.house.database.transaction() as session:
        parameters.change(
            session,
            VOUCHER_TEMPLATES,
            VoucherTemplates().model_dump(mode="json"),
            effective_from=NOW + timedelta(days=11),
            changed_by="song.lin",
            reason="new year",
        )
    assert past.preview("voucher-templates", VoucherTemplates()).notes == (
        "version 1 takes over from 2026-12-01 12:00, without this change",
    )


def test_templates_are_replayed_over_events_that_posted(past: Past) -> None:
    day = NOW.date()
    for key in ("e-1", "e-2"):
        event = BusinessEvent(
            event="payout.confirmed",
            product="supplier",
            key=key,
            business_date=day,
            value_date=day,
            amounts={"amount": Money.of("1000.00"), "fee": Money.of("2.00")},
            accounts={"bank": "1002.01", "debit": "2202"},
            reference="P1",
            posted_by="leaseflow",
        )
        with past.house.database.transaction() as session:
            vouchers.post_event(session, event)
    plain = VoucherTemplates().model_dump(mode="json")
    for template in plain["templates"]:
        if (template["event"], template["product"]) == ("payout.confirmed", "*"):
            template["lines"][0]["account"] = "2202.01"
    found = past.preview("voucher-templates", VoucherTemplates.model_validate(plain))
    assert [each.sentence for each in found.differences] == [
        "templates[payout.confirmed x *].lines[0].account {debit} → 2202.01"
    ]
    assert found.outcome() == ("2 of 2 past events would have posted other lines",)
    assert "2202 1000.00" in found.effects[0].examples[0].sentence
    assert "2202.01 1000.00" in found.effects[0].examples[0].sentence


def test_a_set_without_replay_shows_its_difference(past: Past) -> None:
    plain = {"code": "sap", "name": "财务", "transport": "http", "http": {"address": "https://sap.example"}}
    old = PartnerProfile.model_validate(plain)
    with past.house.database.transaction() as session:
        parameters.change(
            session,
            partner_profile("sap"),
            old.model_dump(mode="json"),
            effective_from=NOW - timedelta(days=1),
            changed_by="ops",
            reason="first",
        )
    found = past.preview("partner-sap", old.model_copy(update={"messages_per_second": 5.0}))
    assert [each.sentence for each in found.differences] == ["messages_per_second 1000.0 → 5.0"]
    assert found.outcome() == ()


def test_the_first_profile_of_a_bank_has_no_past(past: Past) -> None:
    found = past.preview("bank-west", HARBOUR.model_copy(update={"code": "west"}))
    assert found.effects == ()
    assert {each.old for each in found.differences} == {None}
