"""What a judge who knew only the guide tried: answers are right, or say what is wrong with the question."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cli.lease.quote import read_file
from models.errors import InvalidInputError
from models.lease.plan.quoting import quote

LOAN: dict[str, Any] = {"amount": "10000", "instalments": 12, "rate": "6%", "start": "2026-01-01"}


def rents(answer: dict[str, Any]) -> list[Decimal]:
    return [Decimal(row["rent"]) for row in answer["rows"] if row["kind"] == "rent"]


@pytest.mark.parametrize(
    ("method", "changes", "row"),
    [
        ("equal-principal", {}, 0),
        ("equal-principal", {"grace": {"periods": 2, "kind": "interest-only"}}, 2),
        ("equal-principal", {"every": "quarter", "day_count": "ACT/365"}, 0),
        ("equal-principal", {"compounding": "effective"}, 0),
        ("interest-only", {}, 0),
        ("interest-only", {"grace": {"periods": 2, "kind": "carried"}}, 2),
        ("flat", {"residual": "1000", "flat_on": "average"}, None),
        ("annuity", {"residual": "1000", "advance": 2}, None),
    ],
)
@pytest.mark.parametrize("unknown", ["rate", "amount"])
def test_rate_and_amount_of_every_method_are_found_from_a_rent(
    method: str, changes: dict[str, Any], row: int | None, unknown: str
) -> None:
    asked = LOAN | {"method": method, "rounding": "none"} | changes
    answer = quote(asked)
    asked["rent"] = answer["solved"]["value"] if row is None else answer["rows"][row]["rent"]
    del asked[unknown]
    found = Decimal(quote(asked)["solved"]["value"])
    meant = Decimal("0.06") if unknown == "rate" else Decimal(10_000)
    assert abs(found / meant - 1) < Decimal("1e-3")  # the rent is known to the cent


def test_a_car_lease_follows_its_money_factor() -> None:
    asked = {
        "amount": "30000",
        "residual": "18000",
        "instalments": 36,
        "method": "flat",
        "flat_on": "average",
    }
    answer = quote(asked | {"rate": "0.0025", "rate_per": "money-factor"})
    assert answer["rent"] == "453.33"
    assert answer["rate"] == "0.06"


def test_what_is_prepaid_ends_the_term_sooner_and_extra_does_not() -> None:
    prepaid = quote(LOAN | {"pattern": [{"rows": "1-", "prepay": "900"}]})
    assert prepaid["instalments"] == 6
    assert rents(prepaid)[0] == Decimal("1760.66")
    assert sum(Decimal(row["principal"]) for row in prepaid["rows"]) == 10_000
    extra = quote(LOAN | {"pattern": [{"rows": "3", "extra": "900"}]})
    assert extra["instalments"] == 12
    assert rents(extra)[0] < Decimal("860.66")


def test_steps_end_after_so_many_times() -> None:
    found = rents(quote(LOAN | {"steps": {"every": 2, "by": "10%", "times": 2}, "rounding": "none"}))
    ratios = [str(round(rent / found[0], 2)) for rent in found[:8:2]]
    assert ratios == ["1.00", "1.10", "1.21", "1.21"]


@pytest.mark.parametrize("method", ["annuity", "equal-principal", "interest-only"])
def test_a_residual_after_rents_in_advance_bears_the_interest_of_its_period(method: str) -> None:
    answer = quote(LOAN | {"method": method, "advance": True, "residual": "1000"})
    last = answer["rows"][-1]
    assert last["kind"] == "residual"
    assert abs(Decimal(last["interest"]) - Decimal("4.98")) <= Decimal("0.01")
    assert last["balance"] == "0.00"


@pytest.mark.parametrize("unit", ["0.01", "1"])
def test_where_the_first_rent_takes_the_rest_all_others_are_equal(unit: str) -> None:
    for rate in ("5%", "17.3%", "25.41%"):
        asked = LOAN | {"rate": rate, "instalments": 111, "rounding": {"rest": "first", "rent": unit}}
        found = rents(quote(asked))
        assert len(set(found[1:])) == 1
        assert found[0] != found[1]


def test_coarse_rounding_never_takes_more_than_is_owed() -> None:
    found = rents(quote(LOAN | {"amount": "100", "rounding": "ten-up"}))
    assert min(found) >= 0
    assert found[:9] == [10] * 9


def test_a_financed_fee_is_a_cost_and_stays_with_the_lessor() -> None:
    plain = quote(LOAN)["yields"]
    fee = {"amount": "200", "financed": True}
    kept = quote(LOAN | {"fees": [fee]})
    assert Decimal(kept["yields"]["apr_eu"]) > Decimal(plain["apr_eu"]) + Decimal("0.03")
    assert kept["yields"]["irr"] > plain["irr"]
    assert Decimal(kept["totals"]["cost"]) == Decimal(kept["totals"]["interest"]) + 200
    passed = quote(LOAN | {"fees": [fee | {"passed_on": True}]})["yields"]
    assert abs(Decimal(passed["irr_nominal"]) - Decimal("0.06")) < Decimal("1e-5")
    assert passed["apr_eu"] == kept["yields"]["apr_eu"]


def test_nights_to_a_new_year_count_in_it_where_a_system_counts_so() -> None:
    days = {"first": "2023-12-12", "last": "2024-01-12"}
    by_end = quote({"days": days | {"day_count": "ACT/ACT-BY-END"}})
    assert abs(Decimal(by_end["years"]) - (Decimal(19) / 365 + Decimal(12) / 366)) < Decimal("1e-15")


def test_holidays_do_not_count_as_business_days() -> None:
    days = {"first": "2026-10-01", "last": "2026-10-12", "day_count": "BUS/252"}
    assert quote({"days": days})["days"] == "7"
    closed = ["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-12"]
    assert quote({"days": days | {"holidays": closed}})["days"] == "5"


def test_days_before_the_named_period_count_by_a_notional_one() -> None:
    asked = {
        "first": "2002-08-15",
        "last": "2003-07-15",
        "day_count": "ACT/ACT-ICMA",
        "period_start": "2003-01-15",
        "period_end": "2003-07-15",
        "periods_per_year": 2,
    }
    assert quote({"days": asked})["years"].startswith("0.915760869565")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pattern": [{"rows": "0", "weight": "0"}]}, "name no row"),
        ({"pattern": [{"rows": "5-1", "weight": "0"}]}, "name no row"),
        ({"pattern": [{"months": [13], "weight": "0"}]}, "months"),
        ({"instalments": True}, "instalments"),
        ({"steps": {"every": 1, "by": "-100%"}}, "leaves no rent"),
        ({"advance": 13}, "advance 13 is more than 12 instalments"),
        ({"grace": {"periods": 13, "kind": "carried"}}, "more than 12 instalments"),
        ({"grace": {"periods": 10**9, "kind": "carried", "within": False}}, "grace.periods"),
        ({"balloon": "200%"}, "rent comes to -"),
        ({"balloon": "-5"}, "below zero"),
        ({"deposit": "-1"}, "below zero"),
        ({"odd_days_count": "periodic"}, "counts no days"),
        ({"due_dates": ["2025-02-01"] * 12}, "before start"),
        (
            {
                "method": "flat",
                "drawdowns": [{"after": 2, "amount": "1"}],
                "interest_split": "rule-of-78",
            },
            "fixed at the start",
        ),
        ({"method": "flat", "advance": True, "interest_split": "days"}, "no days behind them"),
        ({"method": "flat", "flat_years": "1", "interest_split": "days"}, "flat_years 1 does not go"),
        (
            {"method": "flat", "interest_split": "days", "pattern": [{"rows": "2", "weight": "2"}]},
            "equal, or interest alone",
        ),
        (
            {"method": "flat", "rate": None, "rent": "900", "drawdowns": [{"after": 2, "amount": "1"}]},
            "rate of a flat plan with drawdowns",
        ),
        ({"interest_split": "days"}, "are of flat plans, not annuity"),
        ({"flat_years": "2"}, "are of flat plans, not annuity"),
        ({"method": "flat", "pattern": [{"rows": "2", "amount": "1"}]}, "by weight alone"),
        ({"method": "flat", "grace": {"periods": 2, "kind": "capitalised"}}, "has no meaning"),
        ({"method": "flat", "rate": None}, "rate and rent are left out"),
        ({"method": "equal-principal", "rent": "1000"}, "follow from amount"),
        (
            {
                "first_due": "2026-03-15",
                "odd_days_interest": "compound",
                "drawdowns": [{"on": "2026-02-01", "amount": "5"}],
            },
            "odd first period",
        ),
        ({"tvm": {"periods": 12}}, "stands beside tvm"),
        ({"rate_changes": [{"after": 2, "rate": "5%"}] * 601}, "rate_changes"),
    ],
)
def test_what_nobody_can_mean_is_refused_with_its_field(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        quote(LOAN | changes)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            {
                "tvm": {
                    "periods": 12,
                    "rate": "5%",
                    "present_value": 1,
                    "future_value": 0,
                    "interval": [0, 13],
                }
            },
            "0 to 13",
        ),
        ({"tvm": {"periods": "1e9", "rate": "5%", "present_value": 1, "interval": [1, 10**9]}}, "the most"),
        ({"convert": {"rate": "5%", "compounding": 0}}, "convert.compounding '0'"),
        ({"days": {"first": "2026-01-05", "last": "2026-01-01"}}, "lies before first"),
        ({"days": {"first": "2026-01-05", "last": "2026-02-01", "period_start": "2026-01-01"}}, "together"),
    ],
)
def test_small_documents_name_what_is_wrong(document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        quote(document)
    assert sentence in str(refused.value)


def test_a_rule_for_a_billion_rows_is_one_for_all() -> None:
    asked = LOAN | {"pattern": [{"rows": "2-999999999", "weight": "0.5"}]}
    assert len(rents(quote(asked))) == 12


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"amount": "1", "amount": "2"}', "amount is given twice"),
        ("[" * 100_000, "is not JSON"),
        ("7", "neither"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "asked.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError) as refused:
        read_file(file)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    "change",
    [
        {"drawdowns": [{"after": 2, "amount": "-50000"}]},
        {"rate_changes": [{"after": 2, "rate": "5%"}]},
        {"drawdowns": [{"on": "2016-12-10", "amount": "20000"}]},
    ],
)
def test_a_regular_rent_is_levelled_anew_like_an_exact_one(change: dict[str, Any]) -> None:
    asked = (
        LOAN | {"amount": "500000", "rate": "11.5%", "start": "2016-10-25", "day_count": "ACT/365"} | change
    )
    exact, regular = (
        [Decimal(row["rent"]) for row in quote(asked | {"level": level})["rows"] if row["kind"] == "rent"]
        for level in ("exact", "regular")
    )
    assert all(abs(left - right) < 20 for left, right in zip(exact[:-1], regular[:-1], strict=True))
    assert abs(exact[-1] - regular[-1]) < 200  # the last one takes the rest


def test_flat_interest_by_days_leaves_nothing_owing_and_keeps_rents_equal() -> None:
    asked = LOAN | {"method": "flat", "interest_split": "days", "day_count": "ACT/365", "residual": "500"}
    answer = quote(asked | {"grace": {"periods": 2, "kind": "interest-only"}})
    assert answer["rows"][-1]["balance"] == "0.00"
    assert sum(Decimal(row["principal"]) for row in answer["rows"]) == 10_000
    assert answer["rows"][0]["principal"] == "0.00"
    assert len(set(rents(answer)[2:-1])) == 1
    foreseen = quote(asked | {"drawdowns": [{"on": "2026-03-10", "amount": "800"}], "relevel": False})
    assert len(set(rents(foreseen)[:-1])) == 1
    assert foreseen["rows"][-1]["balance"] == "0.00"


def test_the_rate_of_flat_interest_by_days_is_found_from_equal_rents() -> None:
    asked = LOAN | {"method": "flat", "interest_split": "days", "day_count": "ACT/365", "rate": None}
    answer = quote(asked | {"rent": "900"})
    assert set(rents(answer)) == {Decimal(900)}
    assert abs(Decimal(answer["solved"]["value"]) - Decimal("0.08")) < Decimal("1e-9")


def test_fees_are_shares_of_each_rows_interest_or_principal() -> None:
    fees = [
        {"amount": "10%", "of": "interest", "when": "each"},
        {"amount": "1%", "of": "principal", "when": "1"},
    ]
    rows = quote(LOAN | {"fees": fees})["rows"]
    assert rows[0]["fee"] == "13.11"  # a tenth of 50.00, a hundredth of 810.66
    assert rows[1]["fee"] == "4.60"


@pytest.mark.parametrize(
    ("fee", "sentence"),
    [
        ({"amount": "1%", "of": "interest"}, "at the start there is no interest"),
        ({"amount": "1%", "of": "rent", "financed": True}, "not of rent"),
        ({"amount": "10", "when": "each", "financed": True}, "neither financed nor deducted"),
        ({"amount": "10", "when": "end", "deducted": True}, "neither financed nor deducted"),
    ],
)
def test_fees_that_nobody_can_mean_are_refused(fee: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        quote(LOAN | {"fees": [fee]})
