"""Who may decide, and whose turn it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.approval.pools import Absence, House, Wanted, form_pool
from models.calendar import SHANGHAI
from models.parameters.approval import ApprovalStep, Scope
from models.people import Role
from workers.directory import DEMO_STAFF

OFFICER = ApprovalStep(name="officer", role=Role.OFFICER, scope=Scope.BRANCH)
MANAGER = ApprovalStep(name="manager", role=Role.MANAGER)
DIRECTOR = ApprovalStep(name="director", role=Role.DIRECTOR)
STEPS = (OFFICER, MANAGER, DIRECTOR)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
NAMES = [member.username for member in DEMO_STAFF]


def house(*away: Absence, **open_tasks: int) -> House:
    return House(DEMO_STAFF, away, {name.replace("_", "."): count for name, count in open_tasks.items()})


def wanted(**changes: Any) -> Wanted:
    said: dict[str, Any] = {"steps": STEPS, "branch": "Shanghai", "excluded": ()}
    return Wanted(**(said | changes))


def test_people_of_the_branch_are_asked_the_least_busy_first() -> None:
    standing = form_pool(house(li_wei=2, zhang_min=1), wanted(), NOW)
    assert (standing.pool, standing.assigned_to) == (("li.wei", "zhang.min"), "zhang.min")
    assert not standing.whole_house


def test_the_house_is_asked_where_the_branch_has_nobody() -> None:
    standing = form_pool(house(), wanted(branch="Suzhou", excluded=("wang.fang",)), NOW)
    assert (standing.pool, standing.whole_house) == (("li.wei", "zhang.min", "chen.jie"), True)


def test_dealers_people_are_never_asked() -> None:
    dealers = ApprovalStep(name="dealer", role=Role.DEALER)
    assert form_pool(house(), wanted(steps=(dealers,)), NOW).everyone == ()


def test_an_absent_persons_turn_goes_to_the_deputy() -> None:
    away = Absence("li.wei", "chen.jie", TODAY, TODAY + timedelta(days=2))
    standing = form_pool(house(away), wanted(assigned_to="li.wei"), NOW)
    assert (standing.pool, standing.assigned_to) == (("zhang.min",), "chen.jie")
    assert standing.changes_at == datetime(2026, 11, 26, tzinfo=SHANGHAI)
    fresh = form_pool(house(away), wanted(), NOW)
    assert fresh.assigned_to == "zhang.min"  # one who is there is asked first


def test_an_excluded_or_absent_deputy_stands_in_for_nobody() -> None:
    away = Absence("li.wei", "chen.jie", TODAY, TODAY)
    assert form_pool(house(away), wanted(excluded=("chen.jie",)), NOW).everyone == ("zhang.min",)
    both = (away, Absence("chen.jie", "wang.fang", TODAY, TODAY))
    assert form_pool(house(*both), wanted(), NOW).everyone == ("zhang.min",)


def test_an_absence_to_come_is_known_as_the_next_change() -> None:
    away = Absence("zhang.min", "chen.jie", TODAY + timedelta(days=3), TODAY + timedelta(days=5))
    standing = form_pool(house(away), wanted(), NOW)
    assert standing.pool == ("li.wei", "zhang.min")
    assert standing.changes_at == datetime.combine(TODAY + timedelta(days=3), time.min, SHANGHAI)


def test_a_deputys_own_absence_is_known_as_the_next_change() -> None:
    away = Absence("li.wei", "chen.jie", TODAY, TODAY + timedelta(days=5))
    tomorrow = TODAY + timedelta(days=1)
    too = Absence("chen.jie", "wang.fang", tomorrow, tomorrow)
    leaves = form_pool(house(away, too), wanted(), NOW)
    assert "chen.jie" in leaves.everyone
    assert leaves.changes_at == datetime.combine(tomorrow, time.min, SHANGHAI)
    comes = form_pool(house(away, too), wanted(), NOW + timedelta(days=1))
    assert "chen.jie" not in comes.everyone
    assert comes.changes_at == datetime.combine(tomorrow + timedelta(days=1), time.min, SHANGHAI)


def test_each_escalation_opens_it_further_up() -> None:
    first = form_pool(house(), wanted(level=1, assigned_to="li.wei"), NOW)
    assert first.widened == ("gao.ling", "sun.yue", "yu.fei")
    assert first.assigned_to == "li.wei"
    second = form_pool(house(), wanted(level=2, assigned_to="li.wei"), NOW)
    assert {"zhou.kai", "fan.li"} <= set(second.widened)


def test_where_nobody_is_left_the_next_step_is_asked_at_once() -> None:
    officers = ("li.wei", "zhang.min", "wang.fang", "chen.jie")
    standing = form_pool(house(), wanted(excluded=officers), NOW)
    assert (standing.level, standing.assigned_to) == (1, "gao.ling")
    nobody = form_pool(house(), wanted(excluded=tuple(NAMES)), NOW)
    assert (nobody.everyone, nobody.assigned_to) == ((), "")


ABSENCES = st.lists(
    st.builds(
        lambda who, deputy, start, days: Absence(
            who, deputy, TODAY + timedelta(days=start), TODAY + timedelta(days=start + days)
        ),
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.integers(-3, 3),
        st.integers(0, 5),
    ),
    max_size=6,
    unique_by=lambda absence: absence.username,
)


@given(
    away=ABSENCES,
    excluded=st.lists(st.sampled_from(NAMES), max_size=12),
    branch=st.sampled_from(["Shanghai", "Suzhou", "Nowhere"]),
    level=st.integers(0, 4),
    before=st.sampled_from(["", *NAMES]),
    at=st.sampled_from([0, 1, 2]),
)
def test_nobody_excluded_or_absent_is_ever_asked(
    away: list[Absence], excluded: list[str], branch: str, level: int, before: str, at: int
) -> None:
    asked = Wanted(STEPS[at:], branch, excluded, level=level, assigned_to=before)
    standing = form_pool(House(DEMO_STAFF, away, {}), asked, NOW)
    absent = {each.username for each in away if each.covers(TODAY)}
    dealers = {member.username for member in DEMO_STAFF if Role.DEALER in member.roles}
    assert not set(standing.everyone) & set(excluded)
    assert not {*standing.pool, *standing.widened} & absent
    assert not {*standing.pool, *standing.widened} & dealers
    assert all(each.absent in absent for each in standing.deputies)
    assert (standing.assigned_to in standing.everyone) if standing.everyone else not standing.assigned_to
    assert standing.changes_at is None or standing.changes_at > NOW
