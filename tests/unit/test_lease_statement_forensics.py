"""Statements tested against themselves: genuine ones pass, forgeries contradict themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.adapters.papers.tables import read_statement
from models.calendar import BusinessCalendar
from models.lease.documents.reading import Doctored, Trace, verdict
from models.lease.documents.statement_checks import (
    StatementCircumstances,
    habit_traces,
    statement_traces,
)
from models.lease.documents.statement_summary import summary_of
from sandbox.papers.doctoring import inserted_row, recalculated, removed_rows
from sandbox.papers.statement_files import LAYOUTS, Layout, as_csv
from sandbox.papers.statements import invent_statement
from sandbox.papers.truth import Statement

END = date(2026, 10, 30)
SIGNED = LAYOUTS[0]


def traces(statement: Statement, layout: Layout = SIGNED, *, recognised: bool = False) -> list[Trace]:
    file = read_statement(as_csv(statement, layout))
    assert file is not None
    around = StatementCircumstances(date(2026, 11, 22), BusinessCalendar(), recognised=recognised)
    return list(statement_traces(file, around))


def codes(found: list[Trace]) -> set[str]:
    return {trace.code for trace in found if trace.weight.rank}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(LAYOUTS), st.sampled_from((3, 6)))
def test_a_genuine_statement_raises_no_suspicion(seed: int, layout: Layout, months: int) -> None:
    statement = invent_statement(Random(seed), end=END, months=months)
    assert codes(traces(statement, layout)) == set()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(LAYOUTS), st.data())
def test_one_changed_amount_is_always_proven(seed: int, layout: Layout, data: st.DataObject) -> None:
    statement = invent_statement(Random(seed), end=END, months=3)
    place = data.draw(st.integers(1, len(statement.entries) - 1))
    entry = statement.entries[place]
    added = data.draw(st.integers(1, 10**8))
    changed = replace(entry, amount=entry.amount + (added if entry.amount > 0 else -added))
    entries = (*statement.entries[:place], changed, *statement.entries[place + 1 :])
    assert "balance-chain" in codes(traces(replace(statement, entries=entries), layout))


@pytest.mark.parametrize("way", [inserted_row, removed_rows])
def test_rows_put_in_or_taken_out_are_proven(way: object) -> None:
    for seed in range(5):
        statement = invent_statement(Random(seed), end=END)
        forged = way(statement, Random(seed)).statement  # type: ignore[operator]
        assert verdict(traces(forged)) is Doctored.PROVEN


def test_what_does_not_add_up_on_a_scan_is_suspected_only() -> None:
    statement = invent_statement(Random(3), end=END)
    forged = inserted_row(statement, Random(3)).statement
    assert verdict(traces(forged, recognised=True)) is Doctored.SUSPECTED


def test_interest_that_fits_smaller_balances_gives_a_careful_forger_away() -> None:
    statement = invent_statement(Random(8), end=END, firm=True)
    forged = recalculated(statement, Random(8)).statement
    found = traces(forged)
    assert "balance-chain" not in codes(found)
    assert "interest" in codes(found)


def test_rows_out_of_order_or_in_the_future_are_proven() -> None:
    statement = invent_statement(Random(4), end=date(2026, 12, 20))
    assert "future" in codes(traces(statement))
    entries = list(invent_statement(Random(4), end=END).entries)
    entries[5], entries[60] = (
        replace(entries[5], day=entries[60].day),
        replace(entries[60], day=entries[5].day),
    )
    assert "order" in codes(traces(replace(statement, entries=tuple(entries), end=END)))


def test_figures_written_in_another_habit_are_suspected() -> None:
    usual = [f"{number},234.50" for number in range(1, 20)]
    assert list(habit_traces(usual)) == []
    (trace,) = habit_traces([*usual, "98765.00"])
    assert "98765.00" in trace.sentence


def test_a_statement_in_numbers() -> None:
    statement = invent_statement(Random(2), end=END, firm=False)
    file = read_statement(as_csv(statement, SIGNED))
    assert file is not None
    summary = summary_of(file)
    assert summary is not None
    pay = sum(entry.amount for entry in statement.entries if entry.kind == "代发工资")
    assert summary.monthly_salary == (Decimal(pay) / 100 / summary.months).quantize(Decimal("0.01"))
    inflow = sum(entry.amount for entry in statement.entries if entry.amount > 0)
    assert summary.monthly_inflow == (Decimal(inflow) / 100 / summary.months).quantize(Decimal("0.01"))
    assert summary.owner == statement.owner
    assert summary.account == statement.account


def test_a_file_of_two_accounts_contradicts_itself_in_neither() -> None:
    files = [
        read_statement(as_csv(invent_statement(Random(seed), end=END, months=3), SIGNED)) for seed in (1, 2)
    ]
    one, other = (file.statements[0] for file in files if file is not None)
    assert files[0] is not None
    both = replace(files[0], statements=(one, replace(other, account="6222020000000000000")))
    around = StatementCircumstances(date(2026, 11, 22), BusinessCalendar(), recognised=False)
    assert codes(list(statement_traces(both, around))) == set()
