"""What must hold whatever happens to a lease, tried on generated stories."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.errors import InvalidInputError
from models.lease.servicing.accelerate import NothingToAccelerateError
from models.lease.servicing.changes import what_changed
from models.lease.servicing.events import Event, Payment, Reversal
from models.lease.servicing.life import LeaseLife
from models.lease.servicing.replay import quote, replay
from models.lease.servicing.restructure import NothingToRestructureError
from models.lease.servicing.state import LifeState
from models.lease.servicing.story import life_of, read_story
from models.lease.servicing.terms import Component
from models.money import Money

START = date(2026, 1, 10)
LAST_LOOK = START + timedelta(days=500)

overpayments = st.sampled_from(["credit", "next-instalment", "last-instalment", "prepay"])
effects = st.sampled_from(["shorter-term", "lower-rent", "skip-next"])
interests = st.sampled_from(["to-date", "on-prepaid", "next-instalment"])
amounts = st.integers(1, 600_000).map(lambda cents: str(Decimal(cents) / 100))


@st.composite
def servicings(draw: st.DrawFn) -> dict[str, Any]:
    """Servicing terms of any kind that fits any story."""
    return {
        "late_interest": draw(st.booleans()),
        "waterfall": {
            "direction": draw(st.sampled_from(["by-instalment", "by-component"])),
            "overpayment": draw(overpayments),
            "order": draw(st.permutations(["costs", "penalty", "interest", "principal"])),
        },
        "prepayment": {
            "effect": draw(effects),
            "interest": draw(interests),
            "fee": {"share": draw(st.sampled_from(["0", "1%"]))},
        },
        "overdue": {
            "daily_rate": draw(st.sampled_from(["0", "0.05%"])),
            "grace_days": draw(st.integers(0, 5)),
            "compounding": draw(st.sampled_from(["none", "daily", "monthly"])),
            "base": draw(st.sampled_from(["instalment", "principal", "all", "outstanding-principal"])),
        },
    }


@st.composite
def happenings(draw: st.DrawFn, *, most: int = 5) -> list[dict[str, Any]]:
    """Events on different days; the kinds that are possible whatever the others do."""
    days = sorted(draw(st.sets(st.integers(0, 420), max_size=most)))
    return [_happening(draw, f"E{at}", START + timedelta(days=day)) for at, day in enumerate(days)]


def _happening(draw: st.DrawFn, name: str, on: date) -> dict[str, Any]:
    kind = draw(st.sampled_from(["payment", "payment", "prepayment", "charge", "waiver"]))
    event: dict[str, Any] = {"id": name, "kind": kind, "on": on.isoformat()}
    if kind in {"payment", "prepayment", "charge"}:
        event["amount"] = draw(amounts)
    if kind == "prepayment":
        event["effect"] = draw(effects)
    if kind == "waiver":
        event["component"] = draw(st.sampled_from(["penalty", "interest"]))
    return event


@st.composite
def stories(draw: st.DrawFn) -> tuple[LeaseLife, list[Event]]:
    terms = {
        "amount": str(draw(st.integers(1_000, 20_000))),
        "rate": draw(st.sampled_from(["0", "6%", "12.5%"])),
        "instalments": draw(st.integers(1, 12)),
        "start": START.isoformat(),
        "method": draw(st.sampled_from(["annuity", "equal-principal"])),
    }
    story = read_story({"terms": terms, "servicing": draw(servicings()), "events": draw(happenings())})
    return life_of(story), list(story.events)


def total(amounts: list[Money]) -> Money:
    return sum(amounts, Money(0))


def principal_paid(state: LifeState) -> Money:
    return total([each.amount for each in state.allocations if each.component is Component.PRINCIPAL])


@settings(max_examples=80, deadline=None)
@given(stories(), st.integers(0, 500))
def test_money_in_is_money_allocated_plus_credit(story: tuple[LeaseLife, list[Event]], day: int):
    life, events = story
    state = replay(life, events, START + timedelta(days=day))
    allocated = total([each.amount for each in state.allocations])
    assert state.received == allocated + state.credit + state.refunded + state.recovered


@settings(max_examples=80, deadline=None)
@given(stories(), st.integers(0, 500))
def test_principal_is_paid_outstanding_or_let_off_and_nothing_else(
    story: tuple[LeaseLife, list[Event]], day: int
):
    life, events = story
    state = replay(life, events, START + timedelta(days=day))
    gone = principal_paid(state) + state.waived[Component.PRINCIPAL] + state.principal_written_off
    assert gone + state.outstanding_principal == state.financed + state.capitalised


@settings(max_examples=70, deadline=None)
@given(stories(), st.integers(0, 500))
def test_nothing_is_paid_beyond_what_was_asked_and_nothing_is_negative(
    story: tuple[LeaseLife, list[Event]], day: int
):
    life, events = story
    state = replay(life, events, START + timedelta(days=day))
    for row in state.instalments:
        for part in (row.costs, row.penalty, row.interest, row.principal):
            assert Money(0) <= part.paid <= part.asked
            assert Money(0) <= part.open
    assert state.instalments[-1].balance == Money(0)


@settings(max_examples=60, deadline=None)
@given(stories(), st.integers(0, 300), st.sampled_from(["to-date", "remaining", "none"]))
def test_calling_everything_due_loses_no_money_and_no_principal(
    story: tuple[LeaseLife, list[Event]], day: int, interest: str
):
    life, events = story
    on = START + timedelta(days=day)
    called = read_story(
        {
            "terms": {"amount": "1", "instalments": 1, "rate": "0"},
            "events": [{"id": "A", "kind": "acceleration", "on": on.isoformat(), "interest": interest}],
        }
    ).events
    try:
        state = replay(life, [*events, *called], LAST_LOOK)
    except NothingToAccelerateError:
        assume(condition=False)
        return
    allocated = total([each.amount for each in state.allocations])
    assert state.received == allocated + state.credit
    gone = principal_paid(state) + state.waived[Component.PRINCIPAL]
    assert gone + state.outstanding_principal == state.financed + state.capitalised
    assert state.principal_not_due == Money(0)


@settings(max_examples=70, deadline=None)
@given(stories(), st.randoms(use_true_random=False))
def test_the_order_of_entry_does_not_matter_where_value_dates_differ(
    story: tuple[LeaseLife, list[Event]], random: Any
):
    life, events = story
    shuffled = list(events)
    random.shuffle(shuffled)
    assert replay(life, shuffled, LAST_LOOK) == replay(life, events, LAST_LOOK)


@settings(max_examples=70, deadline=None)
@given(stories(), st.data())
def test_reversing_and_entering_anew_changes_nothing_but_the_name(
    story: tuple[LeaseLife, list[Event]], data: st.DataObject
):
    life, events = story
    if not events:
        return
    gone = data.draw(st.sampled_from(events))
    again = [*events, Reversal(id="R", on=gone.on, of=gone.id), gone.model_copy(update={"id": "again"})]
    before, after = replay(life, events, LAST_LOOK), replay(life, again, LAST_LOOK)
    assert after.instalments == before.instalments
    assert after.credit == before.credit
    named = [each.event.replace("again", gone.id) for each in after.allocations]
    assert named == [each.event for each in before.allocations]


@settings(max_examples=70, deadline=None)
@given(stories(), st.data())
def test_what_changed_explains_every_cent_of_a_reversal(
    story: tuple[LeaseLife, list[Event]], data: st.DataObject
):
    life, events = story
    payments = [event for event in events if isinstance(event, Payment)]
    if not payments:
        return
    gone = data.draw(st.sampled_from(payments))
    reversal = Reversal(id="R", on=LAST_LOOK, of=gone.id)
    change = what_changed(life, events, [*events, reversal], LAST_LOOK)
    assert change.received == total([each.amount for each in change.allocations]) + change.credit


@settings(max_examples=70, deadline=None)
@given(stories(), st.integers(0, 5))
def test_within_grace_nothing_is_charged(story: tuple[LeaseLife, list[Event]], late: int):
    life, _ = story
    first = life.plan.rows[0].due
    grace = life.terms.overdue.grace_days
    state = replay(life, [], first + timedelta(days=min(late, grace)))
    assert state.penalty_asked == Money(0)


@settings(max_examples=60, deadline=None)
@given(stories(), st.data())
def test_settling_on_a_due_date_after_paying_everything_costs_the_outstanding_principal(
    story: tuple[LeaseLife, list[Event]], data: st.DataObject
):
    life, _ = story
    row = data.draw(st.sampled_from(life.plan.rows))
    paid: list[Event] = [
        Payment(id=f"P{each.number}", on=each.due, amount=each.rent.amount)
        for each in life.plan.rows
        if each.number <= row.number
    ]
    assert quote(life, paid, row.due).total == row.balance


@settings(max_examples=60, deadline=None)
@given(stories(), st.integers(0, 400))
def test_paying_the_quote_ends_the_lease_with_nothing_open(story: tuple[LeaseLife, list[Event]], day: int):
    life, events = story
    on = START + timedelta(days=day)
    settlement = read_story(
        {"terms": {}, "events": [{"id": "S", "kind": "settlement", "on": on.isoformat()}]}
    ).events[0]
    before = [event for event in events if event.on <= on]
    state = replay(life, [*before, settlement], LAST_LOOK)
    assert state.status == "settled"
    assert state.outstanding_principal == Money(0)
    assert all(row.total_open == Money(0) for row in state.instalments)
    assert state.credit == Money(0) or quote(life, before, on).total <= Money(0)


@st.composite
def restructurings(draw: st.DrawFn) -> dict[str, Any]:
    """New terms of any kind."""
    event: dict[str, Any] = {
        "id": "R",
        "kind": "restructuring",
        "on": (START + timedelta(days=draw(st.integers(1, 330)))).isoformat(),
        "extra": draw(st.integers(0, 6)),
        "interest_only": draw(st.integers(0, 3)),
        "rent": draw(st.sampled_from(["recompute", "keep", "900"])),
        "capitalise": draw(
            st.sampled_from([[], ["principal"], ["costs", "penalty", "interest", "principal"]])
        ),
    }
    if draw(st.booleans()):
        event["rate"] = draw(st.sampled_from(["0", "3%", "20%"]))
    if draw(st.booleans()):
        ways = st.sampled_from(["pay", "later", "capitalise", "waive"])
        event["holiday"] = {"periods": draw(st.integers(1, 3)), "interest": draw(ways)}
    return event


@settings(max_examples=70, deadline=None)
@given(stories(), restructurings(), st.integers(0, 900))
def test_a_restructuring_loses_no_principal_and_no_money(
    story: tuple[LeaseLife, list[Event]], new_terms: dict[str, Any], day: int
):
    life, events = story
    restructuring = read_story({"terms": {}, "events": [new_terms]}).events[0]
    try:
        state = replay(life, [*events, restructuring], START + timedelta(days=day))
    except NothingToRestructureError:
        assume(False)
    except InvalidInputError as error:
        assert "leaves no instalment" in str(error) or "next_due" in str(error)  # noqa: PT017
        return
    assert state.received == total([each.amount for each in state.allocations]) + state.credit
    gone = principal_paid(state) + state.waived[Component.PRINCIPAL]
    assert gone + state.outstanding_principal == state.financed + state.capitalised
    assert state.instalments[-1].balance == Money(0)
