"""What the report adds up."""

from __future__ import annotations

from datetime import date

from models.bill_monitoring.report import (
    TREND_LISTS,
    TrendPoint,
    ageing,
    by_grade,
    in_order,
    largest,
    lists_in_a_row,
    trend,
)
from models.bill_monitoring.rules import Change, Grade
from models.money import Money
from tests.factories.reports import finding, report

MONTHS = [date(2025, month, 28) for month in range(12, 0, -1)]


def test_one_customer_behind_two_acceptors_counts_its_exposure_once() -> None:
    shown = report(
        (
            finding(1, customer=1, balance="10.00", exposure="500.00", graded=Grade.WATCH),
            finding(2, customer=1, balance="20.00", exposure="500.00", graded=Grade.CRITICAL),
        )
    )

    assert shown.exposure == Money.of("500.00")
    assert shown.customers == 1
    assert shown.overdue_balance == Money.of("30.00")
    exposures = {grade.grade: grade.exposure for grade in by_grade(shown.findings)}
    assert exposures[Grade.CRITICAL] == Money.of("500.00")
    assert exposures[Grade.WATCH] == Money.of("0.00")


def test_cleared_findings_add_nothing() -> None:
    cleared = finding(1, change=Change.CLEARED, balance="0.00", previous="900.00", lists_in_a_row=0)
    shown = report((cleared,))

    assert shown.customers == 0
    assert shown.exposure == Money(0)
    assert shown.counts[Change.CLEARED] == 1
    assert sum(band.findings for band in ageing(shown.findings)) == 0
    assert largest(shown.findings) == ()


def test_an_amount_that_the_list_does_not_name_is_no_zero_in_the_top_ten() -> None:
    named, unnamed = finding(1, balance="5.00"), finding(2, balance=None)

    assert largest((unnamed, named)) == (named,)


def test_order_is_by_grade_then_balance_with_cleared_last() -> None:
    watch = finding(1, graded=Grade.WATCH, balance="900.00")
    critical_small = finding(2, graded=Grade.CRITICAL, balance="1.00")
    critical_large = finding(3, graded=Grade.CRITICAL, balance="2.00")
    cleared = finding(4, graded=Grade.CRITICAL, change=Change.CLEARED, balance="0.00")

    assert in_order((cleared, watch, critical_small, critical_large)) == (
        critical_large,
        critical_small,
        watch,
        cleared,
    )


def test_a_missed_list_ends_the_row() -> None:
    assert lists_in_a_row({MONTHS[0], MONTHS[1], MONTHS[3]}, MONTHS) == 2
    assert lists_in_a_row({MONTHS[1]}, MONTHS) == 0
    assert lists_in_a_row(set(MONTHS), MONTHS) == 12


def test_ageing_bands_hold_every_listed_finding_once() -> None:
    findings = [finding(number, lists_in_a_row=number, balance="1.00") for number in range(1, 30)]

    assert [band.findings for band in ageing(findings)] == [1, 1, 1, 3, 6, 17]


def test_trend_ends_with_this_list_and_looks_back_a_year() -> None:
    points = {day: TrendPoint(day, 1, Money(1)) for day in MONTHS} | {
        date(2024, month, 28): TrendPoint(date(2024, month, 28), 1, Money(1)) for month in range(1, 13)
    }
    now = TrendPoint(date(2025, 11, 28), 7, Money(7))

    seen = trend(points, now)

    assert seen[-1] is now
    assert len(seen) == TREND_LISTS
    assert seen[0].list_date == date(2024, 12, 28)
