"""Business time: holidays, make-up days, opening hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import SHANGHAI, BusinessCalendar, business_date

CALENDAR = BusinessCalendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 10, 1), False),  # National Day
        (date(2025, 9, 28), True),  # a Sunday worked to make up for it
        (date(2025, 11, 22), False),  # a plain Saturday
        (date(2025, 11, 24), True),
        (date(2031, 5, 1), True),  # no notice yet: a Thursday like any other
        (date(2031, 5, 3), False),
    ],
)
def test_business_days(day: date, works: bool) -> None:
    assert CALENDAR.is_business_day(day) is works


def test_maintained_exceptions_come_first() -> None:
    calendar = BusinessCalendar(exceptions={date(2031, 5, 1): False})
    assert calendar.next_business_day(date(2031, 5, 1)) == date(2031, 5, 2)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2025-11-24T10:00", 4, "2025-11-24T14:00"),
        ("2025-11-24T16:00", 4, "2025-11-25T11:00"),
        ("2025-11-24T03:00", 1, "2025-11-24T10:00"),  # before opening
        ("2025-11-24T22:00", 1, "2025-11-25T10:00"),  # after closing
        ("2025-11-21T17:30", 1, "2025-11-24T09:30"),  # over a weekend
        ("2025-09-30T17:00", 2, "2025-10-09T10:00"),  # over the holiday week
    ],
)
def test_business_hours(start: str, hours: int, end: str) -> None:
    assert CALENDAR.add_business_hours(at(start), timedelta(hours=hours)) == at(end)


@given(
    st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2026, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(min_value=1, max_value=100),
)
def test_deadline_lies_within_opening_hours(start: datetime, hours: int) -> None:
    deadline = CALENDAR.add_business_hours(start, timedelta(hours=hours)).astimezone(SHANGHAI)
    assert deadline > start
    assert CALENDAR.is_business_day(deadline.date())
    assert CALENDAR.opens <= deadline.time() <= CALENDAR.closes


def test_business_date_is_shanghais() -> None:
    assert business_date(datetime(2025, 12, 31, 17, 0, tzinfo=UTC)) == date(2026, 1, 1)
