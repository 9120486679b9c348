"""What differs between two values, from when a change holds, and how values are typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cli.params.editing import apply, read_file
from models.errors import InvalidInputError
from models.money import Money
from models.parameters.banks import BankProfile, DebitRules, Fees, FeeStep, FileConnection, HttpConnection
from models.parameters.changes.differences import Difference, differences
from models.parameters.changes.messages import ProposalState
from models.parameters.changes.previews import EffectCount, EffectKind, Preview
from models.parameters.changes.rules import effective_instant, taken_up
from models.parameters.payments import PaymentParameters
from models.parameters.registry import parameter_set
from models.parameters.vouchers import VoucherTemplates

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BANK = BankProfile(
    code="east",
    name="East",
    ledger_account="1002.10",
    own_account="622",
    own_name="租赁公司",
    http=HttpConnection(address="https://east.example", client_id="us"),
)


def changed(**changes: Any) -> list[str]:
    return [each.sentence for each in differences(BANK, BANK.model_copy(update=changes))]


def test_numbers_are_compared_as_numbers_and_codes_as_texts() -> None:
    old = PaymentParameters(release_above=Decimal(100000))
    assert differences(old, PaymentParameters(release_above=Decimal("100000.00"))) == ()
    assert changed(ledger_account="1002.1") == ["ledger_account 1002.10 → 1002.1"]


def test_parts_that_come_and_go_are_told_leaf_by_leaf() -> None:
    found = changed(http=None, files=FileConnection(address="file:///bank", poll_seconds=5))
    assert "http.client_id us → (none)" in found
    assert "files.poll_seconds (none) → 5.0" in found
    assert "http (none) → null" in found


def test_lists_of_values_are_one_value() -> None:
    assert changed(debits=DebitRules(retry_codes=("AM04",))) == [
        'debits.retry_codes ["AM04", "INSUFFICIENT_FUNDS"] → ["AM04"]'
    ]


def test_items_of_lists_are_found_by_what_tells_them_apart() -> None:
    first, second = (FeeStep(up_to=Decimal(10 * n), fee=Decimal(n)) for n in (1, 2))
    one = BANK.model_copy(update={"fees": Fees(steps=(second,))})
    two = BANK.model_copy(update={"fees": Fees(steps=(first, second))})
    assert [each.name for each in differences(one, two)] == ["fees.steps[10].up_to", "fees.steps[10].fee"]


def test_a_new_template_in_front_moves_no_other() -> None:
    plain = VoucherTemplates().model_dump(mode="json")
    plain["templates"].insert(0, {**plain["templates"][0], "product": "lottery"})
    found = differences(VoucherTemplates(), VoucherTemplates.model_validate(plain))
    assert found
    assert {each.name.partition("]")[0] for each in found} == {
        f"templates[{plain['templates'][0]['event']} x lottery"
    }


def test_the_first_value_differs_in_everything() -> None:
    assert {each.old for each in differences(None, BANK)} == {None}
    assert Difference("name", "", "x").sentence == 'name "" → x'


@pytest.mark.parametrize(
    ("wished", "back_dating", "holds_from"),
    [
        (None, False, NOW),
        (NOW + timedelta(days=1), False, NOW + timedelta(days=1)),
        (NOW - timedelta(days=1), False, NOW),
        (NOW - timedelta(days=1), True, NOW - timedelta(days=1)),
    ],
)
def test_a_change_holds_from_its_wish_but_not_before_its_approval(
    wished: datetime | None, back_dating: bool, holds_from: datetime
) -> None:
    assert effective_instant(wished, NOW, back_dating=back_dating) == holds_from


def test_every_state_is_open_until_somebody_or_a_rule_decides() -> None:
    assert {state for state in ProposalState if state.is_open} == {"checking", "waiting-for-approval"}


def test_who_takes_a_change_up_is_told() -> None:
    assert "payments through east" in taken_up("bank-east")
    assert "business dates" in taken_up("voucher-templates")


def test_effects_are_counted_by_currency_with_ten_examples() -> None:
    count = EffectCount(EffectKind.REFUSED)
    for number in range(12):
        count.add(f"P-{number}", Money.of("1.50", "USD" if number % 2 else "CNY"), "over the limit")
    effect = count.effect()
    assert (effect.count, len(effect.examples)) == (12, 10)
    assert Preview((), 40, "payments", (effect,)).outcome() == (
        "12 of 40 past payments would have been refused (9.00 CNY, 9.00 USD)",
    )


def test_a_value_of_another_bank_does_not_belong_into_the_set() -> None:
    with pytest.raises(InvalidInputError, match=r"code = 'east' does not belong into bank-west"):
        parameter_set("bank-west").checked(BANK.model_dump(mode="json"))


def test_values_are_typed_as_json_or_text_and_names_may_be_new_under_a_known_part() -> None:
    value: dict[str, Any] = {"limits": {"per_day": "1"}, "products": {}, "http": None}
    apply(value, ["limits.per_day=2.50"])
    apply(value, ['products.rent={"a": 0.1}', "http=null"])
    assert value == {"limits": {"per_day": "2.50"}, "products": {"rent": {"a": "0.1"}}, "http": None}
    with pytest.raises(InvalidInputError, match=r"'http\.address' is no parameter"):
        apply(value, ["http.address=x"])
    with pytest.raises(InvalidInputError, match=r"Did you mean limits\.per_day"):
        apply(value, ["limit.per_day=x"])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.toml", "rate = ", "a.toml: "),
        ("a.json", "[1]", "holds no table"),
        ("a.json", "{", "a.json: "),
        ("a.toml", b"\xff\xfe", "a.toml: "),
    ],
)
def test_a_file_that_holds_no_parameters_is_told(
    tmp_path: Path, name: str, content: str | bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInputError, match=words):
        read_file(tmp_path / name)


def test_numbers_of_a_file_stay_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("rate = 0.1\ncount = 3\n")
    (tmp_path / "a.json").write_text('{"rate": 0.1, "count": 3}')
    assert read_file(tmp_path / "a.toml") == read_file(tmp_path / "a.json") == {"rate": "0.1", "count": 3}


def test_what_show_prints_may_be_proposed_as_it_is(tmp_path: Path) -> None:
    shown = tmp_path / "payments.json"
    shown.write_text('{"set": "payments", "version": 3, "parameters": {"release_above": 0.1}}')
    assert read_file(shown, "payments") == {"release_above": "0.1"}
    with pytest.raises(InvalidInputError, match="holds the set 'payments', not screening"):
        read_file(shown, "screening")
