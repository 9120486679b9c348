"""Templates turn events into balanced journals, or say why not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from activities.ledger.chart import shipped_chart
from models.ledger.errors import TemplateError, UnbalancedJournalError
from models.ledger.events import BusinessEvent
from models.ledger.journals import JournalOrder, Line
from models.ledger.templates import PastEvent, journal_for, preview
from models.money import Money
from models.parameters.vouchers import VoucherTemplate, VoucherTemplates

DAY = date(2026, 11, 20)
STANDARD = VoucherTemplates()


def event(name: str, product: str = "disbursement", **amounts: str) -> BusinessEvent:
    return BusinessEvent(
        event=name,
        product=product,
        key="e-1",
        business_date=DAY,
        value_date=DAY,
        amounts={key: Money.of(value) for key, value in (amounts or {"amount": "100.00"}).items()},
        accounts={"bank": "1002.01", "debit": "2202", "credit": "2203", "clearing": "1012.01"},
        reference="L2026-0001",
        narrative="首付款",
        posted_by="leaseflow",
    )


def shown(order: JournalOrder) -> list[tuple[str, str]]:
    return [(line.account, str(line.amount)) for line in order.lines]


def template(**changes: Any) -> dict[str, Any]:
    plain = {
        "event": "test.happened",
        "narrative": "{reference}",
        "lines": [
            {"side": "debit", "account": "{bank}"},
            {"side": "credit", "account": "2203", "amount": "amount"},
        ],
    }
    return {**plain, **changes}


def test_a_payment_with_a_fee() -> None:
    order = journal_for(event("payout.confirmed", amount="1000.00", fee="2.50"), STANDARD)
    assert shown(order) == [("2202", "1000.00"), ("6603.01", "2.50"), ("1002.01", "-1002.50")]
    assert order.narrative == "放款 L2026-0001 首付款"
    assert {line.reference for line in order.lines} == {"L2026-0001"}


def test_a_fee_that_is_not_there_leaves_no_line() -> None:
    order = journal_for(event("payout.confirmed", amount="1000.00"), STANDARD)
    assert shown(order) == [("2202", "1000.00"), ("1002.01", "-1000.00")]


def test_a_product_of_its_own_goes_before_any_product() -> None:
    assert "放款" in journal_for(event("payout.confirmed"), STANDARD).narrative
    assert journal_for(event("payout.confirmed", "refund"), STANDARD).narrative.startswith("付款")


def test_a_cleared_receipt_pays_the_charge_from_what_arrives() -> None:
    order = journal_for(event("receipt.cleared", "pos", amount="100.00", fee="0.60"), STANDARD)
    assert shown(order) == [("1002.01", "99.40"), ("6603.01", "0.60"), ("1012.01", "-100.00")]


def test_every_standard_template_balances_and_posts_to_the_chart() -> None:
    codes = {plan.code for plan in shipped_chart()}
    for each in STANDARD.templates:
        places = [line.placeholder for line in each.lines if line.placeholder]
        amounts = {name: Money(100_000 if name in each.amounts else 10) for name in each.amounts}
        amounts.update({name: Money(10) for name in each.optional})
        if "rents" in amounts:
            amounts["rents"] = Money(130_000)
        order = journal_for(
            BusinessEvent(
                event=each.event,
                product=each.product,
                key="k",
                business_date=DAY,
                value_date=DAY,
                amounts=amounts,
                accounts=dict.fromkeys(places, "1002.01"),
                posted_by="x",
            ),
            STANDARD,
        )
        assert {line.account for line in order.lines} <= codes, each.name


def test_what_does_not_balance_names_template_and_difference() -> None:
    off = template(amounts=["amount", "net"])
    off["lines"][1]["amount"] = "net"
    with pytest.raises(TemplateError, match=r"test.happened x \*.*debits are 1.00 CNY more"):
        journal_for(
            event("test.happened", amount="10.00", net="9.00"),
            VoucherTemplates.model_validate({"templates": [off]}),
        )


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (event("no.such"), "no voucher template for no.such x disbursement"),
        (event("payout.confirmed", fee="1.00"), "needs the amount 'amount'"),
        (event("batch.settled", amount="1.00", fee="2.00"), "comes to -100 minor units"),
        (event("lease.rent_received", "direct", rent="1.00"), "needs the account 'from'"),
    ],
)
def test_what_an_event_lacks_is_named(asked: BusinessEvent, why: str) -> None:
    with pytest.raises(TemplateError, match=why):
        journal_for(asked, STANDARD)


def test_currencies_do_not_mix() -> None:
    amounts = {"amount": Money.of("1.00", "USD"), "fee": Money.of("1.00", "CNY")}
    mixed = BusinessEvent(
        "payout.confirmed", "x", "k", DAY, DAY, amounts, "me", accounts={"bank": "1002.01", "debit": "2202"}
    )
    with pytest.raises(TemplateError, match="mixes CNY and USD"):
        journal_for(mixed, STANDARD)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"lines": [{"side": "debit", "account": "1001", "amount": "amuont"}] * 2}, "'amuont' is not among"),
        ({"lines": [{"side": "debit", "account": "1001"}] * 2}, "needs a debit and a credit"),
        ({"lines": [{"side": "debit", "account": "bank account"}] * 2}, "neither a code nor"),
        ({"lines": [{"side": "debit", "account": "1001", "amount": "7"}] * 2}, "names no amount"),
        ({"lines": [{"side": "debit", "account": "1001", "amount": "amount/2"}] * 2}, "not allowed"),
        ({"narrative": "{customer}"}, "narrative names 'customer'"),
        ({"event": "Something"}, "pattern"),
    ],
)
def test_a_template_is_checked_when_it_is_entered(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        VoucherTemplate.model_validate(template(**changes))


def test_one_template_for_each_event_and_product() -> None:
    with pytest.raises(ValidationError, match="stands twice"):
        VoucherTemplates.model_validate({"templates": [template(), template()]})


def test_templates_survive_the_parameter_store() -> None:
    assert VoucherTemplates.model_validate(STANDARD.model_dump(mode="json")) == STANDARD


def test_a_preview_shows_old_and_new_lines_of_what_would_differ() -> None:
    asked = [event("payout.confirmed", product) for product in ("disbursement", "refund")]
    past = [PastEvent(each, "2026-11/000001", journal_for(each, STANDARD).lines) for each in asked]
    plain = STANDARD.model_dump(mode="json")
    for each in plain["templates"]:
        if (each["event"], each["product"]) == ("payout.confirmed", "disbursement"):
            each["lines"][0]["account"] = "2241"
    seen = preview(VoucherTemplates.model_validate(plain), past)
    (changed,) = seen.differences
    assert (seen.events, seen.problems, changed.product) == (2, 0, "disbursement")
    assert (changed.old[0].account, changed.new[0].account) == ("2202", "2241")


def test_a_preview_tells_what_could_not_be_posted() -> None:
    past = [PastEvent(event("payout.confirmed"), "v", ())]
    (changed,) = preview(VoucherTemplates(templates=()), past).differences
    assert "no voucher template" in changed.problem


def test_an_order_is_balanced_from_its_birth() -> None:
    with pytest.raises(UnbalancedJournalError, match=r"credits are 0.01 CNY more"):
        JournalOrder("k", "manual", DAY, DAY, (Line("1", Money(1)), Line("2", Money(-2))), "n", "me")
