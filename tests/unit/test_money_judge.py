"""The judge of the money test is right itself: a planted error is named, and a clean house is clean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.e2e.judge import BatchTotals, Booking, Evidence, OrderFile, Standing, judge

PAID, COLLECTED, RETURNED, FAILED = "P-1", "B1-000001", "P-2", "P-3"
CLEAN = Evidence(
    bank="harbour",
    bookings=(
        Booking(PAID, "order", -1_000),
        Booking(PAID, "fee", -500),
        Booking(COLLECTED, "order", 2_000),
        Booking(RETURNED, "order", -700),
        Booking(RETURNED, "return", 700),
    ),
    ledger={PAID: -1_500, COLLECTED: 2_000, RETURNED: 0},
    standings=(
        Standing(PAID, "settled", -1_000),
        Standing(COLLECTED, "settled", 2_000, due="collected"),
        Standing(RETURNED, "returned", -700),
        Standing(FAILED, "failed", -900),
    ),
    moved=(500, 500),
    files=(OrderFile("B1-F1.xml", "sent", 1, 0), OrderFile("B1-F2.xml", "sent", 2, 1)),
    batches=(BatchTotals("B1", (1, 2_000), (1, 2_000), (1, 2_000)),),
)


def kinds(evidence: Evidence) -> set[tuple[str, str]]:
    return {(finding.kind, finding.reference) for finding in judge(evidence)}


def standing(reference: str, state: str, **more: object) -> Evidence:
    """The clean house, with one order in another state."""
    changed = tuple(
        replace(each, state=state, **more) if each.reference == reference else each
        for each in CLEAN.standings
    )
    return replace(CLEAN, standings=changed)


def test_a_clean_house_is_clean() -> None:
    assert judge(CLEAN) == []


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (replace(CLEAN, bookings=(*CLEAN.bookings, Booking(PAID, "order", -1_000))), ("twice", PAID)),
        (replace(CLEAN, bookings=(*CLEAN.bookings, Booking(PAID, "fee", -500))), ("twice", PAID)),
        (replace(CLEAN, ledger={**CLEAN.ledger, PAID: 0}), ("money", PAID)),
        (replace(CLEAN, ledger={**CLEAN.ledger, COLLECTED: 4_000}), ("money", COLLECTED)),
        (replace(CLEAN, ledger={**CLEAN.ledger, FAILED: -900}), ("money", FAILED)),
        (replace(CLEAN, bookings=(*CLEAN.bookings, Booking("X", "order", 1))), ("unknown", "X")),
        (standing(PAID, "failed"), ("state", PAID)),
        (standing(PAID, "unknown"), ("state", PAID)),
        (standing(FAILED, "settled"), ("state", FAILED)),
        (standing(RETURNED, "settled"), ("state", RETURNED)),
        (standing(COLLECTED, "settled", due="routed"), ("state", COLLECTED)),
        (replace(CLEAN, moved=(500, 499)), ("balance", "harbour")),
        (replace(CLEAN, holds=("payment/P-3",)), ("hold", "payment/P-3")),
        (replace(CLEAN, discrepancies=frozenset({PAID})), ("discrepancy", PAID)),
        (replace(CLEAN, files=(OrderFile("F", "sent", 2, 0),)), ("file", "F")),
        (replace(CLEAN, files=(OrderFile("F", "sending", 1, 0),)), ("file", "F")),
        (replace(CLEAN, batches=(BatchTotals("B1", (2, 9), (1, 9), (2, 9)),)), ("totals", "B1")),
    ],
)
def test_a_planted_error_is_named(planted: Evidence, found: tuple[str, str]) -> None:
    assert found in kinds(planted)


def test_a_lie_that_was_noticed_excuses_a_state_and_never_money() -> None:
    lied = replace(
        standing(PAID, "failed"),
        lies=frozenset({PAID, COLLECTED}),
        discrepancies=frozenset({PAID, COLLECTED}),
    )
    assert judge(lied) == []
    assert kinds(replace(lied, ledger={**CLEAN.ledger, COLLECTED: 0})) == {("money", COLLECTED)}


@pytest.mark.parametrize(
    "missing", [{"lies": frozenset[str]()}, {"discrepancies": frozenset[str](), "lies": frozenset({PAID})}]
)
def test_a_lie_that_nobody_noticed_or_a_truth_excuses_nothing(missing: dict[str, frozenset[str]]) -> None:
    noticed = {"lies": frozenset({PAID}), "discrepancies": frozenset({PAID})}
    assert ("state", PAID) in kinds(replace(standing(PAID, "failed"), **{**noticed, **missing}))


def test_a_persons_decision_counts_as_noticing() -> None:
    decided = replace(standing(PAID, "failed", person=True), lies=frozenset({PAID}))
    assert judge(decided) == []
    assert ("state", PAID) in kinds(replace(standing(PAID, "unknown", person=True), lies=frozenset({PAID})))
